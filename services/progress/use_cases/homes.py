"""HomeApi: what a learner sees of their own, today."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from datetime import date

from services.content.contract import VersionFacts
from services.kit.clock import Clock, from_millis
from services.kit.errors import Invalid
from services.kit.ids import version_hash
from services.kit.records import Page, PageArgs
from services.progress.contract import Bookmark, Home, Review, ReviewKey
from services.progress.domain.calendar import number_of
from services.progress.domain.ids import bookmark_id
from services.progress.domain.registers import Register
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.reviewing import lesson_keyed, page_of, review_of, unseal
from services.progress.use_cases.store import LearnerDocument, Store
from services.progress.use_cases.today import due_before, home_of, today_of

MOST = 100


class Homes:
    """Reads of a learner's document, of their cards, and of nothing else."""

    def __init__(self, store: Store, projector: Projector, facts: Facts, clock: Clock) -> None:
        """Keep the parts."""
        self._store = store
        self._projector = projector
        self._facts = facts
        self._clock = clock

    async def homes(self, learner_ids: tuple[str, ...]) -> tuple[Home, ...]:
        """Return what each learner's Home shows."""
        learners, now = await self._learners(learner_ids), self._clock()
        return tuple(home_of(learners[id_], now) for id_ in learner_ids)

    async def due_reviews(
        self, learner_id: str, *, before: date | None, page: PageArgs
    ) -> Page[Review]:
        """Return cards due before a study day; the order is that of the day of the first page."""
        first = _first(page)
        start = None if page.after is None else unseal(page.after)
        learner = (await self._learners((learner_id,)))[learner_id]
        today = today_of(learner, self._clock())
        until = today + 1 if before is None else number_of(before.isoformat())
        day = start.day if start else today
        after = None if start is None else start.risk
        cards = await self._store.due_cards(
            learner_id, before=until, at=day, after=after, limit=first + 1
        )
        pinned = await self._pinned(learner, {card.key.course_id for card in cards})
        shown = page_of(cards, pinned, first=first, day=day, today=today)
        return Page(
            nodes=shown.nodes,
            cursors=shown.cursors,
            has_next=shown.has_next,
            has_previous=start is not None,
            total=due_before(learner, until),
        )

    async def reviews(self, keys: tuple[ReviewKey, ...]) -> tuple[Review | None, ...]:
        """Return reviews by id; None where the learner has none of that id."""
        learners, cards = await asyncio.gather(
            self._learners(key.learner_id for key in keys),
            self._store.cards([key.review_id for key in keys]),
        )
        now = self._clock()
        found: list[Review | None] = []
        for key in keys:
            card, learner = cards.get(key.review_id), learners[key.learner_id]
            if card is None or card.schedule is None or card.learner_id != key.learner_id:
                found.append(None)
                continue
            pinned = await self._pinned(learner, {card.key.course_id})
            found.append(review_of(card, pinned.get(card.key.course_id), today_of(learner, now)))
        return tuple(found)

    async def bookmarks(self, learner_id: str, page: PageArgs) -> Page[Bookmark]:
        """Return a learner's bookmarks, the latest first."""
        first = _first(page)
        learner = (await self._learners((learner_id,)))[learner_id]
        marks = [pair for pair in learner.state.own.bookmarks.items() if pair[1].value is not None]
        marks.sort(key=_place, reverse=True)
        start = _start(page.after)
        rest = [mark for mark in marks if start is None or _place(mark) < start]
        shown = rest[:first]
        pinned = await self._pinned(learner, {_course(name) for name, _ in shown})
        return Page(
            nodes=tuple(_bookmark(name, mark, pinned) for name, mark in shown),
            cursors=tuple(map(_cursor, shown)),
            has_next=len(rest) > first,
            has_previous=len(rest) < len(marks),
            total=len(marks),
        )

    async def _learners(self, ids: Iterable[str]) -> dict[str, LearnerDocument]:
        """Return learners by id in one read; what an older fold made is folded again first."""
        wanted = list(dict.fromkeys(ids))
        found = await self._store.learners(wanted)
        for id_ in wanted:
            learner = found.setdefault(id_, LearnerDocument(learner_id=id_))
            if learner.is_outdated:
                found[id_] = await self._projector.refold(id_)
        return found

    async def _pinned(
        self, learner: LearnerDocument, course_ids: Iterable[str]
    ) -> dict[str, VersionFacts]:
        """Return the facts of the versions that the learner is enrolled in, by course id."""
        hashes = {
            id_: version_hash(learner.courses[id_].enrolment.version_id)
            for id_ in course_ids
            if id_ in learner.courses
        }
        facts = await self._facts.of(hashes.values()) if hashes else {}
        return {id_: facts[hash_] for id_, hash_ in hashes.items() if hash_ in facts}


def _bookmark(name: str, mark: Register, pinned: dict[str, VersionFacts]) -> Bookmark:
    course_id, lesson_key = name.split("/", 1)
    facts = pinned.get(course_id)
    lesson = lesson_keyed(facts, lesson_key) if facts else None
    return Bookmark(
        lesson_id=lesson.id if lesson else mark.value,
        course_id=course_id,
        at=from_millis(mark.order[0]),
    )


def _course(name: str) -> str:
    return name.split("/", 1)[0]


def _place(mark: tuple[str, Register]) -> tuple[int, str]:
    """Return when a bookmark was set, and its id."""
    name, register = mark
    return register.order[0], bookmark_id(name)


def _cursor(mark: tuple[str, Register]) -> str:
    at, id_ = _place(mark)
    return urlsafe_b64encode(f"{at} {id_}".encode()).rstrip(b"=").decode()


def _start(after: str | None) -> tuple[int, str] | None:
    """Return the place after which a page begins; Invalid for what is no cursor of bookmarks."""
    if after is None:
        return None
    try:
        text = urlsafe_b64decode(after.encode() + b"=" * (-len(after) % 4)).decode()
        at, _, id_ = text.partition(" ")
        return int(at), id_
    except (Base64Error, ValueError) as error:
        raise Invalid("after is no cursor of this list.", path=("after",)) from error


def _first(page: PageArgs) -> int:
    if not 1 <= page.first <= MOST:
        raise Invalid(f"first must be 1 to {MOST}.", path=("first",))
    return page.first
