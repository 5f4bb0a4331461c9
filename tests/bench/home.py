"""What Home costs: one read of one document, against a read each for what its parts are made of.

Run: python -m tests.bench.home [REQUESTS]   (an embedded mongod of its own)

Learners have 200 enrolments, two years of study days and 400 due cards. Both ways take turns in
every round; told are mongod's own count of queries, the CPU of this process a request, and the
ratio. The other way asks for the profile, the courses and the due cards in three calls.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from pymongo import MongoClient

from morsel.mongod import Mongod
from services.kit.ids import Kind, new_id
from services.kit.mongo import Mongo
from services.kit.records import PageArgs
from services.progress.app import Progress
from services.progress.contract import Enrolment, EnrolmentStatus
from services.progress.domain.calendar import study_day
from services.progress.domain.days import Day, DaysState
from services.progress.domain.ids import enrolment_id
from services.progress.domain.learner import LearnerState
from services.progress.domain.personal import PersonalState
from services.progress.settings import Settings
from services.progress.use_cases.store import (
    FOLD,
    CourseDocument,
    CourseSummary,
    LearnerDocument,
)
from tests.support.library import Library, small_course

LEARNERS = 20
ENROLMENTS = 200
STUDIED = 730
ROUNDS = 5
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FACTS = small_course()


def enrolment(learner: str, course: str) -> Enrolment:
    """Return one that is under way."""
    return Enrolment(
        id=enrolment_id(learner, course),
        learner_id=learner,
        course_id=course,
        version_id=FACTS.version_id,
        status=EnrolmentStatus.ACTIVE,
        enrolled_at=NOW - timedelta(days=100),
    )


def studied() -> DaysState:
    """Return two years of study days in a row, up to today."""
    today = study_day(round(NOW.timestamp() * 1000), 0)
    days = range(today - STUDIED + 1, today + 1)
    moments = [(day, (day * 86_400_000 + 40_000_000, 0)) for day in days]
    return DaysState(
        days=tuple(Day(day=day, millis=600_000, first=at, last=at) for day, at in moments)
    )


async def fill(progress: Progress) -> list[str]:
    """Store learners as their projections would be."""
    learners = [new_id(Kind.LEARNER) for _ in range(LEARNERS)]
    for learner in learners:
        courses = {new_id(Kind.COURSE): i for i in range(ENROLMENTS)}
        views = {course: enrolment(learner, course) for course in courses}
        state = LearnerState(registered=0, own=PersonalState(days=studied()))
        document = LearnerDocument(
            learner_id=learner,
            through=1,
            fold=FOLD,
            state=state,
            courses={
                course: CourseSummary(enrolment=views[course], active=i)
                for course, i in courses.items()
            },
            due=((20_000, 400),),
        )
        await progress.store.save_learner(document, expected=0)
        for course, view in views.items():
            kept = CourseDocument(
                id=view.id, learner_id=learner, course_id=course, through=1, fold=FOLD, view=view
            )
            stamped = replace(kept, stamps={f"ENROLMENT {view.id}": 1})
            await progress.store.save_course(stamped, expected=0, entries=())
    return learners


def ways(progress: Progress) -> dict[str, Callable[[str], Awaitable[object]]]:
    """Return the two ways of reading what Home shows of a learner."""

    async def one(learner: str) -> object:
        return await progress.homes.homes((learner,))

    async def three(learner: str) -> object:
        return (
            await progress.learners.profiles((learner,)),
            await progress.learners.enrolments_of(
                learner, status=EnrolmentStatus.ACTIVE, page=PageArgs(first=3)
            ),
            await progress.homes.due_reviews(
                learner, before=date(2026, 11, 27), page=PageArgs(first=1)
            ),
        )

    return {"one document": one, "a read each": three}


async def main() -> None:
    """Take turns in every round, so that a neighbour's noise meets both."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        async with Mongod(Path(folder)) as mongod:
            mongo = Mongo(mongod.uri, app_name="bench")
            settings = Settings(
                mongo_uri="", public_url="http://localhost", cursor_key="a2V5", database="bench"
            )
            library = Library()
            library.add(FACTS)
            progress = Progress(settings, mongo, library.doors, clock=lambda: NOW)
            await progress.prepare()
            learners = await fill(progress)
            with MongoClient[dict[str, object]](mongod.uri) as server:
                await compare(progress, learners, server, requests)
            await mongo.close()


async def compare(
    progress: Progress, learners: list[str], server: MongoClient[dict[str, object]], requests: int
) -> None:
    """Print what each way costs a request, and the ratio of their CPU."""
    spent: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, way in ways(progress).items():
            before, start = queries(server), time.process_time()
            for i in range(requests):
                await way(learners[i % len(learners)])
            cpu = (time.process_time() - start) / requests
            spent.setdefault(name, []).append(cpu)
            asked = (queries(server) - before) / requests
            print(f"{name:14} {asked:4.1f} queries   {cpu * 1000:6.2f} ms of CPU")
    first, second = (statistics.median(each) for each in spent.values())
    print(f"CPU of a read each over that of one document: x {second / first:.1f}")


def queries(server: MongoClient[dict[str, object]]) -> int:
    """Return how many finds and aggregations mongod has answered, its own polling aside."""
    counters = server.admin.command("serverStatus")["metrics"]["commands"]
    return sum(int(counters[name]["total"]) for name in ("find", "aggregate"))


if __name__ == "__main__":
    asyncio.run(main())
