"""Learners: guests, enrolments and sync, as the schema shows them."""

from typing import Any

import pytest

from services.kit.ids import Kind, new_id
from tests.gateway.conftest import AccountIssuer, Gateway, started
from tests.support.versions import rich_version
from tests.support.world import World

VERSION = rich_version()
DEVICE = "00000000-0000-7000-8000-000000000001"
ENROL = """mutation($id: ID!) { enrol(input: {courseId: $id}) {
  enrolment { id status percent score enrolledAt completedAt version { id }
    resume { at blockId lesson { key } } lessons { lesson { key } status attempts passed } }
  userErrors { code message path } } }"""
SYNC = """mutation($input: SyncInput!) { sync(input: $input) {
  receipts { id status code mark { score } } changes { kind id version tombstone record }
  missing cursor hasMore resync digest userErrors { code path } } }"""


def push(events: list[Any], **more: Any) -> dict[str, Any]:
    """Return the variables of a sync."""
    device_time = "2026-11-22T18:03:07.512Z"
    told = {"deviceId": DEVICE, "deviceTime": device_time, "events": events}
    return {"input": told | more}


async def test_an_enrolment_shows_every_lesson_and_where_to_go_on(gateway: Gateway) -> None:
    """The phone would not know what to open."""
    token = await gateway.guest()

    answer = await gateway.run(ENROL, {"id": VERSION.course_id}, token=token)

    payload = answer.data["enrol"]
    enrolment = payload["enrolment"]
    assert payload["userErrors"] == []
    assert (enrolment["status"], enrolment["percent"], enrolment["score"]) == ("ACTIVE", 0.0, None)
    assert enrolment["version"] == {"id": VERSION.id}
    assert enrolment["enrolledAt"] == "2026-01-01T00:00:00.000Z"
    assert enrolment["resume"]["lesson"] == {"key": "all"}
    assert [each["lesson"]["key"] for each in enrolment["lessons"]] == ["all", "short", "exam"]
    assert enrolment["lessons"][0] | {"lesson": 0} == {
        "lesson": 0,
        "status": "NOT_STARTED",
        "attempts": 0,
        "passed": None,
    }


async def test_a_day_of_a_device_is_read_by_its_date(gateway: Gateway) -> None:
    """A phone would have to compare all that it ever sent."""
    document = """query($day: Date!) { viewer {
      eventDay(deviceId: "00000000-0000-7000-8000-000000000001", day: $day) { digest ids } } }"""

    answer = await gateway.run(document, {"day": "2026-11-22"}, token=await gateway.guest())
    wrong = await gateway.run(document, {"day": "22.11.2026"}, token=await gateway.guest())

    assert answer.data["viewer"]["eventDay"] == {"digest": "20261122", "ids": [DEVICE]}
    assert "A Date is a day of the calendar, like 2026-11-22." in wrong.text


async def test_what_cannot_be_enrolled_in_is_told_in_the_payload(gateway: Gateway) -> None:
    """An app would show a stack of GraphQL errors for a course that is gone."""
    answer = await gateway.run(ENROL, {"id": new_id(Kind.COURSE)}, token=await gateway.guest())

    assert answer.data["enrol"] == {
        "enrolment": None,
        "userErrors": [
            {
                "code": "NOT_FOUND",
                "message": "There is no such course.",
                "path": ["input", "courseId"],
            }
        ],
    }


async def test_nobody_writes_without_a_token(gateway: Gateway) -> None:
    """Events would belong to nobody."""
    enrol = await gateway.run(ENROL, {"id": VERSION.course_id})
    sync = await gateway.run(SYNC, push([]))

    assert (enrol.codes, sync.codes) == (["UNAUTHENTICATED"], ["UNAUTHENTICATED"])
    assert gateway.world.calls["enrol"] == gateway.world.calls["sync"] == 0


async def test_the_viewer_lists_their_courses(gateway: Gateway) -> None:
    """Home would be empty."""
    token = await gateway.guest()
    enrolled = await gateway.run(ENROL, {"id": VERSION.course_id}, token=token)
    id_ = enrolled.data["enrol"]["enrolment"]["id"]
    document = """query($id: ID!) { viewer {
      locale timeZone
      enrolments { totalCount nodes { id course { slug } credential { id } } }
      done: enrolments(status: COMPLETED) { totalCount }
      continueLearning { id }
      credentials { totalCount }
    } node(id: $id) { __typename id } }"""

    data = (await gateway.run(document, {"id": id_}, token=token)).data
    stranger = (await gateway.run(document, {"id": id_}, token=await gateway.guest())).data

    assert data["viewer"] == {
        "locale": "en",
        "timeZone": "UTC",
        "enrolments": {
            "totalCount": 1,
            "nodes": [{"id": id_, "course": {"slug": "wiring"}, "credential": None}],
        },
        "done": {"totalCount": 0},
        "continueLearning": [{"id": id_}],
        "credentials": {"totalCount": 0},
    }
    assert data["node"] == {"__typename": "Enrolment", "id": id_}
    assert stranger["node"] is None
    assert stranger["viewer"]["continueLearning"] == []


async def test_a_learner_of_a_withdrawn_course_still_sees_it(gateway: Gateway) -> None:
    """Archiving a course would break the screen of everybody who learns it."""
    token = await gateway.guest()
    await gateway.run(ENROL, {"id": VERSION.course_id}, token=token)
    gateway.world.shelf._withdraw(VERSION.course_id)
    document = "{ viewer { continueLearning { course { slug version { id } } } } }"

    data = (await gateway.run(document, token=token)).data

    assert data["viewer"]["continueLearning"] == [{"course": {"slug": "wiring", "version": None}}]


