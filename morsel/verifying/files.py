"""What was handed in: the credential in a file of any form, and what the file brings along."""

from datetime import datetime
from pathlib import Path

import msgspec

from morsel.refusal import Refusal
from services.credentials.domain.bundle import TYPE, Bundle, read_bundle
from services.credentials.domain.handed import inside, is_picture, read_text
from services.credentials.domain.papers import PDF
from services.credentials.domain.shape import Presented, read_json, read_token
from services.kit.errors import Invalid, Unsupported
from services.kit.records import Json, Record

MAX_FILE_BYTES = 20 * 1024 * 1024


class Handed(Record):
    """A credential out of a file, in one signed form or in two, and what came with it."""

    kind: str
    """What the file is: bundle, json, jwt, png, svg or pdf."""
    forms: tuple[Presented, ...]
    documents: dict[str, Json] = {}
    """DID documents by DID, on the file's own word."""
    lists: dict[str, Json] = {}
    """Status lists by address; each is signed."""
    made_at: datetime | None = None


def read_file(path: Path) -> bytes:
    """Return the content of a file; a Refusal when it cannot be read, or is too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_FILE_BYTES:
        raise Refusal(f"{path} is larger than {MAX_FILE_BYTES // 1024 // 1024} MiB.")
    return content


def open_file(content: bytes) -> Handed:
    """Return the credential in a file; Invalid when there is none."""
    text = inside(content)
    return _from_text(_decoded(content) if text is None else text, kind=_kind(content))


def _kind(content: bytes) -> str | None:
    """Return what a file is that has something inside, None for others."""
    if content.startswith(PDF):
        return "pdf"
    if is_picture(content):
        return "png" if content.startswith(b"\x89") else "svg"
    return None


def _from_text(text: str, *, kind: str | None) -> Handed:
    """Return what a JSON text or a token holds; `kind` is what it was taken out of."""
    bundle = read_bundle(_value(text)) if TYPE in text else None
    if bundle is not None:
        return _from_bundle(bundle)
    found = read_text(text)
    if not isinstance(found, Presented):
        raise Unsupported(
            "It holds an address, or a badge of Open Badges 2.0, which counts by what its issuer"
            " publishes: verify it on the page /verify, or with the query verifyCredential."
        )
    return Handed(kind=kind or ("json" if found.token is None else "jwt"), forms=(found,))


def _value(text: str) -> Json:
    try:
        return msgspec.json.decode(text.strip().removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"It is no JSON: {error}.") from error


def _from_bundle(bundle: Bundle) -> Handed:
    signed, token = read_json(bundle.credential), read_token(bundle.jwt)
    if signed.document != token.document:
        raise Invalid("The two credentials in this bundle do not say the same.")
    return Handed(
        kind="bundle",
        forms=(signed, token),
        documents=bundle.did_documents,
        lists=bundle.status_lists,
        made_at=bundle.made_at,
    )


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Invalid(
            "It is no credential: JSON, a token, a bundle, PNG, SVG or PDF is expected."
        ) from error
