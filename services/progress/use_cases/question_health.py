"""The implementation of HealthApi: counts over all learners, told of to authors alone."""

from collections.abc import Iterator

from services.content.contract import CatalogApi, Course, LessonFacts, QuestionFacts
from services.kit.ids import version_hash
from services.kit.records import Actor, Role
from services.progress.contract import QuestionFlags, QuestionHealth
from services.progress.domain.health import (
    CLAIMED,
    LISTED,
    Counts,
    Lessons,
    dead_choices,
    discrimination,
    facility,
    flags,
    likely_key,
)
from services.progress.use_cases.counting import Tallies
from services.progress.use_cases.facts import Facts


class Examining:
    """Reads the counts of published versions for those who may write the course."""

    def __init__(self, tallies: Tallies, facts: Facts, catalog: CatalogApi) -> None:
        """Keep where the counts are, and who knows the questions and the courses."""
        self._tallies = tallies
        self._facts = facts
        self._catalog = catalog

    async def questions(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[tuple[QuestionHealth, ...] | None, ...]:
        """Return the questions of published courses that enough learners answered, in order."""
        courses = await self._catalog.courses(course_ids)
        return tuple(
            [
                await self._health(course.version_id)
                if course is not None and course.version_id and _may_see(actor, course)
                else None
                for course in courses
            ]
        )

    async def _health(self, version_id: str) -> tuple[QuestionHealth, ...]:
        version = version_hash(version_id)
        facts = (await self._facts.of([version])).get(version)
        lessons = facts.lessons.values() if facts else ()
        counts = await self._tallies.of_version(version)
        return tuple(one for lesson in lessons for one in _questions(lesson, counts))


def _may_see(actor: Actor, course: Course) -> bool:
    if Role.ADMIN in actor.roles:
        return True
    return Role.AUTHOR in actor.roles and actor.organisation == course.organisation


def _questions(lesson: LessonFacts, counts: Lessons) -> Iterator[QuestionHealth]:
    for question in lesson.questions.values():
        found = counts.get(lesson.key, {}).get(question.key, {})
        if found.get("n", 0) >= LISTED:
            yield _told(lesson, question, found)


def _told(lesson: LessonFacts, question: QuestionFacts, counts: Counts) -> QuestionHealth:
    suspect = likely_key(counts)
    return QuestionHealth(
        question_id=question.id,
        lesson_id=lesson.id,
        answers=counts["n"],
        facility=facility(counts),
        discrimination=discrimination(counts),
        likely_key=suspect,
        dead_choices=dead_choices(counts, question.choices),
        flags=tuple(
            QuestionFlags(reason=reason, learners=n) for reason, n in flags(counts).items()
        ),
        strong=counts.get("s", 0),
        astray=counts.get(f"w:{suspect}", 0) if suspect else 0,
        claimed=counts["n"] >= CLAIMED,
    )
