"""Every change that a real sync returns is as `graphql/changes.schema.json` says."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from morsel.json_schemas import change_schema
from services.kit.ids import Kind, new_id
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import Change, ChangeKind, Known, Push, ServerEvent, Tombstone
from services.progress.domain.event import server_event
from services.progress.use_cases.change_records import RECORDS
from tests.support.library import small_course
from tests.support.phone import START, Phone

CHANGE = Draft202012Validator(change_schema())
TRY = "0d5e8f1c-0000-4000-8000-000000000001"
CREDENTIAL = {
    "credentialId": new_id(Kind.CREDENTIAL),
    "achievementId": new_id(Kind.ACHIEVEMENT),
    "achievementVersion": "1",
    "courseId": small_course().course_id,
    "awardedAt": "2026-11-20T09:00:00.000Z",
    "issuedAt": "2026-11-20T09:00:01.000Z",
}

ASSIGNMENT = {
    "assignmentId": "asg_x",
    "courseId": small_course().course_id,
    "dueOn": "2026-12-01",
    "cohortName": "Autumn",
}


async def every_change(progress: Progress, actor: Actor) -> list[Any]:
    """Return, as JSON, what syncs of a learner tell: before, within and after a course."""
    phone = Phone(small_course())
    events = [*phone.study("practice"), phone.view("reading", "t1")]
    events += [*phone.study("exam", attempt=TRY), *phone.study("reading")]
    events += [phone.bookmark("reading"), phone.own("preference.set", name="sound", value=True)]
    seen: list[Change] = []
    since = None
    for event in events:
        push = Push(
            device_id=phone.device,
            device_time=phone.now,
            events=Untrusted([event]),
            since=since,
        )
        result = await progress.tracking.sync(actor, push)
        since = result.cursor
        seen += result.changes
    news = ServerEvent(
        id="0d5e8f1c-0000-4000-8000-000000000002",
        learner_id=actor.subject,
        type="credential.issued",
        at=START + timedelta(minutes=1),
        body=CREDENTIAL,
    )
    await progress.tracking.record((news,))
    made = server_event(TRY, "assignment.made", at=START, body=ASSIGNMENT)
    await progress.tracking._appender.append(actor.subject, (), own=lambda _: (made,))
    last = Push(device_id=phone.device, device_time=phone.now, since=since)
    seen += (await progress.tracking.sync(actor, last)).changes
    return [msgspec.to_builtins(change) for change in seen]


async def test_every_change_of_a_sync_is_valid(progress: Progress, actor: Actor) -> None:
    """An app that generates its tables from the schema could not store it."""
    changes = await every_change(progress, actor)
    assert {change["kind"] for change in changes} == {kind.value for kind in RECORDS}
    for change in changes:
        assert [error.message for error in CHANGE.iter_errors(change)] == []
        assert set(change["record"]) == properties(change["kind"])


def properties(kind: str) -> set[str]:
    return set(change_schema()["$defs"][RECORDS[ChangeKind(kind)].__name__]["properties"])


async def test_a_record_of_another_kind_is_not_valid(progress: Progress, actor: Actor) -> None:
    """The schema would hold of anything, and prove nothing."""
    changes = await every_change(progress, actor)
    for change in changes:
        others = {kind.value for kind in ChangeKind} - {change["kind"]}
        assert not any(CHANGE.is_valid({**change, "kind": kind}) for kind in others)
        for field in change["record"]:
            less = {name: value for name, value in change["record"].items() if name != field}
            assert not CHANGE.is_valid({**change, "record": less})


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_the_last_word_on_a_credential_counts_in_whatever_order_it_is_told(
    progress: Progress, actor: Actor, order: tuple[int, ...]
) -> None:
    """News may overtake news: a phone would show as valid what was revoked."""
    told = [
        ("issued", {}),
        ("suspended", {"status": "SUSPENDED", "statusReason": "In doubt.", "revision": 1}),
        ("revoked", {"status": "REVOKED", "statusReason": "It was so.", "revision": 2}),
    ]
    news = [
        ServerEvent(
            id=f"0d5e8f1c-0000-4000-8000-00000000000{number}",
            learner_id=actor.subject,
            type=f"credential.{told[number][0]}",
            at=START + timedelta(minutes=number),
            body=CREDENTIAL | told[number][1],
        )
        for number in order
    ]
    for one in news:
        await progress.tracking.record((one,))

    push = Push(device_id=TRY, device_time=START)
    (head,) = await progress.learners.heads((Known(learner_id=actor.subject, n=0),), wait=0)
    changes = (await progress.tracking.sync(actor, push)).changes

    (record,) = (one.record for one in changes if one.kind is ChangeKind.CREDENTIAL)
    assert record is not None
    assert (record["status"], record["statusReason"]) == ("REVOKED", "It was so.")
    assert all(ChangeKind.CREDENTIAL in notice.kinds for notice in head.notices)


@pytest.mark.parametrize("tombstone", list(Tombstone))
def test_a_tombstone_has_no_record(tombstone: Tombstone) -> None:
    """A phone would keep what is gone."""
    change = Change(kind=ChangeKind.ENROLMENT, id="enr_x", version=3, tombstone=tombstone)
    gone = msgspec.to_builtins(change)
    assert CHANGE.is_valid(gone)
    assert not CHANGE.is_valid({**gone, "record": {}})
