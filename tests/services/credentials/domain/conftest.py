"""A signer with a fixed key, pinned contexts and one award: for tests that need no database."""

from functools import partial
from typing import Any

import pytest

from services.credentials.domain import did, rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.credential import Award
from services.credentials.domain.issuer import make_issuer
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.records import StatusPlace, define
from services.credentials.domain.signing import SeedSigner
from services.credentials.repository.wheel import load_contexts
from tests.support.awards import COMPLETED_AT, completion_of, course_version

ORIGIN = "http://localhost:8000"
DID = did.issuer_did(ORIGIN, "morsel-academy")


@pytest.fixture(scope="session")
def contexts() -> Contexts:
    """The pinned contexts."""
    return load_contexts()


@pytest.fixture(scope="session")
def canonicalise(contexts: Contexts) -> Canonicalise:
    """Canonical N-Quads under the pinned contexts."""
    return partial(rdf.canonical, contexts=contexts)


@pytest.fixture(scope="session")
def signer() -> SeedSigner:
    """A signer of the issuer's first key."""
    return SeedSigner(b"s" * 32, method_id=f"{DID}#key-1")


@pytest.fixture(scope="session")
def did_document(signer: SeedSigner) -> dict[str, Any]:
    """The issuer's DID document."""
    return did.document(DID, {"key-1": signer.public_key})


@pytest.fixture
def award() -> Award:
    """An award to Zoë Example, 85.5 percent."""
    version = course_version()
    return Award(
        url=f"{ORIGIN}/credentials/cre_zoe",
        issuer=make_issuer(DID, name="Morsel Academy", url=ORIGIN),
        origin=ORIGIN,
        definition=define(version),
        completion=completion_of(version),
        place=StatusPlace(list_id="one", list_url=f"{ORIGIN}/status/one", index=94_567),
        salt=bytes(range(16)),
        valid_from=COMPLETED_AT,
    )
