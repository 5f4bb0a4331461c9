"""W3C's own test vectors of the EdDSA cryptosuites: our signatures equal theirs, bit for bit."""

from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.credentials.domain import proofs, rdf
from services.credentials.domain.contexts import from_documents
from services.credentials.domain.multikey import (
    encode_ed25519,
    multibase_decode,
    multibase_encode,
)
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.signing import SeedSigner
from services.credentials.repository.wheel import load_contexts
from services.kit.errors import Invalid

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "vc-di-eddsa" / "TestVectors"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CREATED = "2023-02-24T23:36:38Z"


@pytest.fixture(scope="module")
def canonicalise() -> Canonicalise:
    """Canonical N-Quads with the examples' vocabulary, which takes any term, beside the pinned."""
    known = {
        address: {"@context": msgspec.json.decode(encoded)}
        for address, encoded in load_contexts().encoded.items()
    }
    examples = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    contexts = from_documents({**known, EXAMPLES: examples})
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


@pytest.mark.parametrize(
    "folder,suite,end",
    [
        ("eddsa-rdfc-2022", "eddsa-rdfc-2022", "DataInt"),
        ("eddsa-jcs-2022", "eddsa-jcs-2022", "JCS"),
    ],
)
def test_every_step_equals_the_vectors(
    folder: str, suite: str, end: str, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against two slips that make up for each other: each hash is compared on its way."""
    document, config = read("unsigned.json"), read(f"{folder}/proofConfig{end}.json")
    assert config["cryptosuite"] == suite

    signed = proofs.signed_bytes(document, config, canonicalise)

    assert signed.hex() == read_text(f"{folder}/combinedHash{end}.txt")
    assert signed[:32].hex() == read_text(f"{folder}/proofHash{end}.txt")
    assert signed[32:].hex() == read_text(f"{folder}/docHash{end}.txt")
    assert signer.sign(signed).hex() == read_text(f"{folder}/sigHex{end}.txt")
    if end == "JCS":
        assert proofs.jcs(document).decode() == read_text(f"{folder}/canonDoc{end}.txt")
        assert proofs.jcs(config).decode() == read_text(f"{folder}/proofCanon{end}.txt")


CHAINS = "proof-set-chain"


@pytest.mark.parametrize("name", ["ProofSet1", "ProofSet2", "ProofChain1", "ProofChain2"])
def test_sets_and_chains_of_proofs_equal_the_vectors(name: str, canonicalise: Canonicalise) -> None:
    """Guards against proofs that hold alone and not together, or on top of each other."""
    document = read(f"{CHAINS}/signed{name}.json")
    listed = document.pop("proof")
    listed = listed if isinstance(listed, list) else [listed]
    signers = chain_signers()

    for proof in listed:
        config = {member: value for member, value in proof.items() if member != "proofValue"}
        below = proofs.with_previous(document, proof, listed)
        signed = proofs.signed_bytes(below, config, canonicalise)
        signer = signers[proof["verificationMethod"].partition("#")[2]]
        assert multibase_encode(signer.sign(signed)) == proof["proofValue"]
        proofs.check_proof(below, proof, key=signer.public_key, canonicalise=canonicalise)


@pytest.mark.parametrize("without", [0, 1, 2])
def test_a_chain_without_one_of_its_proofs_is_refused(
    without: int, canonicalise: Canonicalise
) -> None:
    """Guards against a counter-signature that goes on counting when what it was over is gone."""
    document = read(f"{CHAINS}/signedProofChain2.json")
    listed = document.pop("proof")
    del listed[without]

    def check_all() -> None:
        for proof in listed:
            key = chain_signers()[proof["verificationMethod"].partition("#")[2]].public_key
            below = proofs.with_previous(document, proof, listed)
            proofs.check_proof(below, proof, key=key, canonicalise=canonicalise)

    with pytest.raises(Invalid, match="over another one, which is not there"):
        check_all()


def chain_signers() -> dict[str, SeedSigner]:
    """Return the signers of the sets and chains by public key."""
    pairs = read(f"{CHAINS}/multiKeyPairs.json").values()
    return {
        pair["publicKeyMultibase"]: SeedSigner(
            multibase_decode(pair["privateKeyMultibase"])[2:], method_id="did:key:x#y"
        )
        for pair in pairs
    }


def read_text(name: str) -> str:
    return (VECTORS / name).read_text().strip()


def read(name: str) -> Any:
    return msgspec.json.decode((VECTORS / name).read_bytes())
