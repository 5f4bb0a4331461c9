"""What progress keeps: the log of a learner, and the projections made from it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from services.kit.records import OutboxEntry, Record
from services.progress.contract import ChangeKind, DayKey, Enrolment, Known, Notice
from services.progress.domain.ages import Ages
from services.progress.domain.cards import CardKey, CardState, Schedule
from services.progress.domain.closing import CLOSED, erased_entry, is_tombstone
from services.progress.domain.course import CourseState
from services.progress.domain.event import Event
from services.progress.domain.health import Contribution
from services.progress.domain.kinds import kinds_of
from services.progress.domain.learner import LearnerState
from services.progress.domain.skills import Skills
from services.progress.domain.stored import Stored

FOLD = 4
"""Version of the fold: raised when the same events come to mean something else.

State documents of an older one are folded again when they are next looked at.
"""


class LogDocument(Record):
    """One submission as the log holds it: one document, durable or not there at all."""

    learner_id: str
    n: int
    """1, 2, 3, ... without gaps."""
    received: int
    """Server time, ms."""
    events: tuple[Stored, ...] = ()
    refused: tuple[tuple[str, int], ...] = ()
    """(device, seq) of refused events: they count as received."""
    told: tuple[OutboxEntry, ...] = ()
    """What it tells other services, besides an erasure."""

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """Return which kinds of a phone's records it may change."""
        return kinds_of(stored.event for stored in self.events)

    @property
    def closes(self) -> bool:
        """Return whether it is the last of its log, after which work is left to do."""
        return any(stored.event.type == CLOSED for stored in self.events)

    @property
    def is_tombstone(self) -> bool:
        """Return whether it is what stays of an erased learner."""
        return is_tombstone(stored.event for stored in self.events)

    @property
    def entries(self) -> tuple[OutboxEntry, ...]:
        """Return what it tells other services: of an erasure that, and nothing else."""
        return (erased_entry(self.learner_id),) if self.is_tombstone else self.told


class CourseSummary(Record):
    """What the learner's document holds of a course: what Home shows of it."""

    enrolment: Enrolment
    """Without its lessons."""
    active: int
    """When the server last received something of it, ms."""
    proven: Skills = {}
    """What its assessments say of skills."""


class LearnerDocument(Record):
    """The learner as a whole, as of `through`: all that Home needs, in one read."""

    learner_id: str
    through: int = 0
    """Number of the last log document that is in."""
    fold: int = 1
    """Version of the fold that made it."""
    state: LearnerState = LearnerState()
    courses: Mapping[str, CourseSummary] = {}
    """By course id."""
    due: tuple[tuple[int, int], ...] = ()
    """(study day, cards that fall due on it), ascending; without suspended ones."""
    stamps: Mapping[str, int] = {}
    """`kind id` of a record to the log number at which it last changed."""
    ages: Ages = ()

    @property
    def is_outdated(self) -> bool:
        """Return whether an older fold made it."""
        return self.through > 0 and self.fold < FOLD

    @property
    def is_idle_guest(self) -> bool:
        """Return whether it is a guest of whom no device has sent an event."""
        state = self.state
        values = state.profile.values if state.profile else {}
        return bool(values.get("isGuest")) and not state.devices and state.closed_to is None


class CourseDocument(Record):
    """One learner in one course, as of `through`."""

    id: str
    """Enrolment id."""
    learner_id: str
    course_id: str
    through: int = 0
    fold: int = 1
    """Version of the fold that made it."""
    state: CourseState = CourseState()
    view: Enrolment | None = None
    stamps: Mapping[str, int] = {}
    """`kind id` of a record to the log number at which it last changed."""
    proven: Skills = {}
    """What its assessments say of skills."""
    awarded: tuple[str, ...] = ()
    """Achievements asked for: `id version`."""
    counted: Contribution = Contribution()
    """What it adds to the counts of its questions: the entries of its outbox carry it there."""
    missed: tuple[str, ...] = ()
    """Questions answered with less than all points, `lesson key/question key`."""

    @property
    def is_outdated(self) -> bool:
        """Return whether an older fold made it."""
        return self.fold < FOLD


class CardDocument(Record):
    """One learner's card, as of `through`: a document each, for a learner may have thousands."""

    id: str
    """Review id."""
    learner_id: str
    key: CardKey
    through: int = 0
    changed: int = 0
    """The log number at which its record last changed."""
    state: CardState = CardState()
    schedule: Schedule | None = None
    """None before the first review."""

    @property
    def due(self) -> int | None:
        """Return the study day on which it is due; None while it is not to come."""
        return None if self.schedule is None or self.state.suspended else self.schedule.due


