"""The EndorsementCredential of Open Badges 3.0: a body's signed word about somebody's award."""

import hashlib
from datetime import datetime

import msgspec

from services.credentials.contract import Issuer
from services.credentials.domain import contexts, statuslist
from services.credentials.domain.instants import format_instant, parse_instant
from services.credentials.domain.issuer import make_issuer, make_profile
from services.credentials.domain.records import StatusPlace
from services.credentials.domain.shape import Presented
from services.credentials.domain.text import checked, person_name
from services.kit.errors import Invalid
from services.kit.ids import Kind, global_id
from services.kit.records import Json, Record

TYPE = "EndorsementCredential"
MAX_BYTES = 16 * 1024
"""Of one that a body brings: it stands in every credential of what it is about."""
VOCABULARIES = (contexts.CREDENTIALS_V2, contexts.OPEN_BADGES, contexts.EXTENSIONS)
"""Those of the credentials that it stands in: others may contradict them."""


class Statement(Record):
    """All that one endorsement is made of."""

    url: str
    body: Issuer
    origin: str
    subject: str
    """The address or DID of what is endorsed."""
    comment: str
    valid_from: datetime
    place: StatusPlace | None = None


def endorsement_id(subject: str, body: str) -> str:
    """Return the id of what a body, by DID, says of a subject: there is one in force."""
    digest = hashlib.sha256(f"{subject} {body}".encode()).digest()[:16]
    return global_id(Kind.ENDORSEMENT, digest)


def make_endorsement(statement: Statement) -> dict[str, Json]:
    """Return the unsigned endorsement; Invalid for text that verifiers would not agree on."""
    endorsement: dict[str, Json] = {
        "@context": list(VOCABULARIES[:2]),
        "id": statement.url,
        "type": ["VerifiableCredential", TYPE],
        "name": checked(f"Endorsement by {statement.body.name}"),
        "issuer": make_profile(statement.body, origin=statement.origin),
        "validFrom": format_instant(statement.valid_from),
        "credentialSubject": {
            "id": statement.subject,
            "type": ["EndorsementSubject"],
            "endorsementComment": checked(statement.comment),
        },
    }
    if statement.place is not None:
        place = statement.place
        endorsement["credentialStatus"] = statuslist.entry(
            place.list_url, place.index, purpose=place.purpose
        )
    return endorsement


class _Body(Record):
    id: str
    type: list[str] | str
    name: str | None = None
    url: str | None = None


class _Subject(Record, rename="camel"):
    id: str
    type: list[str] | str
    endorsement_comment: str | None = None


class _Status(Record):
    id: str
    type: str


class _Endorsement(Record, rename="camel"):
    context: list[str] = msgspec.field(name="@context")
    id: str
    type: list[str]
    name: str
    issuer: _Body | str
    valid_from: str
    valid_until: str | None = None
    credential_subject: _Subject
    credential_status: _Status | None = None


class Brought(Record):
    """What an endorsement that a body brings says."""

    body: Issuer
    comment: str | None
    valid_from: datetime
    valid_until: datetime | None


def read_endorsement(presented: Presented, *, subject: str) -> Brought:
    """Return what a body's own word about a subject is; Invalid for what could not be embedded."""
    if presented.token is not None or not presented.proofs:
        raise Invalid("An endorsement is a JSON object with a Data Integrity proof in it.")
    if len(msgspec.json.encode(presented.credential)) > MAX_BYTES:
        raise Invalid(f"An endorsement has at most {MAX_BYTES // 1024} KiB.")
    try:
        found = msgspec.convert(presented.document, _Endorsement)
    except msgspec.ValidationError as error:
        raise Invalid(f"It is no EndorsementCredential of Open Badges 3.0: {error}.") from error
    if found.context[:2] != list(VOCABULARIES[:2]) or set(found.context) - set(VOCABULARIES):
        raise Invalid(f"Its @context is {VOCABULARIES[0]}, {VOCABULARIES[1]} and no other.")
    if not {"VerifiableCredential", TYPE} <= set(found.type):
        raise Invalid(f"Its type is VerifiableCredential and {TYPE}.")
    if found.credential_subject.id != subject:
        raise Invalid(f"The id of its credentialSubject has to be {subject}.")
    body = found.issuer if isinstance(found.issuer, _Body) else _Body(id=found.issuer, type=[])
    until = found.valid_until
    return Brought(
        body=make_issuer(body.id, name=person_name(body.name) or body.id, url=body.url),
        comment=found.credential_subject.endorsement_comment,
        valid_from=parse_instant(found.valid_from),
        valid_until=None if until is None else parse_instant(until),
    )
