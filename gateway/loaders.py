"""Loaders: what the fields of one tick ask for is gathered, made unique and asked once.

`Loader` gathers keys of a contract method; `Batches` gathers the parents of a field. Both live as
long as an operation; keys carry the viewer, so that all operations in flight may share them later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from gateway.published import PublishedReads
from services.content.contract import (
    CatalogApi,
    Course,
    CourseVersion,
    JobRole,
    Pathway,
    PathwaysApi,
    Skill,
)
from services.credentials.contract import (
    Achievement,
    Credential,
    CredentialsApi,
    Endorsement,
    HolderKey,
    Issuer,
)
from services.progress.contract import (
    CourseKey,
    Enrolment,
    Home,
    HomeApi,
    LearnerApi,
    LessonKey,
    LessonProgress,
    Review,
    ReviewKey,
)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Resolve = Callable[..., Coroutine[Any, Any, Sequence[Any]]]


class Work:
    """The tasks of one operation, so that giving it up ends them all."""

    def __init__(self) -> None:
        """Start with none."""
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine beside the operation."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Cancel whatever still runs."""
        for task in tuple(self._tasks):
            task.cancel()


class Loader(Generic[K, V]):
    """Answers by key through a call that takes many; each key is asked once until `clear`."""

    def __init__(
        self, fetch: Callable[[tuple[K, ...]], Awaitable[Sequence[V]]], work: Work
    ) -> None:
        """Take the contract method; it answers every key, in the order asked."""
        self._fetch = fetch
        self._work = work
        self._answers: dict[K, asyncio.Future[V]] = {}
        self._waiting: dict[K, asyncio.Future[V]] = {}

    async def load(self, key: K) -> V:
        """Return the answer to one key, asked together with all others of this tick."""
        return await self._answer(key)

    async def load_many(self, keys: Sequence[K]) -> list[V]:
        """Return the answers to keys, in their order."""
        return await asyncio.gather(*[self._answer(key) for key in keys])

    def know(self, key: K, answer: V) -> None:
        """Take the answer to a key that came by another way, unless it was asked for already."""
        if key not in self._answers:
            self._answers[key] = asyncio.get_running_loop().create_future()
            self._answers[key].set_result(answer)

    def clear(self) -> None:
        """Forget all answers: something was written."""
        self._answers = {}

    def _answer(self, key: K) -> asyncio.Future[V]:
        known = self._answers.get(key)
        if known is not None:
            return known
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._dispatch)
        future: asyncio.Future[V] = loop.create_future()
        self._answers[key] = self._waiting[key] = future
        return future

    def _dispatch(self) -> None:
        asked, self._waiting = self._waiting, {}
        self._work.start(self._settle(asked))

    async def _settle(self, asked: dict[K, asyncio.Future[V]]) -> None:
        try:
            _fulfil(list(asked.values()), await self._fetch(tuple(asked)))
        except Exception as error:  # noqa: BLE001 - whoever waits for a key gets it
            _fail(list(asked.values()), error)


@dataclass(slots=True)
class _Batch:
    parents: list[Any] = field(default_factory=list)
    futures: list[asyncio.Future[Any]] = field(default_factory=list)


class Batches:
    """Parents of a tick, gathered by the field that asks."""

    def __init__(self, work: Work) -> None:
        """Start with none."""
        self._work = work
        self._open: dict[Hashable, _Batch] = {}

    def submit(
        self, resolve: Resolve, *, site: Hashable, parent: Any, context: Any, args: dict[str, Any]
    ) -> asyncio.Future[Any]:
        """Return what `resolve` will answer for `parent`; `site` is the field in the document."""
        loop = asyncio.get_running_loop()
        key = (resolve, site)
        batch = self._open.get(key)
        if batch is None:
            batch = self._open[key] = _Batch()
            loop.call_soon(self._dispatch, key, context, args)
        future: asyncio.Future[Any] = loop.create_future()
        batch.parents.append(parent)
        batch.futures.append(future)
        return future

    def _dispatch(self, key: tuple[Resolve, Hashable], context: Any, args: dict[str, Any]) -> None:
        batch = self._open.pop(key)
        self._work.start(_settle(key[0], batch, context, args))


async def _settle(resolve: Resolve, batch: _Batch, context: Any, args: dict[str, Any]) -> None:
    try:
        _fulfil(batch.futures, await resolve(batch.parents, context, **args))
    except Exception as error:  # noqa: BLE001 - every parent's field gets it
        _fail(batch.futures, error)


def _fulfil(futures: Sequence[asyncio.Future[Any]], answers: Sequence[Any]) -> None:
    for future, answer in zip(futures, answers, strict=True):
        if not future.done():
            future.set_result(answer)


def _fail(futures: Sequence[asyncio.Future[Any]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
            future.exception()  # a field that was given up meanwhile leaves it unread


class Doors(Protocol):
    """What the loaders ask of: the clients of the gateway have all of it."""

    @property
    def catalog(self) -> CatalogApi:
        """Courses, and what they teach."""

    @property
    def pathways(self) -> PathwaysApi:
        """Stacks of courses."""

    @property
    def learners(self) -> LearnerApi:
        """Where learners are."""

    @property
    def homes(self) -> HomeApi:
        """What learners see of their own."""

    @property
    def credentials(self) -> CredentialsApi:
        """What is awarded."""


class Loaders:
    """The loaders of one operation, one per contract method that takes keys."""

    def __init__(
        self,
        published: PublishedReads,
        doors: Doors,
        *,
        work: Work,
    ) -> None:
        """Bind each to its method."""
        catalog, pathways, learners = doors.catalog, doors.pathways, doors.learners
        homes, credentials = doors.homes, doors.credentials
        self.courses: Loader[str, Course | None] = Loader(published.courses, work)
        self.courses_by_slug: Loader[str, Course | None] = Loader(published.courses_by_slug, work)
        self.versions: Loader[str, CourseVersion | None] = Loader(published.versions, work)
        self.lesson_versions: Loader[str, CourseVersion | None] = Loader(
            published.lesson_versions, work
        )
        self.pathways: Loader[str, Pathway | None] = Loader(pathways.pathways, work)
        self.pathways_by_slug: Loader[str, Pathway | None] = Loader(pathways.pathways_by_slug, work)
        self.skills: Loader[str, Skill | None] = Loader(published.skills, work)
        self.job_roles: Loader[str, JobRole | None] = Loader(catalog.job_roles, work)
        self.job_role_skills: Loader[str, Sequence[Skill]] = Loader(catalog.job_role_skills, work)
        self.homes: Loader[str, Home] = Loader(homes.homes, work)
        self.reviews: Loader[ReviewKey, Review | None] = Loader(homes.reviews, work)
        self.enrolments: Loader[CourseKey, Enrolment | None] = Loader(learners.enrolments, work)
        self.lesson_progress: Loader[LessonKey, LessonProgress | None] = Loader(
            learners.lesson_progress, work
        )
        self.achievements: Loader[str, Achievement | None] = Loader(credentials.achievements, work)
        self.issuers: Loader[str, Issuer | None] = Loader(credentials.issuers, work)
        self.endorsements: Loader[str, tuple[Endorsement, ...]] = Loader(
            credentials.endorsements, work
        )
        self.held: Loader[HolderKey, Credential | None] = Loader(credentials.held, work)

    def clear(self) -> None:
        """Forget all answers: something was written."""
        for loader in vars(self).values():
            loader.clear()
