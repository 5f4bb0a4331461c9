"""Where things stand in a version: lessons, their modules and their neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.content.contract import Course, CourseVersion, Lesson, Module
from services.kit.records import Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Placed(Generic[R]):
    """A module or a lesson, with the version that it is of."""

    record: R
    version: CourseVersion


def lessons(version: CourseVersion) -> Iterator[Lesson]:
    """Yield all lessons in order, across modules."""
    for module in version.modules:
        yield from module.lessons


def lesson_at(version: CourseVersion | None, lesson_id: str) -> Placed[Lesson] | None:
    """Return the lesson of that id, None when the version has none."""
    if version is None:
        return None
    found = next((lesson for lesson in lessons(version) if lesson.id == lesson_id), None)
    return Placed(found, version) if found else None


def module_of(lesson: Placed[Lesson]) -> Placed[Module]:
    """Return the module that a lesson stands in."""
    held = (module for module in lesson.version.modules if lesson.record in module.lessons)
    return Placed(next(held), lesson.version)


def neighbour(lesson: Placed[Lesson], step: int) -> Placed[Lesson] | None:
    """Return the lesson that stands `step` after this one, None beyond either end of the course."""
    run = list(lessons(lesson.version))
    index = run.index(lesson.record) + step
    return Placed(run[index], lesson.version) if 0 <= index < len(run) else None


def course_of(version: CourseVersion) -> Course:
    """Return the course as this version tells of it: for learners of one that was withdrawn."""
    return Course(
        id=version.course_id,
        slug=version.slug,
        organisation=version.organisation,
        language=version.language,
        locales=version.locales,
        title=version.title,
        summary=version.summary,
        level=version.level,
        tags=version.tags,
        minutes=version.minutes,
        lesson_count=sum(len(module.lessons) for module in version.modules),
        cover=version.cover,
        skills=version.skills,
        job_roles=version.job_roles,
        achievement=version.achievement,
    )
