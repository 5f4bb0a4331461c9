"""The reference phone against a running system, over a network that fails every other time."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.clients.phone.handset import Handset
from tests.clients.phone.network import FAULTS, Network
from tests.clients.phone.responses import responses, right_response
from tests.support.answers import known_answers
from tests.support.learner import VIEWER
from tests.support.running import Client, System

COURSE = "spot-phishing"
DAYS_AHEAD_MS = 400 * 86_400_000
TYPES = {
    *("ChoiceQuestion", "OrderQuestion", "MatchQuestion"),
    *("TextEntryQuestion", "NumericQuestion", "GapQuestion"),
}

SwitchOn: TypeAlias = "Callable[..., Awaitable[Learner]]"


@pytest.fixture
async def switch_on(node: Path, tmp_path: Path) -> AsyncIterator[SwitchOn]:
    """Return a function that starts a phone of that name; all are ended afterwards."""
    async with AsyncExitStack() as ends:

        async def start(name: str, url: str, *, locale: str = "en", ahead_ms: int = 0) -> "Learner":
            handset = Handset(node, url, tmp_path / f"{name}.json", locale=locale)
            await handset.switch_on(ahead_ms=ahead_ms)
            ends.push_async_callback(handset.kill)
            return Learner(handset)

        yield start


class Learner:
    """Somebody with a phone: studies, and remembers what the phone said of each answer."""

    def __init__(self, handset: Handset) -> None:
        self.handset = handset
        self.lessons: list[dict[str, Any]] = []
        self.marks: dict[str, Any] = {}
        self.compared = 0

    async def download(self, course: str = COURSE) -> None:
        self.lessons = await self.handset.do("download", course)

    async def study(
        self,
        lesson: dict[str, Any],
        *,
        answers: dict[str, dict[str, Any]] | None = None,
        online: bool = False,
    ) -> str:
        """Do a lesson, each practice question wrong first; return the id of the last event.

        Online, it syncs after each block.
        """
        here, attempt = {"lesson": lesson["id"]}, str(uuid.uuid4())
        await self.handset.do("act", "lesson.started", here)
        for block in lesson["blocks"]:
            viewed = {**here, "block": block["id"]}
            await self.handset.do("act", "block.viewed", viewed, {"seconds": 5})
            if (question := block.get("question")) and answers:
                await self.answer(lesson, question, answers[question["key"]], attempt=attempt)
            elif question:
                await self.answer(lesson, question, _wrong(question))
                await self.answer(lesson, question, right_response(question))
            if online:
                await self.sync()
        if answers:
            await self.handset.do("act", "attempt.submitted", here, {"attempt": attempt})
        done = await self.handset.do("act", "lesson.completed", here)
        return str(done["id"])

    async def answer(
        self, lesson: dict[str, Any], question: dict[str, Any], response: Any, **more: Any
    ) -> None:
        ref = {"lesson": lesson["id"], "question": question["id"]}
        kept = await self.handset.do("answer", ref, response, more)
        self.marks[kept["event"]["id"]] = kept["mark"]

    async def sync(self) -> Any:
        """Sync, and compare the phone's own marks with the server's."""
        done = await self.handset.do("sync")
        for id_, receipt in done["receipts"].items():
            assert receipt["status"] in ("ACCEPTED", "DUPLICATE"), receipt
            if id_ in self.marks:
                assert _close(self.marks[id_], receipt["mark"]), (self.marks[id_], receipt)
                self.compared += 1
        return done

    async def state(self) -> Any:
        return await self.handset.do("state")


async def test_the_phone_marks_as_the_server_does(system: System, switch_on: SwitchOn) -> None:
    """Learners would be told one thing offline and another when they sync."""
    rng = random.Random(3)  # noqa: S311 - reproducible responses
    for locale in ("en", "es"):
        # given a downloaded course in a language
        learner = await switch_on(f"marks-{locale}", system.url, locale=locale)
        await learner.handset.do("start")
        await learner.download()
        asked = [
            (lesson, block["question"])
            for lesson in learner.lessons
            for block in lesson["blocks"]
            if lesson["kind"] == "PRACTICE" and block.get("question")
        ]
        assert {question["__typename"] for _, question in asked} == TYPES
        # when every practice question is answered in many ways, offline
        for lesson, question in asked:
            for response in responses(question, rng):
                await learner.answer(lesson, question, response)
        # then the receipts say what the phone had said, right, wrong and malformed
        done = await learner.sync()
        assert done["inStep"]
        assert learner.compared == len(learner.marks)
        assert {mark and mark["correct"] for mark in learner.marks.values()} == {None, True, False}


async def test_two_phones_on_a_bad_network_lose_nothing_and_double_nothing(
    system: System, anybody: Client, switch_on: SwitchOn
) -> None:
    """The promise of offline learning would not hold."""
    began = datetime.now(UTC)
    async with Network(system.url, seed=4).up() as wifi, Network(system.url, seed=9).up() as mobile:
        # given a guest whose phone is 400 days ahead, who learns offline and whose battery dies
        first = await switch_on("first", wifi.url, ahead_ms=DAYS_AHEAD_MS)
        await first.handset.do("start")
        await first.download()
        for lesson in first.lessons[:3]:
            await first.study(lesson)
        await _die_in_sync(first, wifi)
        await first.sync()
        # when an account claims the guest, and a second phone signs in
        token = await system.token("grace", "--name", "Grace Example")
        await first.handset.do("signIn", token, {"claim": True})
        second = await switch_on("second", mobile.url)
        await second.handset.do("signIn", token)
        await second.download()
        assert (await first.sync())["resync"]
        # and both learn at once, some of it twice, and sync in between
        await asyncio.gather(_learn(first, first.lessons[3:4]), _learn(second, second.lessons[2:5]))
        # and the clock is mended, and the assessment passed
        await first.handset.mend_clock()
        exam = first.lessons[-1]
        last = await first.study(exam, answers=known_answers(exam))
        passed = (await first.sync())["receipts"][last]["mark"]
        assert passed == {"correct": True, "score": 10, "maxScore": 10, "feedback": None}
        # then both phones come to hold the same, to the byte
        await _until_awarded(first)
        await _until_awarded(second)
        assert (await first.sync())["inStep"]
        assert (await second.sync())["inStep"]
        states = [await first.state(), await second.state()]
    assert states[0]["records"] == states[1]["records"]
    for state in states:
        assert state["queue"] == []
        kept = sorted(event["seq"] for event in state["journal"])
        assert kept == list(range(1, state["seq"] + 1))
    # and the server says the same: completed once, one credential, at the true time
    _check_records(states[0]["records"], began)
    viewer = (await anybody.signed_in(token).run(VIEWER))["viewer"]
    (enrolment,) = viewer["enrolments"]["nodes"]
    assert (enrolment["status"], enrolment["percent"], enrolment["score"]) == ("COMPLETED", 100, 1)
    assert [lesson["attempts"] for lesson in enrolment["lessons"]][-1] == 1
    assert viewer["credentials"]["totalCount"] == 1
    assert set(wifi.faults) | set(mobile.faults) == {*FAULTS, "none"}
    assert first.compared == len(first.marks)
    assert second.compared == len(second.marks)


async def test_a_server_that_lost_events_gets_them_again(
    system: System, switch_on: SwitchOn
) -> None:
    """After a backup was restored, what phones still know would be lost."""
    # given a phone that believes the server to have events from the middle, and the latest
    learner = await switch_on("restored", system.url)
    await learner.handset.do("start")
    await learner.download()
    lessons = learner.lessons
    await learner.study(lessons[0])
    await learner.handset.do("pretend")
    await learner.study(lessons[1])
    # when it syncs, then the gap is told and filled
    assert (await learner.sync())["inStep"]
    # and what is missing at the end, where there is no gap, shows in the digest
    await learner.study(lessons[2])
    await learner.handset.do("pretend")
    assert (await learner.sync())["inStep"]
    state = await learner.state()
    records = [state["records"][f"LESSON_PROGRESS {lesson['id']}"] for lesson in lessons]
    statuses = [one["record"]["status"] for one in records]
    assert statuses == ["COMPLETED"] * 3 + ["NOT_STARTED"] * 3
    assert len(state["journal"]) == state["seq"]


async def _die_in_sync(learner: Learner, network: Network) -> None:
    """Kill the app when the server has its events and the reply is lost; start it again."""
    stored = network.swallow()
    syncing = asyncio.create_task(learner.handset.do("sync"))
    await stored.wait()
    await learner.handset.restart()
    await asyncio.gather(syncing, return_exceptions=True)
    network.down = False


async def _learn(learner: Learner, lessons: list[dict[str, Any]]) -> None:
    for lesson in lessons:
        await learner.study(lesson, online=True)
        await learner.sync()


async def _until_awarded(learner: Learner) -> None:
    async with asyncio.timeout(15):
        while True:
            await learner.sync()
            records = (await learner.state())["records"].values()
            if any(record["kind"] == "CREDENTIAL" for record in records):
                return
            await asyncio.sleep(0.1)


def _check_records(records: dict[str, Any], began: datetime) -> None:
    """Check what both phones hold: all lessons completed, in the time of the test."""
    by_kind: dict[str, list[Any]] = {}
    for record in records.values():
        by_kind.setdefault(record["kind"], []).append(record["record"])
    assert {kind: len(found) for kind, found in by_kind.items()} == {
        "PROFILE": 1,
        "ENROLMENT": 1,
        "LESSON_PROGRESS": 6,
        "REVIEW": 16,  # a card for each practice question
        "STREAK": 1,
        "GOAL": 1,
        "SKILL_STANDING": 5,
        "CREDENTIAL": 1,
    }
    (enrolment,) = by_kind["ENROLMENT"]
    assert (enrolment["percent"], enrolment["score"]) == (100, 1)
    span = began - timedelta(seconds=2), datetime.now(UTC) + timedelta(seconds=2)
    for lesson in by_kind["LESSON_PROGRESS"]:
        assert span[0] < datetime.fromisoformat(lesson["completedAt"]) < span[1]


def _wrong(question: dict[str, Any]) -> dict[str, Any]:
    """Return a response of the question's shape that is not right."""
    match question["__typename"]:
        case "ChoiceQuestion":
            return {"choiceIds": []}
        case "OrderQuestion":
            return {"choiceIds": question["correctIds"][::-1]}
        case "MatchQuestion":
            return {"pairs": question["correctPairs"][1:]}
        case "NumericQuestion":
            return {"number": question["correctNumber"] + 1000}
        case "TextEntryQuestion":
            return {"texts": ["?"]}
        case _:
            return {"texts": ["" for _ in question["gaps"]]}


def _close(mine: Any, theirs: Any) -> bool:
    """Return whether two marks are the same; points are sums of floats."""
    if mine is None or theirs is None:
        return mine is theirs
    return bool(mine | {"score": pytest.approx(mine["score"], abs=1e-9)} == theirs)
