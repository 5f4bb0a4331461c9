"""How long a report takes of a cohort with 10,000 members among 20,000 learners.

Run: python -m tests.bench.cohort_report [MEMBERS]   (an embedded mongod of its own)

Measured: the report, the counts of its assignments, a page of members, and the CSV to its last
byte. Documents are written as the projections write them, with bodies of a small course.
"""

import asyncio
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from morsel.mongod import Mongod
from services.kit.ids import Kind, global_id
from services.kit.mongo import Database, Mongo
from services.kit.records import Actor, PageArgs, Role
from services.progress.app import Progress
from services.progress.contract import Assign, Cohort, Enrolment, EnrolmentStatus
from services.progress.domain.cards import CardKey, CardState, Met, Schedule
from services.progress.domain.ids import enrolment_id
from services.progress.domain.learner import LearnerState, ProfileState
from services.progress.repository.documents import ENCODER, card_update
from services.progress.settings import Settings
from services.progress.use_cases.store import CardDocument, LearnerDocument
from tests.support.library import SKILL, Library, small_course

MEMBERS = 10_000
COURSES = 5
CARDS = 10
ROUNDS = 7
AT_ONCE = 1_000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MANAGER = Actor(
    subject=global_id(Kind.LEARNER, bytes(16)),
    roles=frozenset({Role.LEARNER, Role.MANAGER}),
    organisation="academy",
)


def learner_of(number: int) -> str:
    return global_id(Kind.LEARNER, hashlib.sha256(str(number).encode()).digest()[:16])


class Bench:
    """A service over a database of learners, half of whom are in the cohort."""

    def __init__(self, mongo: Mongo, members: int) -> None:
        self.library = Library()
        self.courses = [
            self.library.add(small_course(f"v{i}", course=f"course {i}")) for i in range(COURSES)
        ]
        settings = Settings(
            mongo_uri="", public_url="http://localhost", cursor_key="a2V5", database="bench"
        )
        self.progress = Progress(settings, mongo, self.library.doors, clock=lambda: NOW)
        self._database: Database = mongo.database("bench")
        self._members = members
        self._rng = random.Random(7)  # noqa: S311 - the same learners in each run
        self.cohort: Cohort

    async def fill(self) -> None:
        """Write the state of twice as many learners, and put every other one into the cohort."""
        await self.progress.prepare()
        cohorts = self.progress.cohorts
        self.cohort = await cohorts.create(MANAGER, "Everybody")
        numbers = range(2 * self._members)
        for start in range(0, len(numbers), AT_ONCE):
            some = [learner_of(i) for i in numbers[start : start + AT_ONCE]]
            await self._put("learners", map(self._learner, some))
            await self._put("courses", (one for id_ in some for one in self._enrolled(id_)))
            await self._put("cards", (one for id_ in some for one in self._cards(id_)))
            for i in range(0, AT_ONCE, 500):
                await cohorts.add(MANAGER, self.cohort.id, tuple(some[i : i + 500 : 2]))
        for i, facts in enumerate(self.courses):
            due = date(2026, 11, 15) + timedelta(days=2 * i)
            assign = Assign(cohort_id=self.cohort.id, course_id=facts.course_id, due_on=due)
            await cohorts.assign(MANAGER, assign)

    async def _put(self, name: str, documents: Iterator[dict[str, Any]]) -> None:
        await self._database.projection(name).insert_many(list(documents))

    def _learner(self, learner_id: str) -> dict[str, Any]:
        profile = ProfileState(place=(1, 0), values={"displayName": f"Learner {learner_id[-6:]}"})
        document = LearnerDocument(
            learner_id=learner_id, through=9, state=LearnerState(profile=profile)
        )
        return {"_id": learner_id, "through": 9, "body": ENCODER.encode(document)}

    def _enrolled(self, learner_id: str) -> Iterator[dict[str, Any]]:
        for facts in self.courses:
            done = self._rng.random() < 0.5
            active = NOW - timedelta(days=self._rng.randrange(30))
            millis = int(active.timestamp() * 1000)
            view = Enrolment(
                id=enrolment_id(learner_id, facts.course_id),
                learner_id=learner_id,
                course_id=facts.course_id,
                version_id=facts.version_id,
                enrolled_at=active,
            )
            yield {
                "_id": view.id,
                "learner": learner_id,
                "course": facts.course_id,
                "through": 9,
                "status": str(EnrolmentStatus.COMPLETED if done else EnrolmentStatus.ACTIVE),
                "score": self._rng.random() if done else None,
                "completed": millis if done else None,
                "active": millis,
                "earned": done,
                "body": ENCODER.encode(view) * 10,
            }

    def _cards(self, learner_id: str) -> Iterator[dict[str, Any]]:
        for number in range(CARDS):
            key = CardKey(self.courses[number % COURSES].course_id, "practice", f"q{number}")
            document = CardDocument(
                id=f"{learner_id}/{number}",
                learner_id=learner_id,
                key=key,
                through=9,
                changed=9,
                state=CardState(met=Met(order=(0, "", 0, ""), version="", skills=(SKILL,))),
                schedule=Schedule(
                    stability=1 + 30 * self._rng.random(),
                    difficulty=5.0,
                    last_day=20_770,
                    interval=3,
                    lapses=0,
                    reviews=2,
                ),
            )
            _, update = card_update(document)
            yield {"_id": document.id, "learner": learner_id, **update["$set"]}

    async def csv(self) -> int:
        """Read the file, and return its bytes."""
        url = urlsplit(await self.progress.cohorts.csv_url(MANAGER, self.cohort.id))
        query = {name: value for name, (value,) in parse_qs(url.query).items()}
        _, parts = await self.progress.reports.csv(self.cohort.id, **query)
        return sum([len(part) async for part in parts])


async def timed(name: str, ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask a few times, print how long the middle one took, and return the last answer."""
    took, answer = [], None
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = await ask()
        took.append(time.perf_counter() - start)
    print(
        f"{name:<14} median {statistics.median(took) * 1000:8.0f} ms, max {max(took) * 1000:8.0f}"
    )
    return answer


async def main(members: int) -> None:
    """Fill, ask, print."""
    with tempfile.TemporaryDirectory() as folder:
        async with Mongod(Path(folder)) as mongod:
            mongo = Mongo(mongod.uri, app_name="bench", timeout_ms=60_000)
            bench = Bench(mongo, members)
            await bench.fill()
            cohorts, id_ = bench.progress.cohorts, bench.cohort.id
            report = await timed("report", lambda: cohorts.report(MANAGER, id_))
            print(report)
            await timed("assignments", lambda: cohorts.assignments(MANAGER, (id_,)))
            page = PageArgs(first=50)
            await timed("members page", lambda: cohorts.members(MANAGER, id_, page))
            print(await timed("CSV", bench.csv), "bytes")
            await mongo.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS))
