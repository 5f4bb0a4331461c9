"""Organisations as issuers, and the bodies that endorse what they award."""

from datetime import datetime
from typing import Protocol

from services.credentials.contract.credential import Issuer
from services.kit.records import Actor, Json, Record


class IssuerChanges(Record):
    """What an organisation says of itself from now on; None leaves as it is."""

    name: str | None = None
    url: str | None = None
    image_upload_id: str | None = None


class Endorse(Record):
    """A body's word about an achievement or an issuer: its own credential, or a comment alone."""

    subject_id: str
    """Id of the achievement or the issuer."""
    comment: str | None = None
    """Signed with the key that is kept for the body's organisation."""
    credential: Json | None = None
    """A signed EndorsementCredential: an object, or its text, or a compact JWT."""


class Endorsement(Record):
    """A body's signed statement about an achievement or an issuer."""

    id: str
    subject_id: str
    body: Issuer
    comment: str | None = None
    endorsed_at: datetime
    valid_until: datetime | None = None
    json: bytes
    """The signed EndorsementCredential, UTF-8."""


class IssuersApi(Protocol):
    """Writes of issuers: Forbidden unless the actor is an ISSUER of an organisation."""

    async def update_issuer(self, actor: Actor, changes: IssuerChanges) -> Issuer:
        """Change what the actor's organisation says of itself; what was signed stays as it is."""


class EndorsingApi(Protocol):
    """Writes of accrediting bodies: Forbidden unless the actor is an ACCREDITOR of one."""

    async def endorse(self, actor: Actor, endorse: Endorse) -> Endorsement:
        """Keep an endorsement, which stands in every credential that is issued from now on.

        Repeating it changes nothing; another by the same body takes its place. Invalid for what
        does not verify or is about something else; Conflict for an organisation's own award.
        """

    async def withdraw(self, actor: Actor, endorsement_id: str) -> Endorsement:
        """Take an endorsement of the actor's organisation back; a repeat changes nothing.

        Where it was signed with the key kept for the body, its status list says so from then on.
        """
