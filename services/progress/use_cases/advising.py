"""The implementation of AdviceApi: standings, gaps and what to do next."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from services.kit.clock import Clock
from services.kit.errors import Invalid
from services.kit.records import Record
from services.progress.contract import (
    MAX_ADVICE,
    ROLE_PREFERENCE,
    AdviceKind,
    Enrolment,
    EnrolmentStatus,
    Findable,
    Recommendation,
    RoleGap,
    RoleKey,
    SkillStanding,
)
from services.progress.domain.calendar import date_of
from services.progress.use_cases.assigned import assignments_of
from services.progress.use_cases.counting import Tallies
from services.progress.use_cases.finding import is_discoverable, memories
from services.progress.use_cases.gaps import Gaps
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.retention import standings_on
from services.progress.use_cases.store import LearnerDocument, Store
from services.progress.use_cases.today import due_before, today_of

RECENT_SKILLS = 10
"""Skills practised last that popular courses are looked for."""
LOOKED_AT = 1
"""Pages of the catalogue that popular courses are sought in."""


class _Known(Record):
    """What advice about one learner is made of."""

    learner: LearnerDocument
    standings: tuple[SkillStanding, ...]
    enrolments: tuple[Enrolment, ...]
    today: int


class Advising:
    """Advice from the state documents, the catalogue and the counts."""

    def __init__(
        self, store: Store, projector: Projector, gaps: Gaps, tallies: Tallies, clock: Clock
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._projector = projector
        self._gaps = gaps
        self._tallies = tallies
        self._clock = clock

    async def standings(
        self, learner_ids: tuple[str, ...]
    ) -> tuple[tuple[SkillStanding, ...], ...]:
        """Return how learners stand in each skill that they were asked, by mastery, best first."""
        now = self._clock()
        return tuple([await self._standings(await self._learner(id_), now) for id_ in learner_ids])

    async def findable(self, learner_ids: tuple[str, ...]) -> tuple[Findable | None, ...]:
        """Return what employers may find of learners; None for who did not agree to it."""
        return tuple([await self._findable(id_) for id_ in learner_ids])

    async def gaps(self, keys: tuple[RoleKey, ...]) -> tuple[RoleGap | None, ...]:
        """Return what learners lack for roles; None where no framework says what a role needs."""
        known = {id_: await self._known(id_) for id_ in {key.learner_id for key in keys}}
        return tuple([await self._gap(known[key.learner_id], key.job_role_id) for key in keys])

    async def recommendations(
        self, learner_ids: tuple[str, ...], *, first: int
    ) -> tuple[tuple[Recommendation, ...], ...]:
        """Return what learners may do next, the most pressing first, at most `first` of each."""
        if not 1 <= first <= MAX_ADVICE:
            raise Invalid(f"first must be 1 to {MAX_ADVICE}.", path=("first",))
        known = [await self._known(id_) for id_ in learner_ids]
        return tuple([await self._recommended(one, first) for one in known])

    async def _findable(self, learner_id: str) -> Findable | None:
        """Look at the head of the log: an entry may be heard before it is projected."""
        learner = await self._projector.catch_up(learner_id)
        if not is_discoverable(learner):
            return None
        skills = memories(learner, await self._store.cards_of(learner_id))
        name = profile_of(learner_id, learner.state).display_name
        return Findable(learner_id=learner_id, name=name, skills=skills)

    async def _recommended(self, known: _Known, first: int) -> tuple[Recommendation, ...]:
        """Return the first few, each course once; what comes later is not even looked for."""
        found: list[Recommendation] = []
        courses: set[str] = set()
        async for one in self._all(known):
            if one.course_id is not None and one.course_id in courses:
                continue
            courses.update(() if one.course_id is None else (one.course_id,))
            found.append(one)
            if len(found) == first:
                break
        return tuple(found)

    async def _all(self, known: _Known) -> AsyncIterator[Recommendation]:
        for one in (*_overdue(known), *_reviews(known), *_resumed(known)):
            yield one
        for one in await self._towards_role(known):
            yield one
        for one in await self._popular(known):
            yield one

    async def _towards_role(self, known: _Known) -> list[Recommendation]:
        """Return the courses that lead to the role that the learner set as their aim."""
        register = known.learner.state.own.preferences.get(ROLE_PREFERENCE)
        role = register.value if register else None
        gap = await self._gap(known, role) if isinstance(role, str) else None
        at = {each.course_id: each.resume for each in known.enrolments}
        return [
            Recommendation(
                kind=AdviceKind.ROLE,
                course_id=id_,
                lesson_id=resume.lesson_id if (resume := at.get(id_)) else None,
                job_role_id=role,
            )
            for id_ in (gap.course_ids if gap else ())
        ]

    async def _popular(self, known: _Known) -> list[Recommendation]:
        """Return courses of the skills practised last that were not taken, most learners first."""
        recent = sorted(
            known.standings, key=lambda one: (one.last_practised_at, one.skill_id), reverse=True
        )
        skills = [one.skill_id for one in recent[:RECENT_SKILLS]]
        courses = await self._gaps.with_skills(skills, pages=LOOKED_AT)
        fresh = [course for course in courses if course.id not in known.learner.courses]
        learners = await self._tallies.learners(tuple(course.id for course in fresh))
        taken = [course for course in fresh if course.id in learners]
        return [
            Recommendation(
                kind=AdviceKind.POPULAR,
                course_id=course.id,
                skill_id=next(id_ for id_ in skills if id_ in {one.id for one in course.skills}),
                learners=learners[course.id],
            )
            for course in sorted(taken, key=lambda one: (-learners[one.id], one.id))
        ]

    async def _gap(self, known: _Known, job_role_id: str) -> RoleGap | None:
        return await self._gaps.gap(
            known.learner, job_role_id, standings=known.standings, enrolments=known.enrolments
        )

    async def _known(self, learner_id: str) -> _Known:
        now, learner = self._clock(), await self._learner(learner_id)
        documents = await self._store.courses_of(learner_id)
        return _Known(
            learner=learner,
            standings=await self._standings(learner, now),
            enrolments=tuple(each.view for each in documents if each.view is not None),
            today=today_of(learner, now),
        )

    async def _learner(self, learner_id: str) -> LearnerDocument:
        return await self._projector.known(learner_id)

    async def _standings(
        self, learner: LearnerDocument, now: datetime
    ) -> tuple[SkillStanding, ...]:
        asked = learner.state.own.skills
        cards = await self._store.cards_of(learner.learner_id) if asked else []
        return standings_on(learner, cards, today_of(learner, now))


def _overdue(known: _Known) -> list[Recommendation]:
    """Return what should have been done before today, what was due first at the head."""
    by_course = {each.course_id: each for each in known.enrolments}
    today = date_of(known.today)
    found = []
    for one in assignments_of(known.learner.learner_id, known.learner.state):
        taken = by_course.get(one.course_id)
        if taken is not None and taken.status is EnrolmentStatus.COMPLETED:
            continue
        if one.due_on is not None and one.due_on < today:
            lesson = taken.resume.lesson_id if taken and taken.resume else None
            found.append(
                Recommendation(
                    kind=AdviceKind.OVERDUE,
                    course_id=one.course_id,
                    lesson_id=lesson,
                    due_on=one.due_on,
                )
            )
    return found


def _reviews(known: _Known) -> list[Recommendation]:
    cards = due_before(known.learner, known.today + 1)
    return [Recommendation(kind=AdviceKind.REVIEWS, cards=cards)] if cards else []


def _resumed(known: _Known) -> Sequence[Recommendation]:
    """Return the courses under way, most recently active first."""
    return [
        Recommendation(
            kind=AdviceKind.RESUME,
            course_id=each.course_id,
            lesson_id=each.resume.lesson_id,
            percent=each.percent,
        )
        for each in known.enrolments
        if each.status is EnrolmentStatus.ACTIVE and each.resume is not None
    ]
