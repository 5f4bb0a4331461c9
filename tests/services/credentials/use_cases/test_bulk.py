"""Awards by hand: each row has its outcome, and a repeat changes none."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace

from services.credentials.contract import (
    CredentialStatus,
    IssueBatch,
    IssueReport,
    IssueRow,
    VerifyInput,
)
from services.kit.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from services.kit.ids import Kind
from services.kit.mongo import Mongo
from services.kit.records import Actor, PageArgs, Role
from services.progress.contract import Profile
from tests.support.awards import award_of, course_version, make_id
from tests.support.issuing import World, new_world
from tests.support.obschema import problems

ISSUER = Actor(
    subject=make_id(Kind.LEARNER, "ines"),
    roles=frozenset({Role.ISSUER}),
    organisation="morsel-academy",
)
ADA = make_id(Kind.LEARNER, "ada")
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def school(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """A published course that awards something, and Ada, who is known here."""
    async with new_world(mongo, mongo_uri) as made:
        made.shelf.add(course_version())
        await made.service.issuing.define(course_version().id)
        made.diary.people[ADA] = Profile(learner_id=ADA, email="ada@example.org")
        yield made


def batch(*rows: IssueRow, key: str = "", award: str = "award") -> IssueBatch:
    """Return a batch."""
    return IssueBatch(
        achievement_id=award_of(award).id, rows=rows, idempotency_key=key or str(uuid4())
    )


def row(name: str, **more: Any) -> IssueRow:
    """Return a row for an e-mail address made of the name, unless another holder is given."""
    holder = {} if "learner_id" in more else {"email": f"{name.lower()}@example.org"}
    return IssueRow(name=name, **{**holder, **more})


async def issue(world: World, wanted: IssueBatch) -> IssueReport:
    """Issue a batch."""
    return await world.service.bulk.issue_many(ISSUER, wanted)


async def test_each_row_is_issued_or_says_why_not(school: World) -> None:
    """A person would go without, or with something wrong, and nobody would know."""
    report = await issue(
        school,
        batch(
            row("Bo", score=0.9, narrative='Built a "ladder" of 3 m — 日本.'),
            row("Cy", score=0.2),
            row("Di", email="nowhere"),
            row("Bo2", email=" BO@example.org"),
            row(" \t", email="no@example.org"),
            row("Eve", learner_id=make_id(Kind.LEARNER, "nobody")),
            row("Fay", learner_id="crs_x"),
            row("Gus", narrative="\x07"),
            IssueRow(name="Hal"),
            row("Ada L.", learner_id=ADA),
        ),
    )

    assert [(one.row, one.message.split()[0]) for one in report.failed] == [
        (1, "score"),
        (2, "'nowhere'"),
        (3, "It"),
        (4, "name"),
        (5, "No"),
        (6, "'crs_x'"),
        (7, "The"),
        (8, "Give"),
    ]
    bo, ada = await school.service.credentials.credentials(ISSUER, report.issued)
    assert bo is not None
    assert ada is not None
    assert (bo.holder_name, bo.score, ada.holder_id, ada.score) == ("Bo", 0.9, ADA, None)
    assert bo.holder_id.startswith("lrn_")


async def test_what_was_awarded_by_hand_verifies_and_keeps_to_the_schema(school: World) -> None:
    """An award by hand must be as good as any other."""
    report = await issue(school, batch(row("Kim", score=0.8, narrative="Did *it*.")))
    (kim,) = await school.service.credentials.credentials(ISSUER, report.issued)
    assert kim is not None

    document = msgspec.json.decode(kim.json)
    (verified,) = await school.service.verifying.verify((VerifyInput(json=document),))

    assert verified.verified, verified.checks
    assert problems(document) == []
    assert document["credentialSubject"]["narrative"] == "Did *it*."
    assert document["credentialSubject"]["result"][0]["value"] == "80"


async def test_a_repeat_answers_alike_and_issues_nothing(school: World) -> None:
    """A client that heard no answer sends the batch again, at the same time even."""
    wanted = batch(row("Ray"), row("Rex", score=3), row("Roy"))

    reports = await asyncio.gather(*(issue(school, wanted) for _ in range(3)))
    reports.append(await issue(school, wanted))

    assert len(reports[0].issued) == 2
    assert all(report == reports[0] for report in reports)
    with pytest.raises(Conflict, match="idempotencyKey"):
        await issue(school, replace(wanted, rows=wanted.rows[:1]))


async def test_what_broke_off_goes_on_where_it_was(school: World) -> None:
    """A process that dies in the middle leaves rows that the repeat must do."""
    wanted = batch(row("Sam"), row("Sue"), row("Stu"))
    whole = await issue(school, wanted)
    credentials = school.database.truth("credentials")
    await credentials.delete_many({"_id": {"$in": list(whole.issued[1:])}})

    assert await issue(school, wanted) == whole

    assert await credentials.count({"_id": {"$in": list(whole.issued)}}) == 3


async def test_who_has_it_already_gets_no_second_one(school: World) -> None:
    """Two credentials for one achievement in one version say nothing more than one."""
    first = await issue(school, batch(row("Una")))
    second = await issue(school, batch(row("Una"), row("Uwe")))

    assert (len(first.issued), len(second.issued)) == (1, 1)
    assert second.failed[0].message == "Its holder has this achievement already."


async def test_what_waits_goes_to_who_owns_the_address(school: World) -> None:
    """A credential for an address would never reach a person, or reach another one."""
    await issue(school, batch(row("Val")))
    val = Actor(subject=make_id(Kind.LEARNER, "val"), email="VAL@example.org")
    bulk, before = school.service.bulk, len(school.diary.events)

    assert await bulk.claim(replace(val, email="eve@example.org")) == ()
    assert await bulk.claim(replace(val, email=None)) == ()
    assert await bulk.claim(replace(val, is_guest=True)) == ()
    claimed = await bulk.claim(val)
    again = await bulk.claim(val)

    held = await school.service.credentials.held_by(val.subject, PageArgs())
    assert [one.id for one in claimed] == [one.id for one in held.nodes]
    assert (len(claimed), again) == (1, ())
    # a phone hears of it when it is the holder's, and not of who waits
    entries = await school.service.feed.claim("credentials", limit=100, wait=0)
    told = [entry.data["learnerId"] for entry in entries]
    assert val.subject in told
    assert set(told) <= {val.subject, ADA}
    assert len(school.diary.events) == before


async def test_nobodys_log_tells_of_what_waits(school: World) -> None:
    """A learner who does not exist would get a log, which nobody erases."""
    report = await issue(school, batch(row("Wim")))
    (wim,) = await school.service.credentials.credentials(ISSUER, report.issued)
    assert wim is not None

    await school.revoke(wim)
    for entry in await school.service.feed.claim("credentials", limit=100, wait=0):
        await school.service.hearing.handle(entry)

    assert wim.holder_id not in {event.learner_id for event in school.diary.events}
    actor = Actor(subject=make_id(Kind.LEARNER, "wim"), email="wim@example.org")
    (claimed,) = await school.service.bulk.claim(actor)
    assert (claimed.id, claimed.status) == (wim.id, CredentialStatus.REVOKED)


async def test_what_cannot_be_done_for_any_row_is_refused_whole(school: World) -> None:
    """Rights and limits: one organisation must not award in the name of another."""
    with pytest.raises(NotFound, match="achievement"):
        await issue(school, batch(row("X"), award="of others"))
    with pytest.raises(Invalid, match="rows"):
        await issue(school, batch())
    with pytest.raises(LimitReached, match="1,000"):
        await issue(school, batch(*[row("X")] * 1_001))
    with pytest.raises(Invalid, match="UUID"):
        await issue(school, batch(row("X"), key="one"))
    for actor in (
        replace(ISSUER, roles=frozenset({Role.ADMIN})),
        replace(ISSUER, organisation="x"),
    ):
        with pytest.raises((Forbidden, NotFound)):
            await school.service.bulk.issue_many(actor, batch(row("X")))


async def test_a_large_batch_takes_a_place_in_the_list_for_each(school: World) -> None:
    """Two credentials at one place would be revoked together."""
    report = await issue(school, batch(*[row(f"N{number}") for number in range(300)]))

    found = await school.database.truth("credentials").find(
        {"_id": {"$in": list(report.issued)}}, {"place": 1}
    )
    places = {(one["place"]["list_id"], one["place"]["index"]) for one in found}
    assert len(report.issued) == len(places) == 300


async def test_a_repeat_after_the_holder_came_answers_alike(school: World) -> None:
    """An issuer would be told that it failed, as the credential is another holder's by now."""
    wanted = batch(row("Xia"), row("Yul"))
    before = await issue(school, wanted)
    xia = Actor(subject=make_id(Kind.LEARNER, "xia"), email="xia@example.org")
    assert len(await school.service.bulk.claim(xia)) == 1

    assert await issue(school, wanted) == before
