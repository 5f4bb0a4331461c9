"""What somebody hands in to be verified: JSON, a token, a picture with one inside, an address."""

from base64 import b64decode
from binascii import Error as Base64Error
from typing import TypeAlias

from services.credentials.domain.baking import MAX_IMAGE_BYTES, unbake
from services.credentials.domain.bundle import read_bundle
from services.credentials.domain.fetched import WEB
from services.credentials.domain.openbadges2.assertion import (
    Assertion,
    is_assertion,
    read_assertion,
    read_signed,
)
from services.credentials.domain.papers import PDF, attached
from services.credentials.domain.shape import MAX_BYTES, Presented, parse, read_json, read_token
from services.kit.errors import Invalid, Unsupported
from services.kit.records import Json, Record

MAX_ADDRESS = 2_048
"""Characters of an address."""

_PNG = b"\x89PNG\r\n\x1a\n"
_SLACK = 4_096
"""Characters besides the base64: a data URL's head, line ends."""


class Address(Record):
    """Where what was handed in says that the badge stands."""

    url: str


Handed: TypeAlias = Presented | Assertion | Address


def read_value(value: Json) -> Presented | Assertion:
    """Return the badge that a JSON value, or the text of one, is; Invalid for others."""
    if isinstance(value, str | bytes):
        value = parse(value)
    if (bundle := read_bundle(value)) is not None:
        value = bundle.credential  # what else is in it is looked up anew
    return read_assertion(value) if is_assertion(value) else read_json(value)


def read_compact(token: str) -> Presented | Assertion:
    """Return the badge that a compact JWS is; Invalid for others."""
    if len(token) > MAX_BYTES:
        raise Invalid(f"It is larger than {MAX_BYTES // 1024} KiB.")
    return read_signed(token) or read_token(token)


def read_text(text: str) -> Handed:
    """Return the badge that a text is, or the address that it names; Invalid for others."""
    text = text.strip().removeprefix("\ufeff")
    if text.startswith(WEB) and len(text.split()) == 1 and len(text) <= MAX_ADDRESS:
        return Address(url=text)
    return read_value(text) if text.startswith(("{", "[")) else read_compact(text)


def read_picture(encoded: str) -> Handed:
    """Return what is in a picture, or a PDF, that is given in base64, as a data URL or without."""
    if len(encoded) > MAX_IMAGE_BYTES * 4 // 3 + _SLACK:
        raise Invalid(f"The picture is larger than {MAX_IMAGE_BYTES // 1024 // 1024} MiB.")
    if encoded.startswith("data:"):
        encoded = encoded.partition(";base64,")[2]
    try:
        raw = b64decode("".join(encoded.split()), validate=True)
    except (Base64Error, ValueError) as error:
        raise Invalid("The picture is not in base64.") from error
    text = inside(raw)
    if text is None:
        raise Unsupported(
            "The picture is neither a PNG nor an SVG, and no PDF: no other kind holds a badge."
        )
    return read_text(text)


def read_bytes(raw: bytes) -> Handed:
    """Return what a file holds, whatever it is called: a picture is told by how it begins."""
    text = inside(raw)
    if text is not None:
        return read_text(text)
    try:
        return read_text(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid("It is neither a badge's picture nor text in UTF-8.") from error


def inside(raw: bytes) -> str | None:
    """Return the text that a picture or a PDF carries, Invalid without; None for other files."""
    if raw.startswith(PDF):
        return attached(raw)
    return unbake(raw) if is_picture(raw) else None


def is_picture(raw: bytes) -> bool:
    """Return whether a file is a PNG, or XML that has an SVG in it."""
    if raw.startswith(_PNG):
        return True
    begin = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return begin.startswith(b"<") and b"<svg" in begin
