"""Reads of learners: where they are, as their state documents have it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable

from services.kit.errors import Invalid
from services.kit.records import Page, PageArgs
from services.progress.contract import (
    CourseKey,
    DayKey,
    Enrolment,
    EnrolmentStatus,
    EventDay,
    Head,
    Known,
    LessonKey,
    LessonProgress,
    Profile,
)
from services.progress.domain.calendar import date_of
from services.progress.domain.event import Event
from services.progress.domain.ids import enrolment_id
from services.progress.domain.learner import digest_of
from services.progress.use_cases.heads import Heads
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.store import CourseDocument, Store

MOST = 100


class Learners:
    """LearnerApi over the state documents; one query a call, whatever the number of keys."""

    def __init__(self, store: Store, projector: Projector, heads: Heads) -> None:
        """Read from this store; what an older fold made is folded again first."""
        self._store = store
        self._projector = projector
        self._heads = heads

    async def profiles(self, learner_ids: tuple[str, ...]) -> tuple[Profile | None, ...]:
        """Return profiles; None for a learner of whom nothing is stored."""
        found = await self._store.learners(list(learner_ids))
        for id_, learner in found.items():
            if learner.is_outdated:
                found[id_] = await self._projector.refold(id_)
        return tuple(
            profile_of(id_, found[id_].state)
            if id_ in found and not found[id_].state.erased
            else None
            for id_ in learner_ids
        )

    async def enrolments(self, keys: tuple[CourseKey, ...]) -> tuple[Enrolment | None, ...]:
        """Return enrolments by learner and course."""
        ids = [enrolment_id(key.learner_id, key.course_id) for key in keys]
        found = await self._store.courses(list(dict.fromkeys(ids)))
        if await self._refolded(found.values()):
            found = await self._store.courses(list(found))
        return tuple(found[id_].view if id_ in found else None for id_ in ids)

    async def lesson_progress(
        self, keys: tuple[LessonKey, ...]
    ) -> tuple[LessonProgress | None, ...]:
        """Return progress by learner and lesson; None when not enrolled."""
        courses = tuple(
            CourseKey(learner_id=key.learner_id, course_id=key.course_id) for key in keys
        )
        enrolments = await self.enrolments(courses)
        return tuple(
            _lesson(enrolment, key.lesson_key)
            for key, enrolment in zip(keys, enrolments, strict=True)
        )

    async def event_days(self, keys: tuple[DayKey, ...]) -> tuple[EventDay, ...]:
        """Return what is stored by learner, device and day; of nothing, an empty day."""
        days: dict[DayKey, list[Event]] = {key: [] for key in keys}
        for learner_id, event in await self._store.events_of_days(days):
            key = DayKey(learner_id=learner_id, device_id=event.device, day=date_of(event.day))
            if key in days:
                days[key].append(event)
        return tuple(_day(days[key]) for key in keys)

    async def enrolments_of(
        self, learner_id: str, *, status: EnrolmentStatus | None, page: PageArgs
    ) -> Page[Enrolment]:
        """Return a learner's enrolments, most recently active first."""
        documents = await self._store.courses_of(learner_id)
        if await self._refolded(documents):
            documents = await self._store.courses_of(learner_id)
        views = [document.view for document in documents if document.view is not None]
        wanted = [view for view in views if status is None or view.status is status]
        start = _start(page, wanted)
        shown = wanted[start : start + _first(page)]
        return Page(
            nodes=tuple(shown),
            cursors=tuple(_cursor(view) for view in shown),
            has_next=start + len(shown) < len(wanted),
            has_previous=start > 0,
            total=len(wanted),
        )

    async def heads(self, known: tuple[Known, ...], *, wait: float) -> tuple[Head, ...]:
        """Return those heads that are elsewhere than known; see Heads."""
        return await self._heads.beyond(known, wait=wait)

    async def _refolded(self, documents: Iterable[CourseDocument]) -> bool:
        """Fold learners again whose documents an older fold made; return whether there were any."""
        outdated = {document.learner_id for document in documents if document.is_outdated}
        for learner_id in sorted(outdated):
            await self._projector.refold(learner_id)
        return bool(outdated)


def _day(events: list[Event]) -> EventDay:
    ids = sorted(event.id for event in events)
    return EventDay(digest=digest_of(events).hex(), ids=tuple(ids))


def _lesson(enrolment: Enrolment | None, key: str) -> LessonProgress | None:
    lessons = enrolment.lessons if enrolment else ()
    return next((lesson for lesson in lessons if lesson.lesson_key == key), None)


def _first(page: PageArgs) -> int:
    if not 1 <= page.first <= MOST:
        raise Invalid(f"first must be 1 to {MOST}.", path=("first",))
    return page.first


def _cursor(view: Enrolment) -> str:
    return urlsafe_b64encode(view.id.encode()).decode()


def _start(page: PageArgs, views: list[Enrolment]) -> int:
    """Return the index after the cursor's enrolment."""
    if page.after is None:
        return 0
    try:
        id_ = urlsafe_b64decode(page.after.encode()).decode()
    except (Base64Error, ValueError) as error:
        raise Invalid("after is no cursor of this list.", path=("after",)) from error
    for index, view in enumerate(views):
        if view.id == id_:
            return index + 1
    raise Invalid("after is no cursor of this list.", path=("after",))
