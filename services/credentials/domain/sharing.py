"""A credential that its holder shares: its page, and the link that puts it on LinkedIn."""

from urllib.parse import urlencode

import msgspec

from services.credentials.domain.records import Issued, Share
from services.kit.records import Record

LINKED_IN = "https://www.linkedin.com/profile/add"
TOKEN_BYTES = 16
"""128 random bits: nobody finds a page that they were not told of."""


class _Named(Record):
    name: str = ""


class _Signed(Record):
    """What a link repeats of a signed credential."""

    name: str
    issuer: _Named


def share_url(share: Share, *, origin: str) -> str:
    """Return the address of a credential's page."""
    return f"{origin}/c/{share.token}"


def linked_in_url(issued: Issued, share: Share, *, origin: str) -> str:
    """Return LinkedIn's add-to-profile link, filled in from what was signed."""
    signed = msgspec.json.decode(issued.json, type=_Signed)
    told = {
        "startTask": "CERTIFICATION_NAME",
        "name": signed.name,
        "organizationName": signed.issuer.name,
        "issueYear": issued.awarded_at.year,
        "issueMonth": issued.awarded_at.month,
        "certUrl": share_url(share, origin=origin),
        "certId": issued.id,
    }
    if issued.valid_until is not None:
        told["expirationYear"] = issued.valid_until.year
        told["expirationMonth"] = issued.valid_until.month
    return f"{LINKED_IN}?{urlencode(told)}"
