"""JSON-LD contexts, pinned by the SHA-256 of their files: no other is ever used, nor fetched.

The OB 3.0.3 context was changed in place in 2026, so an address alone does not say which text was
signed.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from services.credentials.domain.pruning import Pruner
from services.kit.errors import Invalid
from services.kit.records import Json, Record

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
MULTIKEY = "https://w3id.org/security/multikey/v1"
DID = "https://www.w3.org/ns/did/v1"


class Pin(Record):
    """A context's file, as packages ship it, and its SHA-256 in hex."""

    file: str
    sha256: str


PINS: Mapping[str, Pin] = {
    CREDENTIALS_V2: Pin(
        file="credentials-v2.json",
        sha256="59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: Pin(
        file="ob-v3p0-context-3.0.3.json",
        sha256="3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": Pin(
        file="ob-v3p0-context-3.0.2.json",
        sha256="00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": Pin(
        file="ob-v3p0-context-3.0.1.json",
        sha256="5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    EXTENSIONS: Pin(
        file="ob-v3p0-extensions.json",
        sha256="87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    DATA_INTEGRITY: Pin(
        file="security-data-integrity-v2.json",
        sha256="67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    MULTIKEY: Pin(
        file="security-multikey-v1.json",
        sha256="ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
}
"""Every context that is known, by address."""


class Contexts(Record):
    """Context definitions by address, encoded as JSON so that they can be spliced in."""

    encoded: Mapping[str, msgspec.Raw]
    """Each whole."""
    pruner: Pruner
    """Cuts them down to what a document uses."""
    agreeing: set[tuple[str, ...]] = set()
    """Which of them, in which order, were found not to contradict each other: a memory, no more."""

    def named(self, addresses: Json) -> tuple[str, ...]:
        """Return the addresses that an `@context` names; Invalid for an unknown or inline one."""
        wanted = addresses if isinstance(addresses, list) else [addresses]
        for address in wanted:
            if not isinstance(address, str) or address not in self.encoded:
                raise Invalid(
                    f"It uses a vocabulary (@context) that is not known here: {_shown(address)}."
                )
        return tuple(wanted)

    def inline(self, addresses: Json, terms: frozenset[str]) -> list[msgspec.Raw]:
        """Return the definitions of some terms by those contexts; Invalid as `named`."""
        return [self.pruner.cut(address, terms) for address in self.named(addresses)]


def pin(files: Mapping[str, bytes]) -> Contexts:
    """Return the pinned contexts from files by address; Invalid when one is not the pinned text."""
    for address, known in PINS.items():
        if hashlib.sha256(files.get(address, b"")).hexdigest() != known.sha256:
            raise Invalid(
                f"The context {address} ({known.file}) is not the text with SHA-256 {known.sha256}."
            )
    return from_documents({address: msgspec.json.decode(files[address]) for address in PINS})


def from_documents(documents: Mapping[str, Json]) -> Contexts:
    """Return contexts from parsed documents, `{"@context": ...}` each."""
    definitions = {address: document["@context"] for address, document in documents.items()}
    encoded = {
        address: msgspec.Raw(msgspec.json.encode(definition))
        for address, definition in definitions.items()
    }
    return Contexts(encoded=encoded, pruner=Pruner(definitions))


def starts_with(addresses: Json, first: Sequence[Json]) -> bool:
    """Return whether an `@context` starts with those entries, in that order."""
    listed = addresses if isinstance(addresses, list) else [addresses]
    return listed[: len(first)] == list(first)


def _shown(address: Json) -> str:
    return address[:120] if isinstance(address, str) else "one written into the document"
