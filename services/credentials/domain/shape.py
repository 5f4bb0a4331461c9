"""What a credential must look like, before its signature is worth looking at."""

import msgspec

from services.credentials.domain import contexts, jwt
from services.credentials.domain.instants import parse_instant
from services.kit.errors import Invalid
from services.kit.records import Json, Record

MAX_BYTES = 512 * 1024
MAX_DEPTH = 64


class Presented(Record):
    """A credential as it was handed in: its members without proofs, and what is said to sign it."""

    document: dict[str, Json]
    proofs: tuple[dict[str, Json], ...] = ()
    token: str | None = None
    """The compact JWS, for a credential that came as one."""
    header: dict[str, Json] = {}

    @property
    def issuer(self) -> str | None:
        """Return the id of the issuer that it names."""
        return jwt.issuer_id(self.document)

    @property
    def methods(self) -> tuple[Json, ...]:
        """Return the verification methods that it names: of each proof, or the token's `kid`."""
        if self.token is not None:
            return (self.header.get("kid"),)
        return tuple(proof.get("verificationMethod") for proof in self.proofs)

    @property
    def credential(self) -> dict[str, Json]:
        """Return the credential with its proofs, as a JSON object."""
        proof = {"proof": list(self.proofs)} if self.proofs else {}
        return {**self.document, **proof}


def read_json(value: Json) -> Presented:
    """Return a credential from a JSON value or its text; Invalid when it is none, or too large."""
    if isinstance(value, str | bytes):
        value = parse(value)
    if not isinstance(value, dict):
        raise Invalid("It is no credential: a JSON object is expected.")
    check_size(value)
    proof = value.get("proof", [])
    proofs = proof if isinstance(proof, list) else [proof]
    if not all(isinstance(item, dict) for item in proofs):
        raise Invalid("Its proof is no JSON object.")
    document = {name: member for name, member in value.items() if name != "proof"}
    return Presented(document=document, proofs=tuple(proofs))


def read_token(token: str) -> Presented:
    """Return a credential from a compact JWS; Invalid when it is none, or too large."""
    if len(token) > MAX_BYTES:
        raise Invalid(f"It is larger than {MAX_BYTES // 1024} KiB.")
    header, document = jwt.read(token)
    check_size(document)
    return Presented(document=document, token=token.strip(), header=header)


class _Typed(Record):
    type: str | list[str]

    def check_type(self, wanted: set[str], what: str) -> None:
        """Raise Invalid unless one of the wanted types is there."""
        if wanted.isdisjoint([self.type] if isinstance(self.type, str) else self.type):
            raise Invalid(f"{what} is not of the type {' or '.join(sorted(wanted))}.")


class _Achievement(_Typed):
    id: str
    name: str
    description: str
    criteria: dict[str, Json]


class _Subject(_Typed):
    achievement: _Achievement
    id: str | None = None
    identifier: dict[str, Json] | list[dict[str, Json]] | None = None


class _Profile(_Typed):
    id: str
    name: str | None = None


class _OpenBadge(_Typed, rename="camel"):
    context: list[str] = msgspec.field(name="@context")
    id: str
    issuer: str | _Profile
    valid_from: str
    valid_until: str | None = None
    credential_subject: _Subject
    evidence: list[dict[str, Json]] | None = None


def check_open_badge(document: dict[str, Json]) -> None:
    """Return when a credential has what Open Badges 3.0 requires; Invalid names what is missing."""
    try:
        badge = msgspec.convert(document, _OpenBadge)
    except msgspec.ValidationError as error:
        raise Invalid(f"It is no Open Badges 3.0 credential: {error}.") from error
    if not contexts.starts_with(badge.context, [contexts.CREDENTIALS_V2]):
        raise Invalid(f"Its first vocabulary (@context) is not {contexts.CREDENTIALS_V2}.")
    badge.check_type({"VerifiableCredential"}, "It")
    badge.check_type({"OpenBadgeCredential", "AchievementCredential"}, "It")
    badge.credential_subject.check_type({"AchievementSubject"}, "Its subject")
    badge.credential_subject.achievement.check_type({"Achievement"}, "Its achievement")
    if badge.credential_subject.id is None and not badge.credential_subject.identifier:
        raise Invalid("It does not say who holds it: neither an id nor an identifier is there.")
    parse_instant(badge.valid_from)
    parse_instant(badge.valid_until or badge.valid_from)


def parse(text: str | bytes) -> Json:
    """Return the JSON value of a text; Invalid when it is none."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"It is no JSON: {error}.") from error


def check_size(value: Json) -> None:
    """Refuse what is nested or large beyond any credential, before recursion meets it."""
    layer, depth = [value], 0
    while layer:
        if depth > MAX_DEPTH:
            raise Invalid(f"It is nested more than {MAX_DEPTH} levels deep.")
        layer, depth = [inner for item in layer for inner in _inside(item)], depth + 1
    try:
        size = len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid(f"It holds something that JSON cannot: {error}.") from error
    if size > MAX_BYTES:
        raise Invalid(f"It is larger than {MAX_BYTES // 1024} KiB.")


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
