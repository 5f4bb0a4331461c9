"""An erased learner leaves nothing but a mark, and what they downloaded verifies as revoked."""

import asyncio

import msgspec

from services.credentials.contract import CheckName, CheckOutcome, VerifyInput
from services.kit.records import OutboxEntry
from tests.support.awards import completion_of, course_version
from tests.support.issuing import World


def gone(learner_id: str) -> OutboxEntry:
    """Return what progress tells of an erasure."""
    return OutboxEntry(
        id=f"erased:{learner_id}", type="learner.erased", data={"learnerId": learner_id}
    )


async def texts(world: World) -> str:
    """Return all documents of the service as text."""
    names = ("credentials", "definitions", "issuers", "lists", "list_bits")
    return "".join([str(await world.database.truth(name).find({})) for name in names])


async def test_what_was_downloaded_verifies_as_revoked_and_nothing_stays(world: World) -> None:
    """Erased people would be found in the database, or their credentials stay valid for ever."""
    held = await world.issue("zoe")
    kept = await world.issue("yan")

    assert held.holder_name is not None
    named = (await texts(world)).count(held.holder_name)

    await world.service.hearing.handle(gone(held.holder_id))
    await world.service.hearing.handle(gone(held.holder_id))

    found = await texts(world)
    assert held.id not in found
    assert held.holder_id not in found
    assert 0 < 2 * found.count(held.holder_name) == named  # the other holder has the same name
    assert kept.id in found
    for given, status in ((held, CheckOutcome.FAILED), (kept, CheckOutcome.PASSED)):
        (outcome,) = await world.service.verifying.verify(
            (VerifyInput(json=msgspec.json.decode(given.json)),)
        )
        checks = {check.name: check.outcome for check in outcome.checks}
        assert checks[CheckName.STATUS] is status
        assert outcome.verified is (status is CheckOutcome.PASSED)


async def test_a_completion_that_races_an_erasure_leaves_no_credential(world: World) -> None:
    """An award in flight would bring an erased learner back."""
    version = world.shelf.add(course_version())
    completion = completion_of(version, "zoe")

    await asyncio.gather(
        *(world.another().issuing.award(completion) for _ in range(4)),
        world.service.hearing.handle(gone(completion.learner_id)),
        *(world.service.issuing.award(completion) for _ in range(4)),
    )
    await world.service.issuing.award(completion)

    assert await world.database.truth("credentials").count({}) == 0
    assert completion.learner_id not in await texts(world)
