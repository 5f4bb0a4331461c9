"""What cohorts and their reports ask of the database, explained by the server."""

import pytest

from services.kit.ids import Kind, new_id
from services.kit.mongo import Database
from services.kit.records import Actor, PageArgs
from services.progress.app import Progress
from services.progress.contract import Assign, Invite
from services.progress.repository import MongoCohorts, MongoStandings
from services.progress.use_cases.cohort_reports import Reports
from tests.services.progress.test_cohorts import COURSE, MANAGER
from tests.support.explained import Explained
from tests.support.library import Library

INSIDE, OUTSIDE = 3, 30


@pytest.fixture
def courses(database: Database) -> Explained:
    return Explained(database.projection("courses"))


@pytest.fixture
def members(database: Database) -> Explained:
    return Explained(database.truth("members"))


async def test_a_report_reads_the_index_of_its_members_and_nothing_else(
    progress: Progress, database: Database, courses: Explained, members: Explained, library: Library
) -> None:
    """A report on a class of thirty would cost what the whole deployment has learned."""
    cohort = await progress.cohorts.create(MANAGER, "Class 7")
    await progress.cohorts.assign(MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE))
    invitation = await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id))
    for number in range(INSIDE + OUTSIDE):
        actor = Actor(subject=new_id(Kind.LEARNER), name=f"Learner {number}")
        await progress.tracking.enrol(actor, COURSE)
        if number < INSIDE:
            await progress.cohorts.join(actor, invitation.code)
    cards = Explained(database.projection("cards"))
    rolls, standings = MongoCohorts(database), MongoStandings(database)
    rolls._members, standings._courses, standings._cards = members, courses, cards
    (kept,) = (await rolls.cohorts([cohort.id])).values()
    reports = Reports(
        rolls,
        standings,
        progress.store,
        catalog=library,
        capabilities=progress.reports._capabilities,
        clock=progress.reports._clock,
    )

    report = await reports.report(kept)
    await reports.assignments(kept)
    page = await reports.members(kept, PageArgs(first=2))

    assert (report.members, report.active7_days, page.total) == (INSIDE, INSIDE, INSIDE)
    assert courses.plans
    for plan in courses.plans:
        assert "COLLSCAN" not in plan.stages
        assert (plan.documents, plan.keys <= 5 * INSIDE) == (0, True)
    for plan in members.plans:
        assert "COLLSCAN" not in plan.stages
        assert plan.documents == 0
    for plan in cards.plans:
        assert "COLLSCAN" not in plan.stages


async def test_lists_and_codes_are_found_by_indexes(progress: Progress, database: Database) -> None:
    """Each code that somebody tries would read every cohort."""
    cohorts = Explained(database.truth("cohorts"))
    rolls = MongoCohorts(database)
    rolls._cohorts = cohorts
    for name in "ABCDE":
        await progress.cohorts.create(MANAGER, name)

    page = await rolls.page("academy", after=("academy", "B"), limit=2)
    everything = await rolls.page(None, after=("academy", "B"), limit=9)
    assert await rolls.count("academy") == 5

    assert [cohort.name for cohort in page] == ["C", "D"]
    assert [cohort.name for cohort in everything] == ["C", "D", "E"]
    for plan in cohorts.plans:
        assert plan.stages.isdisjoint({"COLLSCAN", "SORT"})
        assert plan.documents <= 5