class Risk(NamedTuple):
    """A card's place among those that are due: least sure first, then longest unseen.

    What grows as the chance of recall falls is the share of the stability that has passed.
    """

    passed: float
    """Study days since the last review over the stability."""
    seen: int
    """When it was last met, ms."""
    id: str

    @property
    def order(self) -> tuple[float, int, str]:
        """Return what sorts ascending."""
        return (-self.passed, self.seen, self.id)


def risk(card: CardDocument, day: int) -> Risk:
    """Return the place of a reviewed card on a study day."""
    plan, met = card.schedule, card.state.met
    passed = max(0, day - plan.last_day) / plan.stability if plan else 0.0
    return Risk(passed=passed, seen=met.order[0] if met else 0, id=card.id)


class Clash(Exception):
    """An append met what is there: the number is taken, or one of the events is stored already."""


class Store(Protocol):
    """The database of progress.

    Numbers have no gaps, and no reader passes one that is not committed.
    """

    async def append_all(self, documents: Sequence[LogDocument]) -> frozenset[int]:
        """Make submissions durable (majority), each whole or not at all.

        Return the positions of those whose number or one of whose events is taken.
        """

    async def log_after(self, learner_id: str, n: int) -> list[LogDocument]:
        """Return the documents after number `n`, ascending."""

    async def stored(self, learner_id: str, event_ids: list[str]) -> dict[str, Stored]:
        """Return which of these events are stored, by id."""

    async def events_of_days(self, keys: Collection[DayKey]) -> list[tuple[str, Event]]:
        """Return (learner, event) of what was stored together with some event of these days."""

    async def settle(self, learner_id: str, through: int) -> None:
        """Note that documents up to `through` are projected."""

    async def lease_pending(self, *, after: float, lasts: float) -> list[str]:
        """Lease documents that have waited for their projection, and return their learners.

        A document is noted when it is first seen and leased `after` seconds later, for `lasts`
        seconds; all by the server's clock.
        """

    async def heads(self, ids: list[str]) -> dict[str, int]:
        """Return up to which log number learners are projected; 0 for one that is not there."""

    async def notices(self, known: list[Known]) -> dict[str, tuple[Notice, ...]]:
        """Return by learner the submissions after a log number that stored an event, ascending."""

    async def learners(self, ids: list[str]) -> dict[str, LearnerDocument]:
        """Return learner documents by id."""

    async def save_learner(self, document: LearnerDocument, *, expected: int) -> bool:
        """Put a learner document in the place of the one at `through == expected` (0: none).

        False if it moved on.
        """

    async def cards(self, ids: list[str]) -> dict[str, CardDocument]:
        """Return cards by review id."""

    async def cards_changed(
        self, learner_id: str, *, after: tuple[int, str], limit: int
    ) -> list[CardDocument]:
        """Return reviewed cards whose (changed, id) is after a place, in that order."""

    async def cards_of(self, learner_id: str) -> list[CardDocument]:
        """Return all cards of a learner, in no order."""

    async def save_cards(self, documents: Sequence[CardDocument]) -> None:
        """Put cards in the place of those that are not beyond them."""

    async def due(self, learner_id: str) -> tuple[tuple[int, int], ...]:
        """Return (study day, cards that fall due on it), ascending."""

    async def count_learners(self) -> int:
        """Return how many learners have a log."""

    async def due_cards(
        self, learner_id: str, *, before: int, at: int, after: Risk | None, limit: int
    ) -> list[CardDocument]:
        """Return cards due before a study day, in the order of their `risk` on the day `at`."""

    async def learner_ids(self, *, after: str, limit: int) -> list[str]:
        """Return ids of learners that have a log, ascending."""

    async def courses(self, ids: list[str]) -> dict[str, CourseDocument]:
        """Return course documents by enrolment id."""

    async def courses_of(self, learner_id: str, *, changed_after: int = -1) -> list[CourseDocument]:
        """Return a learner's courses with a change after a log number, last active first."""

    async def retire(self, learner_id: str) -> None:
        """Take a closed guest's courses out of what is counted over a whole course."""

    async def save_course(
        self, document: CourseDocument, *, expected: int, entries: tuple[OutboxEntry, ...]
    ) -> bool:
        """Put a course document in the place of the one at `expected`, with outbox entries.

        Document and entries are one write; False where the document moved on.
        """