async def test_a_guest_starts_with_what_the_phone_tells(gateway: Gateway) -> None:
    """Days would be counted in the wrong zone."""
    document = """mutation($input: StartGuestInput!) { startGuest(input: $input) {
      token userErrors { code }
      viewer { locale timeZone isGuest roles enrolments { totalCount } } } }"""
    told = {"deviceId": DEVICE, "locale": "pt-br", "timeZone": "America/Sao_Paulo"}

    started_as = (await gateway.run(document, {"input": told})).data["startGuest"]

    assert started_as["viewer"] == {
        "locale": "pt-BR",
        "timeZone": "America/Sao_Paulo",
        "isGuest": True,
        "roles": ["LEARNER"],
        "enrolments": {"totalCount": 0},
    }


async def test_an_account_takes_over_a_guest(gateway: Gateway) -> None:
    """Whoever signs up would start from nothing."""
    guest = await gateway.guest()
    await gateway.run(ENROL, {"id": VERSION.course_id}, token=guest)
    claim = """mutation($t: String!) { claimGuest(input: {guestToken: $t}) {
      viewer { displayName isGuest enrolments { totalCount } } userErrors { code path } } }"""
    account = gateway.accounts.token(name="Ada")

    claimed, repeated = [
        (await gateway.run(claim, {"t": guest}, token=account)).data["claimGuest"] for _ in range(2)
    ]
    by_guest = (await gateway.run(claim, {"t": guest}, token=guest)).data["claimGuest"]
    forged = (await gateway.run(claim, {"t": account}, token=account)).data["claimGuest"]

    viewer = {"displayName": "Ada", "isGuest": False, "enrolments": {"totalCount": 1}}
    assert claimed == repeated == {"viewer": viewer, "userErrors": []}
    assert by_guest == {"viewer": None, "userErrors": [{"code": "FORBIDDEN", "path": None}]}
    assert forged == {
        "viewer": None,
        "userErrors": [{"code": "INVALID", "path": ["input", "guestToken"]}],
    }


async def test_a_malformed_event_is_refused_alone(gateway: Gateway) -> None:
    """One broken event would hold a phone's whole queue for ever."""
    events = [
        {"id": "a", "n": 2**70},
        None,
        7,
        {"id": "b", "text": "\ud800\0"},
        {"id": "a", "n": 2**70},
    ]

    answer = await gateway.run(SYNC, push(events), token=await gateway.guest())

    sync = answer.data["sync"]
    assert [(each["id"], each["status"], each["code"]) for each in sync["receipts"]] == [
        ("a", "ACCEPTED", None),
        (None, "REJECTED", "INVALID"),
        (None, "REJECTED", "INVALID"),
        ("b", "ACCEPTED", None),
        ("a", "DUPLICATE", None),
    ]
    assert sync["changes"][0]["record"] == {"n": 2}
    assert (sync["cursor"], sync["hasMore"], sync["digest"]) == ("after 2", False, f"{2:032x}")


async def test_events_may_stand_in_the_document_too(gateway: Gateway) -> None:
    """A developer who tries it by hand would be told that an object is no LearningEvent."""
    document = """mutation($at: DateTime!) { sync(input: {
      deviceId: "00000000-0000-7000-8000-000000000001", deviceTime: $at,
      events: [{id: "a", body: {at: $at, list: [1, true, null]}}] }) { receipts { status } } }"""

    answer = await gateway.run(
        document, {"at": "2026-11-22T18:03:07Z"}, token=await gateway.guest()
    )

    assert answer.data["sync"]["receipts"] == [{"status": "ACCEPTED"}]


async def test_too_many_events_store_nothing_and_still_pull(gateway: Gateway) -> None:
    """A phone with a long queue would be stuck, and would see no changes."""
    events = [{"id": str(index)} for index in range(201)]

    answer = await gateway.run(SYNC, push(events), token=await gateway.guest())

    sync = answer.data["sync"]
    assert sync["userErrors"] == [{"code": "LIMIT_REACHED", "path": ["input", "events"]}]
    assert (sync["receipts"], sync["digest"]) == ([], f"{0:032x}")
    assert len(sync["changes"]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"deviceId": "phone"},
        {"deviceTime": "2026-11-22T18:03:07"},
        {"deviceTime": "2026-02-30T18:03:07Z"},
        {"deviceTime": 1},
        {"since": 7},
        {"events": None},
    ],
    ids=str,
)
async def test_a_push_of_the_wrong_shape_is_told_so(
    gateway: Gateway, changes: dict[str, Any]
) -> None:
    """A service would meet values that its contract rules out."""
    answer = await gateway.run(
        SYNC, push([]) | {"input": push([])["input"] | changes}, token=await gateway.guest()
    )

    assert answer.codes == ["BAD_USER_INPUT"]
    assert gateway.world.calls["sync"] == 0


async def test_a_guest_of_another_deployment_is_nobody_here(gateway: Gateway) -> None:
    """A token of the staging system would open production."""
    token = await gateway.guest()
    async with started(World(), AccountIssuer(), public_url="https://other.example") as other:
        answer = await other.run("{ viewer { id } }", token=token)

    assert answer.status == 401
