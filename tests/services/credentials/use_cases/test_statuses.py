"""Revoking, suspending, reinstating: what everybody sees of it, and who may do it."""

import asyncio
from typing import Any

import msgspec
import pytest

from services.credentials.contract import (
    CheckName,
    Credential,
    CredentialStatus,
    HolderKey,
    ShareCredential,
    Verification,
    VerifyInput,
)
from services.credentials.use_cases.news import REINSTATED, REVOKED, SUSPENDED
from services.kit.errors import Conflict, Invalid, NotFound
from services.kit.records import Actor, OutboxEntry, Role
from tests.support.awards import make_id
from tests.support.issuing import World

ISSUER = Actor(
    subject="lrn_issuer", roles=frozenset({Role.ISSUER}), organisation="morsel-academy", name="Ida"
)
RIVAL = msgspec.structs.replace(ISSUER, organisation="rival")


async def test_revoking_flips_one_bit_and_everybody_sees_it(world: World) -> None:
    """Guards against a revocation that employers never hear of, or that hits a neighbour."""
    first, second = await world.issue("ada"), await world.issue("bo")

    (before,) = await world.service.verifying.verify((VerifyInput(jwt=first.jwt),))
    revoked = await world.service.statuses.revoke(ISSUER, first.id, " Issued by mistake. ")

    assert sum(byte.bit_count() for byte in await world.bits(first)) == 1
    assert await world.is_flagged(first)
    one, other = await world.service.verifying.verify(
        (VerifyInput(jwt=first.jwt), VerifyInput(jwt=second.jwt))
    )
    assert (before.verified, one.verified, other.verified) == (True, False, True)
    assert message(one, CheckName.STATUS) == "Its issuer has revoked it."
    assert (revoked.status, revoked.status_reason) == (
        CredentialStatus.REVOKED,
        "Issued by mistake.",
    )
    held = await read(world, first)
    assert (held.status, held.status_reason) == (revoked.status, revoked.status_reason)


async def test_a_suspension_is_taken_back(world: World) -> None:
    """Guards against a hold that ends as a revocation, or that verifiers never hear of."""
    issued = await world.issue("ada")

    suspended = await world.service.statuses.suspend(ISSUER, issued.id, "In doubt.")
    while_held = await world.is_flagged(issued)
    (held_back,) = await world.service.verifying.verify((VerifyInput(jwt=issued.jwt),))
    reinstated = await world.service.statuses.reinstate(ISSUER, issued.id)
    await world.published()

    assert (suspended.status, suspended.status_reason) == (
        CredentialStatus.SUSPENDED,
        "In doubt.",
    )
    assert (reinstated.status, reinstated.status_reason) == (CredentialStatus.VALID, None)
    assert message(held_back, CheckName.STATUS) == "Its issuer has suspended it."
    assert (while_held, await world.is_flagged(issued)) == (True, False)
    (verification,) = await world.service.verifying.verify((VerifyInput(jwt=issued.jwt),))
    assert verification.verified


async def test_with_an_entry_of_its_own_a_suspension_leaves_revocation_alone(world: World) -> None:
    """Guards against a verifier that remembers a revocation which was none."""
    settings = msgspec.structs.replace(world.settings, suspension_lists="morsel-academy")
    world.service = world.another(settings)
    issued = await world.issue("ada")

    await world.service.statuses.suspend(ISSUER, issued.id, "In doubt.")
    suspended = [await world.is_flagged(issued, entry) for entry in (0, 1)]
    (verification,) = await world.service.verifying.verify((VerifyInput(jwt=issued.jwt),))
    await world.service.statuses.revoke(ISSUER, issued.id, "It was so.")
    await world.published()
    revoked = [await world.is_flagged(issued, entry) for entry in (0, 1)]

    assert suspended == [False, True]
    assert message(verification, CheckName.STATUS) == "Its issuer has suspended it."
    assert revoked == [True, False]


