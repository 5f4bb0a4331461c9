"""Proof sets: what is signed verifies, and no change of it does."""

import copy
from typing import Any

import pytest
from msgspec.structs import replace

from services.credentials.domain import proofs
from services.credentials.domain.credential import Award, make_credential
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.signing import SeedSigner
from services.kit.errors import Invalid
from tests.support import obschema
from tests.support.awards import QUOTES


def test_both_proofs_verify_and_share_their_instant(
    award: Award, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against a set of which one half is for show."""
    signed = secure(award, signer, canonicalise)

    assert [proof["cryptosuite"] for proof in signed["proof"]] == [
        "eddsa-rdfc-2022",
        "eddsa-jcs-2022",
    ]
    assert len({proof["created"] for proof in signed["proof"]}) == 1
    check(signed, signer, canonicalise)


def test_the_official_schema_has_no_objection(
    award: Award, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against a credential that wallets refuse: the schema is 1EdTech's own."""
    assert obschema.problems(secure(award, signer, canonicalise)) == []


def test_the_official_schema_does_object_to_a_broken_one(
    award: Award, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against a schema test that never fails."""
    signed = secure(award, signer, canonicalise)
    del signed["credentialSubject"]["achievement"]["criteria"]

    assert obschema.problems(signed) != []


def test_reordered_json_is_refused_by_the_second_proof_alone(
    award: Award, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against rubric levels that change places: RDF does not see the order of an array."""
    signed = secure(award, signer, canonicalise)
    signed["credentialSubject"]["achievement"]["alignment"].reverse()
    document = {name: value for name, value in signed.items() if name != "proof"}
    rdfc, jcs = signed["proof"]

    proofs.check_proof(document, rdfc, key=signer.public_key, canonicalise=canonicalise)
    with pytest.raises(Invalid):
        proofs.check_proof(document, jcs, key=signer.public_key, canonicalise=canonicalise)


def test_text_of_all_kinds_is_signed_and_verifies(
    award: Award, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against quotes, line separators and scripts that one side escapes differently."""
    texts = {"en": QUOTES}
    odd = replace(award.definition.award, name=texts, description=texts, criteria=texts)
    changed = replace(award, definition=replace(award.definition, award=odd))

    signed = secure(changed, signer, canonicalise)

    assert signed["name"] == QUOTES
    check(signed, signer, canonicalise)


@pytest.mark.parametrize("suite", proofs.SUITES)
@pytest.mark.parametrize(
    "path,value",
    [
        (("name",), "Something better"),
        (("validUntil",), "2099-01-01T00:00:00Z"),
        (("issuer", "name"), "Somebody Else"),
        (("credentialSubject", "result", 0, "value"), "100"),
        (("credentialSubject", "identifier", 1, "identityHash"), "Somebody Else"),
        (("credentialSubject", "achievement", "alignment", 0, "targetName"), "brain surgery"),
        (("credentialStatus", "statusListIndex"), "1"),
        (("evidence", 0, "narrative"), "none"),
        (("id",), "http://localhost:8000/credentials/cre_other"),
        (("tag",), "undeclared"),
    ],
)
def test_any_change_is_refused_by_each_proof(
    award: Award,
    signer: SeedSigner,
    canonicalise: Canonicalise,
    suite: str,
    path: tuple[str | int, ...],
    value: str,
) -> None:
    """Guards against a member that a signature does not cover."""
    signed = secure(award, signer, canonicalise)
    (proof,) = (one for one in signed.pop("proof") if one["cryptosuite"] == suite)
    node: Any = signed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value

    with pytest.raises(Invalid):
        proofs.check_proof(signed, proof, key=signer.public_key, canonicalise=canonicalise)


@pytest.mark.parametrize("suite", proofs.SUITES)
@pytest.mark.parametrize(
    "member,value",
    [
        ("created", "2026-11-20T09:30:16Z"),
        ("created", "yesterday"),
        ("verificationMethod", "did:web:example.org#key-1"),
        ("proofPurpose", "authentication"),
        ("domain", "example.org"),
        ("proofValue", "z" + "1" * 64),
        ("proofValue", 7),
    ],
)
def test_any_change_of_a_proof_is_refused(
    award: Award,
    signer: SeedSigner,
    canonicalise: Canonicalise,
    suite: str,
    member: str,
    value: object,
) -> None:
    """Guards against a proof that is taken for another purpose, time or key."""
    signed = secure(award, signer, canonicalise)
    (proof,) = (one for one in signed.pop("proof") if one["cryptosuite"] == suite)

    with pytest.raises(Invalid):
        proofs.check_proof(
            signed, proof | {member: value}, key=signer.public_key, canonicalise=canonicalise
        )


def secure(award: Award, signer: SeedSigner, canonicalise: Canonicalise) -> dict[str, Any]:
    document = make_credential(award)
    return copy.deepcopy(
        proofs.secure(
            document, signer=signer, created=document["validFrom"], canonicalise=canonicalise
        )
    )


def check(signed: dict[str, Any], signer: SeedSigner, canonicalise: Canonicalise) -> None:
    document = {name: value for name, value in signed.items() if name != "proof"}
    for proof in signed["proof"]:
        proofs.check_proof(document, proof, key=signer.public_key, canonicalise=canonicalise)
