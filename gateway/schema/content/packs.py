"""Packs of versions, with the lessons first that are of most use to who asks."""

from collections.abc import Collection, Sequence

from gateway.context import Context
from gateway.schema.content.places import lessons
from services.content.contract import DEFAULT_IMAGE_WIDTH, CourseVersion, OfflinePack, PackQuery
from services.kit.errors import NotPublished
from services.progress.contract import CourseKey, Enrolment, LessonStatus


async def version_packs(
    versions: Sequence[CourseVersion],
    context: Context,
    *,
    image_width: int | None = None,
    max_bytes: int | None = None,
    locale: str | None = None,
) -> Sequence[OfflinePack]:
    """Return the pack of each version within a budget; NotPublished for one that is none yet."""
    held = await _enrolments(versions, context)
    queries = tuple(
        PackQuery(
            version_id=version.id,
            image_width=DEFAULT_IMAGE_WIDTH if image_width is None else image_width,
            max_bytes=max_bytes,
            locale=locale,
            first=_first(version, enrolment),
        )
        for version, enrolment in zip(versions, held, strict=True)
    )
    packs = await context.clients.catalog.packs(queries)
    return [_published(pack) for pack in packs]


def most_useful(
    keys: Sequence[str], *, resume: str | None, completed: Collection[str], due: Sequence[str] = ()
) -> list[str]:
    """Return the keys of lessons, most useful first.

    That is where the learner stopped, then what is `due` for review, then what is not completed,
    from there on and around to the beginning, then the rest in order.
    """
    start = 0 if resume is None or resume not in keys else keys.index(resume)
    around = (*keys[start:], *keys[:start])
    ahead = [key for key in around if key not in completed]
    here = [key for key in ahead if key == resume]
    ordered = dict.fromkeys((*here, *due, *ahead, *keys))
    return [key for key in ordered if key in keys]


async def _enrolments(
    versions: Sequence[CourseVersion], context: Context
) -> Sequence[Enrolment | None]:
    if context.actor is None:
        return [None] * len(versions)
    learner = context.actor.subject
    keys = [CourseKey(learner_id=learner, course_id=version.course_id) for version in versions]
    return await context.loaders.enrolments.load_many(keys)


def _first(version: CourseVersion, held: Enrolment | None) -> tuple[str, ...]:
    """Return lesson ids, most useful first; the enrolment may be pinned to another version."""
    if held is None:
        return ()
    ids = {lesson.key: lesson.id for lesson in lessons(version)}
    resumed = held.resume.lesson_id if held.resume else None
    keys = most_useful(
        list(ids),
        resume=next((each.lesson_key for each in held.lessons if each.lesson_id == resumed), None),
        completed={
            each.lesson_key for each in held.lessons if each.status is LessonStatus.COMPLETED
        },
    )
    return tuple(ids[key] for key in keys)


def _published(pack: OfflinePack | None) -> OfflinePack:
    if pack is None:
        raise NotPublished("Only what is published can be downloaded.")
    return pack