async def test_who_did_what_and_why_is_kept_and_told_to_those_concerned(world: World) -> None:
    """Guards against a revocation that nobody can answer for, and names in a record for good."""
    issued = await world.issue("ada")
    statuses, holder = world.service.statuses, Actor(subject=issued.holder_id)

    await statuses.suspend(ISSUER, issued.id, "In doubt.")
    await statuses.reinstate(ISSUER, issued.id)
    shown = await statuses.revoke(ISSUER, issued.id, "It was so.")

    told = [(one.status.value, one.reason, one.by) for one in shown.changes]
    assert told == [
        ("SUSPENDED", "In doubt.", "lrn_issuer"),
        ("VALID", None, "lrn_issuer"),
        ("REVOKED", "It was so.", "lrn_issuer"),
    ]
    (seen,) = await world.service.credentials.credentials(holder, (issued.id,))
    assert seen is not None
    assert [one.by for one in seen.changes] == [None] * 3
    stored = await world.database.truth("credentials").find_one({"_id": issued.id})
    assert b"Ida" not in msgspec.msgpack.encode(stored)


@pytest.mark.parametrize("actor", [RIVAL, Actor(subject=make_id("lrn", "ada"))])  # type: ignore[arg-type]  # a kind by its letters
async def test_others_change_nothing_and_learn_nothing(world: World, actor: Actor) -> None:
    """Guards against a rival, or a holder, who decides what a credential is worth."""
    issued = await world.issue("ada")
    statuses = world.service.statuses
    before = await everything(world)

    for call in (
        statuses.revoke(actor, issued.id, "Mine."),
        statuses.suspend(actor, issued.id, ""),
        statuses.reinstate(actor, issued.id),
        statuses.revoke(ISSUER, "cre_AAAA", "Nothing."),
    ):
        with pytest.raises(NotFound) as refused:
            await call
        assert refused.value.path == ("credentialId",)

    assert await everything(world) == before


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\x00b"])
async def test_a_reason_is_asked_for(world: World, reason: str) -> None:
    """Guards against a holder who is never told why."""
    issued = await world.issue("ada")
    before = await everything(world)

    for call in (world.service.statuses.revoke, world.service.statuses.suspend):
        with pytest.raises(Invalid, match="1 to 500 characters") as refused:
            await call(ISSUER, issued.id, reason)
        assert refused.value.path == ("reason",)

    assert await everything(world) == before


async def test_a_repeat_changes_nothing(world: World) -> None:
    """Guards against a retry that makes a second entry in the record, or another reason."""
    issued = await world.issue("ada")
    statuses = world.service.statuses
    await statuses.reinstate(ISSUER, issued.id)
    assert (await read(world, issued)).changes == ()
    for call in (statuses.suspend, statuses.revoke):
        await call(ISSUER, issued.id, "First.")
        await world.published()
        before = await everything(world)

        again = await call(ISSUER, issued.id, "Second.")
        await world.published()

        assert again.status_reason == "First."
        assert await everything(world) == before


async def test_what_is_revoked_stays_so(world: World) -> None:
    """Guards against a revocation that is undone."""
    issued = await world.issue("ada")
    await world.revoke(issued)
    before = await everything(world)

    for call in (
        world.service.statuses.suspend(ISSUER, issued.id, "In doubt."),
        world.service.statuses.reinstate(ISSUER, issued.id),
    ):
        with pytest.raises(Conflict, match="for good"):
            await call

    assert await everything(world) == before
    assert await world.is_flagged(issued)


async def test_opposite_changes_at_once_leave_the_list_as_the_record(world: World) -> None:
    """Guards against a list that says suspended for ever because two calls crossed."""
    issued = await world.issue("ada")
    first, second = world.service.statuses, world.another().statuses

    for _ in range(2):
        await asyncio.gather(
            first.suspend(ISSUER, issued.id, "In doubt."),
            second.reinstate(ISSUER, issued.id),
            second.suspend(ISSUER, issued.id, "In doubt."),
            first.reinstate(ISSUER, issued.id),
        )
        await world.published()
        held = await read(world, issued)
        assert await world.is_flagged(issued) == (held.status is CredentialStatus.SUSPENDED)


