"""What learners see over the real database: later, as before, no more; repeats and races."""

import asyncio
from datetime import timedelta

import pytest

from services.content.app import Content, build
from services.content.contract import (
    CatalogQuery,
    Course,
    CourseVersion,
    PublishCourse,
    RollBackCourse,
)
from services.content.settings import Settings
from services.content.use_cases.ports import Remarks
from services.kit.clock import utc_now
from services.kit.errors import Conflict, Forbidden, Invalid, NotFound, StaleRevision
from services.kit.mongo import Mongo
from services.kit.records import Actor, PageArgs
from tests.services.content.use_cases.test_publishing import edited, imported, publish


async def pointed(content: Content, course: Course) -> CourseVersion | None:
    """Return what learners see of a course."""
    (shown,) = await content.catalog.courses((course.id,))
    if shown is None or shown.version_id is None:
        return None
    (version,) = await content.catalog.versions((shown.version_id,))
    return version


async def number(content: Content, course: Course) -> int | None:
    version = await pointed(content, course)
    return version.number if version else None


async def announced(content: Content) -> list[str]:
    """Return the types of what waits for progress."""
    return [entry.type for entry in await content.feed.claim("progress", limit=50, wait=0)]


async def two_versions(content: Content, author: Actor) -> Course:
    course = await imported(content, author)
    revision = await edited(content, author, course, "Other words.")
    return await content.authoring.publish(author, publish(course, revision))


def back(course: Course, to: int) -> RollBackCourse:
    return RollBackCourse(course_id=course.id, version_number=to)


async def postpone(content: Content, author: Actor, course: Course, revision: int) -> None:
    """Schedule a publication for an hour from now."""
    at = utc_now() + timedelta(hours=1)
    asked = PublishCourse(course_id=course.id, base_revision=revision, notes="later", at=at)
    await content.authoring.publish(author, asked)


async def let_time_come(content: Content, course: Course) -> None:
    """Let the time of what is scheduled have come."""
    past = utc_now() - timedelta(hours=1)
    found = await content._courses._courses.update_one(
        {"_id": course.id}, {"$set": {"scheduled.at": past}}
    )
    assert found


def another(content: Content, mongo: Mongo, mongo_uri: str) -> Content:
    """Return another process's content service over the same database."""
    name = content._courses._courses._collection.database.name
    settings = Settings(mongo_uri=mongo_uri, public_url="http://localhost:8000", database=name)
    return build(settings, mongo)


async def test_rolling_back_moves_the_pointer_once(content: Content, author: Actor) -> None:
    """Learners see the earlier version; repeating it announces nothing, the draft stays."""
    course = await two_versions(content, author)
    before = await content.authoring.drafts(author, (course.id,))
    await announced(content)
    first = await content.authoring.roll_back(author, back(course, 1))
    assert await content.authoring.roll_back(author, back(course, 1)) == first
    assert await number(content, course) == 1
    assert await announced(content) == ["content.published"]
    assert await content.authoring.drafts(author, (course.id,)) == before


