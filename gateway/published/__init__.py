"""What is published, in this process's memory: whole versions, and where pointers stand.

Versions never change, so what was read is kept, within bounds. Of moved pointers content tells by a
long poll: at once for what it moved itself, within a second for the rest. While content is away,
what is held is served for STALE_SECONDS.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import TypeVar

import msgspec
import structlog
from prometheus_client import Counter

from gateway.published.follower import Follower
from gateway.published.memory import Memory
from gateway.published.reads import PublishedReads
from services.content.contract import (
    CatalogApi,
    CatalogQuery,
    Course,
    CourseVersion,
    Moves,
    Skill,
)
from services.kit.errors import Invalid, NotFound, Unavailable
from services.kit.ids import Kind, item_version, version_hash
from services.kit.records import Page

V = TypeVar("V")

MAX_VERSIONS = 512
MAX_VERSION_BYTES = 32 * 1024 * 1024
"""As they travel; in memory they take a few times as much."""
MAX_COURSES = 10_000
MAX_PAGES = 256
PAGE_SECONDS = 1.0
"""How long a page of the catalogue is served: it follows pointers a moment later."""
SKILL_SECONDS = 10.0
STALE_SECONDS = 60.0
WAIT_SECONDS = 3.0
"""How long one call waits: well below the deadline of a call between services."""
PAUSE_SECONDS = 0.5

READS = Counter("morsel_gateway_published", "Published things asked for.", ["what", "outcome"])

log = structlog.get_logger(__name__)

__all__ = ["Follower", "Memory", "Published", "PublishedReads"]


class Published:
    """PublishedReads from memory, for everybody but authors."""

    def __init__(self, catalog: CatalogApi) -> None:
        """Read from content; nothing is asked yet."""
        self._catalog = catalog
        self._versions: Memory[str, CourseVersion] = Memory(
            MAX_VERSIONS, most_bytes=MAX_VERSION_BYTES
        )
        self._courses: Memory[str, Course] = Memory(MAX_COURSES)
        self._ids: Memory[str, str] = Memory(MAX_COURSES)  # by slug
        self._pages: Memory[CatalogQuery, tuple[float, Page[Course]]] = Memory(MAX_PAGES)
        self._skills: Memory[str, tuple[float, Skill]] = Memory(MAX_COURSES)
        self._position: str | None = None
        self._heard_at = 0.0
        self._moves = 0  # heard of so far: what was asked for before the last may be old
        self._followers: set[Follower] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def read_through(self) -> PublishedReads:
        """Return the same reads with pointers from the store: for who may just have moved one."""
        return _ReadThrough(self._catalog, self)

    def forget(self, course_id: str) -> None:
        """Hold a course's pointer no longer: it was moved by a call through this process."""
        self._moves += 1
        course = self._courses.get(course_id)
        if course is not None:
            self._ids.drop(course.slug)
        self._courses.drop(course_id)
        self._pages.clear()

    async def follow(self, course_ids: Sequence[str] | None, *, since: str | None) -> Follower:
        """Return the moves of some courses (None: of all) from now on, or from a position on."""
        begin = since if since is not None else (await self._catalog.moves(None, wait=0)).position
        follower = Follower(self._followers, course_ids)
        self._start()
        try:
            while (found := await self._catalog.moves(begin, wait=0)).moved:
                begin = found.position
                follower.put(found.moved)
        except BaseException:
            await follower.aclose()
            raise
        return follower

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def catalog(self, query: CatalogQuery) -> Page[Course]:
        """Return a page of published courses."""
        held, moves = self._pages.get(query), self._moves
        if held is not None and self._trusted and held[0] > _now():
            READS.labels("catalogue", "hit").inc()
            return held[1]
        READS.labels("catalogue", "miss").inc()
        try:
            page = await self._catalog.catalog(query)
        except Unavailable:
            if held is None or not self._trusted:
                raise
            return held[1]
        if self._trusted and moves == self._moves:
            self._pages.put(query, (_now() + PAGE_SECONDS, page))
        return page

    async def courses(self, ids: tuple[str, ...]) -> Sequence[Course | None]:
        """Return published courses by id."""
        return await self._pointers("course", ids, self._courses.get, self._catalog.courses)

    async def courses_by_slug(self, slugs: tuple[str, ...]) -> Sequence[Course | None]:
        """Return published courses by slug."""

        def held(slug: str) -> Course | None:
            id_ = self._ids.get(slug)
            return None if id_ is None else self._courses.get(id_)

        return await self._pointers("course", slugs, held, self._catalog.courses_by_slug)

    async def versions(self, ids: tuple[str, ...]) -> Sequence[CourseVersion | None]:
        """Return whole versions by id."""
        return await self._whole("version", ids, self._version, self._catalog.versions)

    async def lesson_versions(self, lesson_ids: tuple[str, ...]) -> Sequence[CourseVersion | None]:
        """Return, for each lesson id, the version that the lesson is of."""
        return await self._whole(
            "lesson", lesson_ids, self._lesson_version, self._catalog.lesson_versions
        )

    async def skills(self, ids: tuple[str, ...]) -> Sequence[Skill | None]:
        """Return skills by id."""

        def held(id_: str) -> Skill | None:
            known = self._skills.get(id_)
            return known[1] if known and known[0] > _now() else None

        def keep(skill: Skill) -> None:
            self._skills.put(skill.id, (_now() + SKILL_SECONDS, skill))

        return await _read("skill", ids, held, self._catalog.skills, keep)

    @property
    def _trusted(self) -> bool:
        """Whether moves are heard of, so that pointers may be held."""
        self._start()
        return self._position is not None and _now() < self._heard_at + STALE_SECONDS

    async def _pointers(
        self,
        what: str,
        keys: tuple[str, ...],
        held: Callable[[str], Course | None],
        fetch: Callable[[tuple[str, ...]], Awaitable[Sequence[Course | None]]],
    ) -> Sequence[Course | None]:
        trusted, moves = self._trusted, self._moves

        def keep(course: Course) -> None:
            if trusted and moves == self._moves:
                self._courses.put(course.id, course)
                self._ids.put(course.slug, course.id)

        return await _read(what, keys, held if trusted else _nothing, fetch, keep)

    async def _whole(
        self,
        what: str,
        keys: tuple[str, ...],
        held: Callable[[str], CourseVersion | None],
        fetch: Callable[[tuple[str, ...]], Awaitable[Sequence[CourseVersion | None]]],
    ) -> Sequence[CourseVersion | None]:
        return await _read(what, keys, held, fetch, self._keep_version)

    def _keep_version(self, version: CourseVersion) -> None:
        size = len(msgspec.msgpack.encode(version))
        self._versions.put(version.hash[:32], version, size=size)

    def _version(self, id_: str) -> CourseVersion | None:
        try:
            found = self._versions.get(version_hash(id_)[:32])
        except NotFound:
            return None
        return found if found and found.id == id_ else None

    def _lesson_version(self, lesson_id: str) -> CourseVersion | None:
        try:
            found = self._versions.get(item_version(Kind.LESSON, lesson_id))
        except NotFound:
            return None
        lessons = (lesson for module in found.modules for lesson in module.lessons) if found else ()
        return found if any(lesson.id == lesson_id for lesson in lessons) else None

    def _start(self) -> None:
        if self._task is None or self._task.done():
            # without the context of who asked: its deadline and request id end before this
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())

    async def _run(self) -> None:
        while True:
            try:
                wait = 0.0 if self._position is None else WAIT_SECONDS
                self._hear(await self._catalog.moves(self._position, wait=wait))
            except Unavailable as error:
                log.warning("published.content_away", reason=error.message)
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:
                log.exception("published.failed")
                if isinstance(error, Invalid):  # of another database: begin anew
                    self._position = None
                    self._courses.clear()
                await asyncio.sleep(PAUSE_SECONDS)

    def _hear(self, news: Moves) -> None:
        self._position, self._heard_at = news.position, _now()
        for move in news.moved:
            self.forget(move.course_id)
        for follower in tuple(self._followers) if news.moved else ():
            follower.put(news.moved)


class _ReadThrough:
    def __init__(self, catalog: CatalogApi, published: Published) -> None:
        self.catalog = catalog.catalog
        self.courses = catalog.courses
        self.courses_by_slug = catalog.courses_by_slug
        self.versions = published.versions
        self.lesson_versions = published.lesson_versions
        self.skills = catalog.skills


async def _read(
    what: str,
    keys: tuple[str, ...],
    held: Callable[[str], V | None],
    fetch: Callable[[tuple[str, ...]], Awaitable[Sequence[V | None]]],
    keep: Callable[[V], None],
) -> Sequence[V | None]:
    """Return what is held, and the rest from the store, to be kept."""
    found = {key: held(key) for key in keys}
    missing = tuple(key for key, value in found.items() if value is None)
    READS.labels(what, "hit").inc(len(found) - len(missing))
    READS.labels(what, "miss").inc(len(missing))
    if missing:
        for key, value in zip(missing, await fetch(missing), strict=True):
            found[key] = value
            if value is not None:
                keep(value)
    return [found[key] for key in keys]


def _nothing(_: str) -> None:
    return None


def _now() -> float:
    return asyncio.get_running_loop().time()
