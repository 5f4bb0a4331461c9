"""The published pointer of a course: moved by one atomic update, with its outbox entry."""

from collections.abc import Callable

import msgspec

from services.content.use_cases.cataloguing import Cataloguing
from services.content.use_cases.ports import CourseStore, PointerMove, Published, StoredCourse
from services.kit.errors import Conflict, NotFound, StaleRevision
from services.kit.ids import version_id
from services.kit.records import OutboxEntry, Record

CONSUMERS = ("progress", "credentials")
"""Who hears of content.published and content.archived."""
TRIES = 10
"""Moves of one pointer at the same moment that are let through."""


class Terms(Record):
    """On which a move happens: whatever else has moved the pointer meanwhile."""

    revision: int | None = None
    """The draft is still at this revision; StaleRevision when it is not."""
    lease: str | None = None
    """The scheduled publication is still held by this token; nothing happens when it is not."""
    keeps_schedule: bool = False


class Pointers:
    """Moves pointers; moving one to where it stands changes nothing."""

    def __init__(
        self, courses: CourseStore, catalogue: Cataloguing, *, wake: Callable[[], None]
    ) -> None:
        """Keep the stores; `wake` is called when there is something to hear of."""
        self._courses = courses
        self._catalogue = catalogue
        self._wake = wake

    async def move(
        self, course: StoredCourse, published: Published | None, terms: Terms
    ) -> StoredCourse:
        """Return the course once its pointer is there (None: archived), by whomever."""
        for _ in range(TRIES):
            if terms.revision is not None and course.revision != terms.revision:
                raise stale(course.revision)
            if course.published_hash == (published.hash if published else None):
                await self._catalogue.renew(course.id)
                return course
            if terms.lease is not None and _lease(course) != terms.lease:
                return course
            moved = await self._courses.move_pointer(course, _move(course, published, terms))
            if moved is not None:
                await self._catalogue.renew(course.id)
                self._wake()
                return moved
            current = (await self._courses.courses({course.id})).get(course.id)
            if current is None:
                raise NotFound("There is no such course.", path=("courseId",))
            course = current
        raise Conflict("Others are publishing this course at the same time: try again.")


def stale(revision: int) -> StaleRevision:
    """Return the error that says which revision the draft is at."""
    return StaleRevision(
        f"The draft moved on: it is at revision {revision}. Read it again and repeat your change.",
        path=("baseRevision",),
    )


def _move(course: StoredCourse, published: Published | None, terms: Terms) -> PointerMove:
    data = {"courseId": course.id}
    if published is not None:
        data["versionId"] = version_id(published.hash)
    kind = "content.archived" if published is None else "content.published"
    entry = OutboxEntry(id=f"{kind}:{course.id}:{course.published_count + 1}", type=kind, data=data)
    return PointerMove(
        published=published, entry=entry, to=CONSUMERS, **msgspec.structs.asdict(terms)
    )


def _lease(course: StoredCourse) -> str | None:
    return course.scheduled.lease if course.scheduled else None