async def test_a_list_follows_though_the_process_died_in_between(world: World) -> None:
    """Guards against a revocation that was acknowledged, and that no list ever tells."""
    issued = await world.issue("ada")
    heard = Heard(world)

    async def die(_: object) -> None:
        raise asyncio.CancelledError

    world.service.lists.flag = die  # type: ignore[method-assign, assignment]  # the process dies here
    with pytest.raises(asyncio.CancelledError):
        await world.service.statuses.revoke(ISSUER, issued.id, "A mistake.")
    assert not await world.is_flagged(issued)

    world.service = world.another()
    await heard.everything()
    await world.published()

    assert await world.is_flagged(issued)


async def test_a_list_that_heard_late_of_an_erasure_says_revoked(world: World) -> None:
    """Guards against a reinstatement that gives back to a copy what its erasure took away."""
    issued = await world.issue("ada")
    service = world.service
    await service.statuses.suspend(ISSUER, issued.id, "In doubt.")
    flag = service.lists.flag

    async def erased_first(flags: Any) -> None:
        service.lists.flag = flag  # type: ignore[method-assign]  # once
        await service.hearing.handle(
            OutboxEntry(id="x", type="learner.erased", data={"learnerId": issued.holder_id})
        )
        await flag(flags)

    service.lists.flag = erased_first  # type: ignore[method-assign]  # an erasure comes in between
    with pytest.raises(NotFound):
        await service.statuses.reinstate(ISSUER, issued.id)

    assert await world.database.truth("credentials").count({}) == 0
    assert await world.is_flagged(issued)


async def test_others_who_see_a_shared_credential_are_told_no_reasons(world: World) -> None:
    """Guards against an accusation that everybody reads."""
    issued = await world.issue("ada")
    await world.service.statuses.suspend(ISSUER, issued.id, "In doubt.")
    wish = ShareCredential(credential_id=issued.id)
    await world.service.sharing.share(Actor(subject=issued.holder_id), wish)

    (seen,) = await world.service.credentials.credentials(None, (issued.id,))

    assert seen is not None
    assert (seen.status, seen.status_reason, seen.changes) == (CredentialStatus.SUSPENDED, None, ())


async def test_the_holder_is_told(world: World) -> None:
    """Guards against a phone that goes on showing what counts no more."""
    issued, heard = await world.issue("ada"), Heard(world)
    statuses = world.service.statuses
    await statuses.suspend(ISSUER, issued.id, "In doubt.")
    await statuses.reinstate(ISSUER, issued.id)
    await statuses.revoke(ISSUER, issued.id, "It was so.")

    await heard.everything()
    await heard.everything()

    told = sorted(world.diary.events, key=lambda event: event.body["revision"])
    assert [event.type for event in told] == ["credential.issued", SUSPENDED, REINSTATED, REVOKED]
    assert {event.learner_id for event in told} == {issued.holder_id}
    assert len({event.id for event in told}) == 4
    assert [(event.body["status"], event.body["statusReason"]) for event in told] == [
        ("VALID", None),
        ("SUSPENDED", "In doubt."),
        ("VALID", None),
        ("REVOKED", "It was so."),
    ]


class Heard:
    """The service's own news, heard as its consumer would."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def everything(self) -> None:
        """Deal with all that waits."""
        service = self._world.service
        while entries := await service.feed.claim("credentials", limit=10, wait=0):
            for entry in entries:
                await service.hearing.handle(entry)
            await service.feed.ack("credentials", tuple(entry.id for entry in entries))


WAITING = {"due", "asked", "folded"}


async def everything(world: World) -> Any:
    """Return all that is stored, but how often lists were asked for changes."""
    found = {}
    for name in ("credentials", "lists", "list_bits", "list_history"):
        documents = await world.database.truth(name).find({}, sort=[("_id", 1)])
        found[name] = [
            {field: value for field, value in one.items() if field not in WAITING}
            for one in documents
        ]
    return found


async def read(world: World, credential: Credential) -> Credential:
    """Return a credential as it is now."""
    key = HolderKey(learner_id=credential.holder_id, achievement_id=credential.achievement_id)
    (held,) = await world.service.credentials.held((key,))
    assert held is not None
    return held


def message(verification: Verification, name: CheckName) -> str:
    """Return what a check says."""
    return next(check.message for check in verification.checks if check.name is name)