async def test_a_version_that_is_not_there_is_named(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """The author is told which there are, a stranger nothing; nothing moves."""
    course = await two_versions(content, author)
    with pytest.raises(NotFound, match=r"no version 7: its versions are 1 to 2") as raised:
        await content.authoring.roll_back(author, back(course, 7))
    assert raised.value.path == ("versionNumber",)
    with pytest.raises(Forbidden):
        await content.authoring.roll_back(stranger, back(course, 1))
    with pytest.raises(Forbidden):
        await content.authoring.archive(stranger, course.id)
    assert await number(content, course) == 2


async def test_archiving_hides_the_course_and_publishing_brings_it_back(
    content: Content, author: Actor
) -> None:
    """It is gone from every public read but its versions, which learners are pinned to."""
    course = await imported(content, author)
    archived = await content.authoring.archive(author, course.id)
    assert archived.version_id is None
    assert await content.authoring.archive(author, course.id) == archived
    assert await content.catalog.courses((course.id,)) == (None,)
    assert await content.catalog.courses_by_slug((course.slug,)) == (None,)
    (kept,) = await content.catalog.versions((course.version_id or "",))
    assert kept is not None
    assert await announced(content) == ["content.published", "content.archived"]
    assert await content.authoring.publish(author, publish(course, 1)) == course
    assert await number(content, course) == 1


async def test_what_is_archived_is_not_found_after_a_crash(
    content: Content,
    mongo: Mongo,
    mongo_uri: str,
    author: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process ends between the pointer and the catalogue: the next one brings both together."""
    course = await imported(content, author)

    async def found(process: Content) -> list[str]:
        return [each.id for each in (await process.catalog.catalog(CatalogQuery())).nodes]

    async def ended(_course_id: str) -> None:
        raise EndedError

    with monkeypatch.context() as patch:
        patch.setattr(content._cataloguing, "renew", ended)
        with pytest.raises(EndedError):
            await content.authoring.archive(author, course.id)
    next_one = another(content, mongo, mongo_uri)
    assert await found(next_one) == [course.id]
    await next_one.prepare()
    assert await found(next_one) == []
    assert await content._courses.uncatalogued() == []

    with monkeypatch.context() as patch:
        patch.setattr(content._cataloguing, "renew", ended)
        with pytest.raises(EndedError):
            await content.authoring.publish(author, publish(course, 1))
    await next_one.prepare()
    assert await found(next_one) == [course.id]


class EndedError(Exception):
    """Stands for the end of a process."""


async def test_versions_are_listed_newest_first(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """Each once, by pages, for the course's authors alone."""
    course = await two_versions(content, author)
    (one,) = await content.authoring.version_ids(author, (course.id,), PageArgs(first=1))
    assert one is not None
    after = PageArgs(first=1, after=one.cursors[-1])
    (two,) = await content.authoring.version_ids(author, (course.id,), after)
    assert two is not None
    found = await content.catalog.versions((*one.nodes, *two.nodes))
    assert [version.number for version in found if version] == [2, 1]
    assert (one.total, one.has_next, two.has_next) == (2, True, False)
    assert await content.authoring.version_ids(stranger, (course.id,), PageArgs()) == (None,)


async def test_what_was_scheduled_is_what_is_published(content: Content, author: Actor) -> None:
    """The draft goes on changing; the author sees what waits, and once it is out nothing does."""
    course = await imported(content, author)
    revision = await edited(content, author, course, "Scheduled words.")
    await postpone(content, author, course, revision)
    await edited(content, author, course, "Later words.")
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    assert draft.scheduled is not None
    assert (draft.scheduled.revision, draft.scheduled.notes) == (revision, "later")
    assert not await content.scheduling.run_once()
    assert await number(content, course) == 1
    await let_time_come(content, course)
    assert await content.scheduling.run_once()
    version = await pointed(content, course)
    assert version is not None
    assert (version.number, version.notes) == (2, "later")
    assert version.summary == {"en": "Scheduled words."}
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    assert (draft.scheduled, draft.revision) == (None, revision + 1)


async def test_a_schedule_is_replaced_and_cancelled(content: Content, author: Actor) -> None:
    """One a course: another time, publishing now, archiving and cancelling all end the first."""
    course = await imported(content, author)
    revision = await edited(content, author, course, "Other words.")

    async def waits() -> bool:
        (draft,) = await content.authoring.drafts(author, (course.id,))
        return draft is not None and draft.scheduled is not None

    await postpone(content, author, course, revision)
    with pytest.raises(StaleRevision):
        await postpone(content, author, course, revision - 1)
    assert await waits()
    await content.authoring.unschedule(author, course.id)
    await content.authoring.unschedule(author, course.id)
    assert not await waits()
    await postpone(content, author, course, revision)
    await content.authoring.publish(author, publish(course, revision))
    assert not await waits()
    await postpone(content, author, course, revision)
    await content.authoring.archive(author, course.id)
    assert not await waits()
    assert not await content.scheduling.run_once()


async def test_a_draft_with_problems_is_not_scheduled(content: Content, author: Actor) -> None:
    """The author hears of it now, not when the time has come."""
    course = await imported(content, author)
    revision = await edited(content, author, course, "")
    with pytest.raises(Invalid):
        await postpone(content, author, course, revision)


async def test_several_processes_publish_once(
    content: Content, mongo: Mongo, mongo_uri: str, author: Actor
) -> None:
    """However many look at the same moment: one version, one move, one announcement."""
    course = await imported(content, author)
    revision = await edited(content, author, course, "Other words.")
    await postpone(content, author, course, revision)
    await announced(content)
    await let_time_come(content, course)
    processes = [content, *(another(content, mongo, mongo_uri) for _ in range(3))]
    outcomes = await asyncio.gather(*(each.scheduling.run_once() for each in processes))
    assert sum(outcomes) == 1
    assert await number(content, course) == 2
    assert await announced(content) == ["content.published"]


async def test_a_process_that_is_killed_leaves_it_to_the_next(
    content: Content, mongo: Mongo, mongo_uri: str, author: Actor
) -> None:
    """The lease ends by the server's clock; who held it and comes back late changes nothing."""
    course = await imported(content, author)
    revision = await edited(content, author, course, "Other words.")
    await postpone(content, author, course, revision)
    await let_time_come(content, course)
    taken = await content._schedule.take_due("killed")
    assert taken is not None
    other = another(content, mongo, mongo_uri)
    assert not await other.scheduling.run_once()
    await content._courses._courses.update_one(
        {"_id": course.id}, {"$set": {"scheduled.lease.until": utc_now() - timedelta(minutes=1)}}
    )
    assert await other.scheduling.run_once()
    held, frozen = taken
    await content.authoring.roll_back(author, back(course, 1))
    await content._publishing.publish_scheduled(held, frozen, Remarks(), lease="killed")
    assert await number(content, course) == 1


async def test_what_cannot_be_published_any_more_is_told(content: Content, author: Actor) -> None:
    """The author reads why, nothing moves, and nobody tries for ever."""
    course = await imported(content, author)
    revision = await edited(content, author, course, "Other words.")
    await postpone(content, author, course, revision)
    await let_time_come(content, course)
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    broken = b'{"slug":"sums","language":"en","title":{"en":"T"},"summary":{"en":"S"}}'
    await content._courses._courses.update_one(
        {"_id": course.id}, {"$set": {"scheduled.content": broken}}
    )
    assert await content.scheduling.run_once()
    assert not await content.scheduling.run_once()
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    assert draft.scheduled is not None
    assert "A course needs a lesson" in (draft.scheduled.failure or "")
    assert await number(content, course) == 1


async def test_publishing_and_rolling_back_at_the_same_moment(
    content: Content, author: Actor
) -> None:
    """Every call is done or says to try again; the pointer stands where a call put it."""
    course = await two_versions(content, author)
    revision = await edited(content, author, course, "Third words.")
    await announced(content)
    calls = [
        *(content.authoring.publish(author, publish(course, revision)) for _ in range(3)),
        *(content.authoring.roll_back(author, back(course, 1)) for _ in range(3)),
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, Course | Conflict) for each in outcomes)
    assert await number(content, course) in {1, 3}
    (stored,) = (await content._courses.courses({course.id})).values()
    moves = stored.published_count - 2
    assert len(await announced(content)) == moves
