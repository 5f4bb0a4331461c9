"""Endorsements: by a key kept for a body or by its own, embedded, verified, taken back."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from services.credentials.contract import (
    Check,
    CheckName,
    CheckOutcome,
    Credential,
    Endorse,
    VerifyInput,
)
from services.credentials.domain import proofs, rdf
from services.credentials.domain.endorsement import Statement, make_endorsement
from services.credentials.domain.instants import format_instant
from services.credentials.domain.issuer import issuer_id, make_issuer
from services.credentials.domain.multikey import encode_ed25519
from services.credentials.domain.signing import SeedSigner
from services.credentials.repository.wheel import load_contexts
from services.kit.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError
from services.kit.records import Actor, Json, Role
from tests.services.credentials.domain.conftest import DID, ORIGIN
from tests.support.awards import award_of, course_version
from tests.support.issuing import World
from tests.support.obschema import problems

BOARD = Actor(subject="lrn_board", roles=frozenset({Role.ACCREDITOR}), organisation="board")
ACADEMY = replace(BOARD, organisation="morsel-academy")
AWARD = award_of().id
ISSUER = issuer_id(DID)
SINCE = datetime(2026, 1, 5, tzinfo=UTC)
PASSED, FAILED, SKIPPED = CheckOutcome.PASSED, CheckOutcome.FAILED, CheckOutcome.SKIPPED


@pytest.fixture
async def _defined(world: World) -> None:
    """The award is known."""
    await world.service.issuing.define(world.shelf.add(course_version()).id)


pytestmark = pytest.mark.usefixtures("_defined")


def comment(text: str = "Meets our standard.", about: str = AWARD) -> Endorse:
    """Return a word that is to be signed with the key kept for the body."""
    return Endorse(subject_id=about, comment=text)


def own_word(subject: str, *, until: datetime | None = None, seed: bytes = b"o") -> dict[str, Json]:
    """Return an endorsement that a body from elsewhere signed with its did:key."""
    signer = SeedSigner(seed * 32, method_id="")
    multikey = encode_ed25519(signer.public_key)
    did = f"did:key:{multikey}"
    unsigned = make_endorsement(
        Statement(
            url="urn:uuid:0e61f3a1-5b0a-4d1c-9c3e-7a5b1d9c8e21",
            body=make_issuer(did, name="Guild of Ladders"),
            origin=ORIGIN,
            subject=subject,
            comment="Sound.",
            valid_from=SINCE,
        )
    )
    if until is not None:
        unsigned["validUntil"] = format_instant(until)
    return proofs.secure(
        unsigned,
        signer=SeedSigner(seed * 32, method_id=f"{did}#{multikey}"),
        created="2026-01-05T00:00:00Z",
        canonicalise=partial(rdf.canonical, contexts=load_contexts()),
    )


async def address_of(world: World) -> str:
    """Return what endorsements of the award have to be about."""
    (achievement,) = await world.service.credentials.achievements((AWARD,))
    assert achievement is not None
    return achievement.url


async def check_of(world: World, document: Any) -> Check:
    """Return how the check ENDORSEMENT of a credential ends."""
    (outcome,) = await world.service.verifying.verify((VerifyInput(json=document),))
    return next(check for check in outcome.checks if check.name is CheckName.ENDORSEMENT)


def document_of(credential: Credential) -> dict[str, Any]:
    """Return a credential as JSON."""
    found: dict[str, Any] = json.loads(credential.json)
    return found


async def test_a_word_is_signed_for_the_body_and_stands_in_what_is_issued(world: World) -> None:
    """Guards against accreditation that only our own database knows of."""
    endorsement = await world.service.endorsing.endorse(BOARD, comment())
    await world.service.endorsing.endorse(BOARD, comment("An honest issuer.", ISSUER))

    document = document_of(await world.issue())

    assert document["credentialSubject"]["achievement"]["endorsement"] == [
        json.loads(endorsement.json)
    ]
    (about,) = document["issuer"]["endorsement"]
    assert about["credentialSubject"]["id"] == DID
    assert problems(document) == []
    (outcome,) = await world.service.verifying.verify((VerifyInput(json=document),))
    assert outcome.verified, outcome.checks
    check = await check_of(world, document)
    assert check.outcome is PASSED
    assert "Board has endorsed the award since" in check.message
    assert "Board has endorsed its issuer since" in check.message


async def test_both_are_shown_with_what_they_are_about(world: World) -> None:
    """Guards against endorsements that nobody sees before they hold a credential."""
    said = await world.service.endorsing.endorse(BOARD, comment())

    listed = await world.another().credentials.endorsements((ISSUER, AWARD, "ach_none"))

    assert listed == ((), (said,), ())
    profile = await world.service.credentials.profile("morsel-academy")
    assert "endorsement" not in profile
    await world.service.endorsing.endorse(BOARD, comment(about=ISSUER))
    profile = await world.service.credentials.profile("morsel-academy")
    assert len(profile["endorsement"]) == 1


async def test_a_repeat_changes_nothing_and_another_word_takes_its_place(world: World) -> None:
    """Guards against a pile of endorsements by one body."""
    endorsing = world.service.endorsing
    first = await endorsing.endorse(BOARD, comment())

    assert await endorsing.endorse(BOARD, comment(" Meets our standard. ")) == first
    second = await endorsing.endorse(BOARD, comment("Meets it again."))

    ((shown,),) = await world.service.credentials.endorsements((AWARD,))
    assert shown == second
    assert second.id == first.id


async def test_what_a_body_signed_itself_is_embedded_as_it_is(world: World) -> None:
    """Guards against a body that has to hand us its key."""
    own = own_word(await address_of(world))

    kept = await world.service.endorsing.endorse(BOARD, Endorse(subject_id=AWARD, credential=own))

    assert json.loads(kept.json) == own
    assert kept.body.name == "Guild of Ladders"
    assert await world.another().credentials.issuers((kept.body.id, "iss_x")) == (kept.body, None)
    again = await world.service.endorsing.endorse(BOARD, Endorse(subject_id=AWARD, credential=own))
    assert again == kept
    document = document_of(await world.issue())
    assert problems(document) == []
    check = await check_of(world, document)
    assert check.outcome is PASSED
    assert (
        f"Guild of Ladders ({own['issuer']['id']}, by its own word) has endorsed" in check.message
    )


FORGED: tuple[tuple[dict[str, Json], str], ...] = (
    ({"name": "Something else"}, "was changed after it was signed"),
    ({"proof": []}, "Data Integrity proof"),
    ({"validUntil": 5}, "no EndorsementCredential"),
    ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "@context"),
    ({"type": ["VerifiableCredential"]}, "type"),
    ({"credentialSubject": {"id": DID, "type": ["EndorsementSubject"]}}, "has to be http"),
    ({"issuer": "did:key:z6MkNobody"}, "."),
    ({"name": "x" * 20_000}, "at most 16 KiB"),
)


async def test_what_does_not_verify_is_refused(world: World) -> None:
    """Guards against forged accreditation, and against what would spoil every credential."""
    own = own_word(await address_of(world))

    for change, message in FORGED:
        forged = Endorse(subject_id=AWARD, credential=own | change)
        with pytest.raises(Invalid, match=message) as refused:
            await world.service.endorsing.endorse(BOARD, forged)
        assert refused.value.path == ("credential",)

    assert await world.service.credentials.endorsements((AWARD,)) == ((),)


async def test_an_expired_one_is_neither_kept_nor_embedded(world: World) -> None:
    """Guards against a credential that shows an endorsement which had ended before."""
    past = own_word(await address_of(world), until=SINCE + timedelta(days=1))

    with pytest.raises(Invalid, match="expired"):
        await world.service.endorsing.endorse(BOARD, Endorse(subject_id=AWARD, credential=past))


async def test_a_changed_endorsement_fails_the_credential(world: World) -> None:
    """Guards against praise that somebody put into the mouth of a body."""
    await world.service.endorsing.endorse(BOARD, comment())
    document = document_of(await world.issue())
    (about,) = document["credentialSubject"]["achievement"]["endorsement"]
    about["credentialSubject"]["endorsementComment"] = "The best there is."

    check = await check_of(world, document)

    assert check.outcome is FAILED
    assert "'Board' does not hold" in check.message


async def test_an_endorsement_of_something_else_fails_the_credential(world: World) -> None:
    """Guards against a good endorsement that is copied into any award."""
    elsewhere = own_word("https://guild.example/achievements/other")
    document = document_of(await world.issue())
    document["credentialSubject"]["achievement"]["endorsement"] = [elsewhere]

    check = await check_of(world, document)

    assert (check.outcome, "about something else" in check.message) == (FAILED, True)


async def test_a_body_that_cannot_be_asked_is_told_apart(world: World) -> None:
    """Guards against an unknown body that reads like a forged one, or like a good one."""
    document = document_of(await world.issue())
    achievement = document["credentialSubject"]["achievement"]
    unknown = own_word(achievement["id"])
    unknown["issuer"]["id"] = "did:web:guild.invalid"
    for proof in unknown["proof"]:
        proof["verificationMethod"] = "did:web:guild.invalid#key-1"
    achievement["endorsement"] = [unknown]

    check = await check_of(world, document)

    assert check.outcome is SKIPPED
    assert "could not be found out" in check.message


async def test_what_ended_since_held_when_it_was_issued(world: World) -> None:
    """Guards against a lapsed endorsement that takes a good credential away, or still praises."""
    document = document_of(await world.issue())
    achievement = document["credentialSubject"]["achievement"]
    now = datetime.now(UTC)
    issued = format_instant(now - timedelta(days=20))
    document["validFrom"] = issued

    for ended, outcome, words in (
        (now - timedelta(days=5), PASSED, "it has ended since"),
        (now - timedelta(days=30), FAILED, "before this was issued"),
        (now + timedelta(days=30), PASSED, "until"),
    ):
        achievement["endorsement"] = [own_word(achievement["id"], until=ended)]
        check = await check_of(world, document)
        assert (check.outcome, words in check.message) == (outcome, True), check.message


async def test_what_a_body_takes_back_is_told_to_verifiers(world: World) -> None:
    """Guards against an endorsement that nobody can ever take back."""
    said = await world.service.endorsing.endorse(BOARD, comment())
    document = document_of(await world.issue())

    await world.service.endorsing.withdraw(BOARD, said.id)
    await world.service.endorsing.withdraw(BOARD, said.id)

    fresh = world.another()  # that remembers no list
    (outcome,) = await fresh.verifying.verify((VerifyInput(json=document),))
    check = next(one for one in outcome.checks if one.name is CheckName.ENDORSEMENT)
    assert check.outcome is SKIPPED
    assert check.message == "Board has taken its endorsement of the award back."
    assert outcome.verified
    assert await world.service.credentials.endorsements((AWARD,)) == ((),)
    later = document_of(await world.issue("ada"))
    assert "endorsement" not in later["credentialSubject"]["achievement"]
    anew = await world.service.endorsing.endorse(BOARD, comment())
    assert await world.service.credentials.endorsements((AWARD,)) == ((anew,),)


async def test_another_version_of_the_award_has_to_be_endorsed_anew(world: World) -> None:
    """Guards against an award that changes under the name of the body that looked at it."""
    await world.service.endorsing.endorse(BOARD, comment())
    newer = course_version(number=2, award=award_of(version="2"))

    document = document_of(await world.issue(version=newer))

    assert "endorsement" not in document["credentialSubject"]["achievement"]
    assert await world.service.credentials.endorsements((AWARD,)) == ((),)


async def test_nobody_endorses_themselves(world: World) -> None:
    """Guards against an issuer that looks accredited because it says so."""
    for about in (AWARD, ISSUER):
        with pytest.raises(Conflict, match="itself"):
            await world.service.endorsing.endorse(ACADEMY, comment(about=about))

    assert await world.service.credentials.endorsements((AWARD, ISSUER)) == ((), ())


async def test_accreditors_of_an_organisation_only(world: World) -> None:
    """Guards against anybody who speaks for a body."""
    said = await world.service.endorsing.endorse(BOARD, comment())
    issuer = replace(BOARD, roles=frozenset({Role.ISSUER}))

    for actor in (issuer, replace(BOARD, organisation=None)):
        with pytest.raises(Forbidden):
            await world.service.endorsing.endorse(actor, comment("Other."))
        with pytest.raises(Forbidden):
            await world.service.endorsing.withdraw(actor, said.id)
    with pytest.raises(NotFound):
        await world.service.endorsing.withdraw(ACADEMY, said.id)

    assert await world.service.credentials.endorsements((AWARD,)) == ((said,),)


MALFORMED: tuple[tuple[Endorse, type[ServiceError], tuple[str, ...]], ...] = (
    (Endorse(subject_id=AWARD), Invalid, ()),
    (Endorse(subject_id=AWARD, comment="x", credential={}), Invalid, ()),
    (comment(" \n"), Invalid, ("comment",)),
    (comment("a\x07b"), Invalid, ("comment",)),
    (comment("x" * 2_001), Invalid, ("comment",)),
    (comment(about="ach_none"), NotFound, ("achievementId",)),
    (comment(about="iss_none"), NotFound, ("issuerId",)),
    (Endorse(subject_id=AWARD, credential="a.b.c"), Invalid, ("credential",)),
    (Endorse(subject_id=AWARD, credential=[1]), Invalid, ("credential",)),
)


async def test_a_malformed_word_is_refused(world: World) -> None:
    """Guards against errors that nobody can act on."""
    for endorse, kind, path in MALFORMED:
        with pytest.raises(kind) as refused:
            await world.service.endorsing.endorse(BOARD, endorse)
        assert refused.value.path == path, endorse
