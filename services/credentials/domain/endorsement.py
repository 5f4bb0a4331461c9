"""The EndorsementCredential of Open Badges 3.0: a body's signed word about somebody's award."""

from datetime import datetime

from services.credentials.contract import Issuer
from services.credentials.domain import contexts
from services.credentials.domain.instants import format_instant
from services.credentials.domain.issuer import make_profile
from services.credentials.domain.text import checked
from services.kit.records import Json

TYPE = "EndorsementCredential"
VALID_YEARS = 5


def make_endorsement(  # noqa: PLR0913 - a member of the credential each
    url: str,
    *,
    body: Issuer,
    origin: str,
    subject: str,
    comment: str,
    valid_from: datetime,
    valid_until: datetime | None,
) -> dict[str, Json]:
    """Return the unsigned endorsement of what the address or DID `subject` names."""
    endorsement: dict[str, Json] = {
        "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES],
        "id": url,
        "type": ["VerifiableCredential", TYPE],
        "name": checked(f"Endorsement by {body.name}"),
        "issuer": make_profile(body, origin=origin),
        "validFrom": format_instant(valid_from),
        "credentialSubject": {
            "id": subject,
            "type": ["EndorsementSubject"],
            "endorsementComment": checked(comment),
        },
    }
    if valid_until is not None:
        endorsement["validUntil"] = format_instant(valid_until)
    return endorsement
