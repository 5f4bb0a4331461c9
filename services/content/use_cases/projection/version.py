"""Versions and courses as everybody sees them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from services.content import contract
from services.content.domain import course as domain
from services.content.domain.estimate import minutes
from services.content.domain.freezing import Frozen
from services.content.domain.identity import achievement_id, job_role_id, skill_id
from services.content.domain.pictures import StoredPicture
from services.content.domain.texts import complete_locales
from services.content.use_cases.projection.blocks import project_block
from services.content.use_cases.projection.scene import Scene
from services.kit.ids import Kind, item_id, version_id
from services.kit.records import Record

_KINDS = {kind: contract.LessonKind(kind.value) for kind in domain.LessonKind}


class Release(Record):
    """What is true of a publication besides its content."""

    organisation: str
    number: int
    published_at: datetime
    notes: str | None = None


def project(
    frozen: Frozen, release: Release, *, media: Mapping[str, StoredPicture]
) -> contract.CourseVersion:
    """Return the public record of a version."""
    course = frozen.course
    scene = Scene(version_hash=frozen.hash, order_key=frozen.order_key, media=media)
    modules = tuple(_module(module, course, scene) for module in course.modules)
    return contract.CourseVersion(
        id=version_id(frozen.hash),
        hash=frozen.hash,
        course_id=frozen.course_id,
        slug=course.slug,
        organisation=release.organisation,
        number=release.number,
        published_at=release.published_at,
        notes=release.notes,
        language=course.language,
        locales=complete_locales(course),
        title=course.title,
        summary=course.summary,
        level=contract.Level(course.level.value),
        tags=course.tags,
        minutes=_minutes(course),
        cover=scene.image(course.cover),
        skills=_skills(course),
        job_roles=_job_roles(course),
        modules=modules,
        achievement=_achievement(course, frozen.course_id, scene),
    )


def summarise(
    course: domain.Course,
    *,
    course_id: str,
    organisation: str,
    media: Mapping[str, StoredPicture],
    version: str | None,
) -> contract.Course:
    """Return a course as lists show it, from its content."""
    scene = Scene(version_hash="", order_key=b"", media=media)
    return contract.Course(
        id=course_id,
        slug=course.slug,
        organisation=organisation,
        language=course.language,
        locales=complete_locales(course),
        title=course.title,
        summary=course.summary,
        level=contract.Level(course.level.value),
        tags=course.tags,
        minutes=_minutes(course),
        lesson_count=len(course.lessons),
        cover=scene.image(course.cover),
        skills=_skills(course),
        job_roles=_job_roles(course),
        version_id=version,
        achievement=_achievement(course, course_id, scene),
    )


def _module(module: domain.Module, course: domain.Course, scene: Scene) -> contract.Module:
    return contract.Module(
        id=item_id(Kind.MODULE, scene.version_hash, module.key),
        key=module.key,
        title=module.title,
        lessons=tuple(_lesson(lesson, course, scene) for lesson in module.lessons),
    )


def _lesson(lesson: domain.Lesson, course: domain.Course, scene: Scene) -> contract.Lesson:
    assessed = lesson.kind is domain.LessonKind.ASSESSMENT
    inner = msgspec.structs.replace(
        scene,
        lesson=lesson.key,
        language=course.language,
        hides_answers=assessed,
        skills=lesson.skills,
    )
    blocks = (project_block(block, inner) for block in lesson.blocks)
    default = domain.DEFAULT_PASS_SCORE if assessed else None
    return contract.Lesson(
        id=item_id(Kind.LESSON, scene.version_hash, lesson.key),
        key=lesson.key,
        title=lesson.title,
        minutes=minutes(lesson, language=course.language),
        kind=_KINDS[lesson.kind],
        attempt_limit=lesson.attempts,
        pass_score=default if lesson.pass_score is None else lesson.pass_score,
        skills=lesson.skills,
        blocks=tuple(block for block in blocks if block is not None),
    )


def _minutes(course: domain.Course) -> int:
    return sum(minutes(lesson, language=course.language) for lesson in course.lessons)


def _skills(course: domain.Course) -> tuple[contract.Skill, ...]:
    return tuple(
        contract.Skill(id=skill_id(skill), **msgspec.structs.asdict(skill))
        for skill in course.skills
    )


def _job_roles(course: domain.Course) -> tuple[contract.JobRole, ...]:
    return tuple(
        contract.JobRole(id=job_role_id(role), **msgspec.structs.asdict(role))
        for role in course.job_roles
    )


def _achievement(
    course: domain.Course, course_id: str, scene: Scene
) -> contract.AchievementDefinition | None:
    award = course.achievement
    return None if award is None else _awarded(award, achievement_id(course_id), scene)


def show_achievement(
    award: domain.Achievement, *, award_id: str, media: Mapping[str, StoredPicture]
) -> contract.AchievementDefinition:
    """Return an achievement as everybody sees it."""
    return _awarded(award, award_id, Scene(version_hash="", order_key=b"", media=media))


def _awarded(
    award: domain.Achievement, award_id: str, scene: Scene
) -> contract.AchievementDefinition:
    return contract.AchievementDefinition(
        id=award_id,
        version=award.version,
        name=award.name,
        description=award.description,
        criteria=award.criteria,
        pass_score=award.pass_score,
        valid_for_days=award.valid_for_days,
        image=scene.image(award.image),
    )
