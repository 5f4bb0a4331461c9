"""W3C's own test vectors of the EdDSA cryptosuites: our signatures equal theirs, bit for bit."""

from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.credentials.domain import proofs, rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.multikey import encode_ed25519, multibase_decode
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.signing import SeedSigner
from services.credentials.repository.wheel import load_contexts

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "vc-di-eddsa" / "TestVectors"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CREATED = "2023-02-24T23:36:38Z"


@pytest.fixture(scope="module")
def canonicalise() -> Canonicalise:
    """Canonical N-Quads with the examples' vocabulary, which takes any term, beside the pinned."""
    examples = msgspec.Raw(b'{"@vocab": "https://www.w3.org/ns/credentials/examples#"}')
    contexts = Contexts(encoded={**load_contexts().encoded, EXAMPLES: examples})
    return partial(rdf.canonical, contexts=contexts)


@pytest.fixture(scope="module")
def signer() -> SeedSigner:
    """The vectors' key pair."""
    pair = read("keyPair.json")
    seed = multibase_decode(pair["privateKeyMultibase"])[2:]
    public = pair["publicKeyMultibase"]
    signer = SeedSigner(seed, method_id=f"did:key:{public}#{public}")
    assert encode_ed25519(signer.public_key) == public
    return signer


def test_the_canonical_document_equals_the_vectors(canonicalise: Canonicalise) -> None:
    """Guards against RDF that other implementations would not derive from the same JSON."""
    expected = (VECTORS / "eddsa-rdfc-2022" / "canonDocDataInt.txt").read_bytes()

    assert canonicalise(read("unsigned.json")) == expected


@pytest.mark.parametrize(
    "suite,file",
    [
        ("eddsa-rdfc-2022", "eddsa-rdfc-2022/signedDataInt.json"),
        ("eddsa-jcs-2022", "eddsa-jcs-2022/signedJCS.json"),
    ],
)
def test_a_signature_equals_the_vectors(
    suite: str, file: str, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against a suite of our own: the value is deterministic, so any slip shows."""
    proof = proofs.make_proof(
        read("unsigned.json"),
        suite=suite,
        signer=signer,
        created=CREATED,
        canonicalise=canonicalise,
    )

    assert proof["proofValue"] == read(file)["proof"]["proofValue"]


@pytest.mark.parametrize(
    "file", ["eddsa-rdfc-2022/signedDataInt.json", "eddsa-jcs-2022/signedJCS.json"]
)
def test_a_signed_vector_verifies(
    file: str, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against a verifier that knows its own signatures only."""
    document = read(file)
    proof = document.pop("proof")

    proofs.check_proof(document, proof, key=signer.public_key, canonicalise=canonicalise)


def read(name: str) -> Any:
    return msgspec.json.decode((VECTORS / name).read_bytes())
