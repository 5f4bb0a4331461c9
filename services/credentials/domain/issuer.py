"""An issuer as others see it: the contract's record, and the Profile of Open Badges 3.0."""

import hashlib

from services.credentials.contract import Issuer
from services.kit.ids import Kind, global_id
from services.kit.records import Json


def make_issuer(did: str, *, name: str, url: str) -> Issuer:
    """Return an issuer; its global id is made of its DID."""
    digest = hashlib.sha256(did.encode()).digest()[:16]
    return Issuer(id=global_id(Kind.ISSUER, digest), name=name, url=url, did=did)


def make_profile(issuer: Issuer) -> dict[str, Json]:
    """Return the Profile that stands in every credential of an issuer."""
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url}
