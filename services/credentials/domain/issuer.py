"""An issuer as others see it: the contract's record, and the Profile of Open Badges 3.0."""

import hashlib
from collections.abc import Sequence

from services.content.contract import Image
from services.credentials.contract import Issuer
from services.credentials.domain.achievement import picture
from services.credentials.domain.text import checked
from services.kit.ids import Kind, global_id
from services.kit.records import Json


def make_issuer(
    did: str, *, name: str, url: str | None = None, image: Image | None = None
) -> Issuer:
    """Return an issuer; its global id is made of its DID."""
    return Issuer(id=issuer_id(did), name=name, url=url, did=did, image=image)


def issuer_id(did: str) -> str:
    """Return the global id of an issuer, made of its DID."""
    return global_id(Kind.ISSUER, hashlib.sha256(did.encode()).digest()[:16])


def make_profile(
    issuer: Issuer, *, origin: str, endorsements: Sequence[Json] = ()
) -> dict[str, Json]:
    """Return the Profile that stands in every credential of an issuer."""
    profile: dict[str, Json] = {
        "id": issuer.did,
        "type": ["Profile"],
        "name": checked(issuer.name),
    }
    if issuer.url is not None:
        profile["url"] = issuer.url
    if issuer.image is not None:
        profile["image"] = picture(issuer.image, caption=issuer.name, origin=origin)
    if endorsements:
        profile["endorsement"] = list(endorsements)
    return profile
