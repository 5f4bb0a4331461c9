"""The offline bundle: a credential in both signed forms, with all that a verifier would look up.

One JSON object: `type`, `version`, `madeAt`, `credential`, `jwt`, `didDocuments` by DID and
`statusLists` by address, and room for `log`, the proof that it stands in a public log. All of it
is signed but `madeAt` and the DID documents: whose key it is, only the issuer's own address tells.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from services.credentials.domain.instants import format_instant
from services.kit.errors import Invalid
from services.kit.records import Json, Record

TYPE = "OfflineCredentialBundle"
VERSION = 1


class Bundle(Record, rename="camel"):
    """What a bundle holds, unverified."""

    type: str
    version: int
    made_at: datetime
    credential: dict[str, Json]
    jwt: str
    did_documents: dict[str, Json]
    status_lists: dict[str, Json] = {}
    log: Json = None


def make_bundle(
    *,
    credential: bytes,
    jwt: str,
    documents: Mapping[str, Json],
    lists: Mapping[str, bytes],
    made_at: datetime,
) -> bytes:
    """Return the bundle as JSON; what is signed stays byte for byte as it was signed."""
    return msgspec.json.encode(
        {
            "type": TYPE,
            "version": VERSION,
            "madeAt": format_instant(made_at),
            "credential": msgspec.Raw(credential),
            "jwt": jwt,
            "didDocuments": documents,
            "statusLists": {address: msgspec.Raw(signed) for address, signed in lists.items()},
        }
    )


def read_bundle(value: Json) -> Bundle | None:
    """Return a bundle from a JSON value; None when it is something else, Invalid when damaged."""
    if not isinstance(value, dict) or value.get("type") != TYPE:
        return None
    if value.get("version") != VERSION:
        raise Invalid(
            f"It is a bundle of version {str(value.get('version'))[:20]!r};"
            f" version {VERSION} can be read."
        )
    try:
        return msgspec.convert(value, Bundle)
    except msgspec.ValidationError as error:
        raise Invalid(f"It is no whole bundle: {error}.") from error
