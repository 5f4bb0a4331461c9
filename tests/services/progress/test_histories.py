"""Random histories: state is a function of the set of stored events, however they are taken in."""

import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kit.ids import Kind, new_id
from services.progress.domain.stored import Stored
from services.progress.use_cases.folding import (
    History,
    are_late,
    by_course,
    cards_after,
    course_after,
    course_state,
    learner_after,
    with_courses,
)
from services.progress.use_cases.store import (
    CardDocument,
    CourseDocument,
    LearnerDocument,
    LogDocument,
)
from tests.support.histories import FACTS, VERSIONS, histories, made, raised, read, stored
from tests.support.library import SKILL
from tests.support.phone import Phone

LEARNER = new_id(Kind.LEARNER)
ENCODER = msgspec.msgpack.Encoder(order="deterministic")
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
THOUSAND = settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Kept:
    """The state documents of a learner, taken further batch by batch as the projector does it."""

    def __init__(self) -> None:
        self.learner = LearnerDocument(learner_id=LEARNER)
        self.course = CourseDocument(id="enr", learner_id=LEARNER, course_id=FACTS.course_id)
        self.cards: dict[str, CardDocument] = {}
        self.log: list[Stored] = []
        self.refolds = 0

    def take(self, events: list[Stored]) -> None:
        """Take a document of the log in, its events in any order, without those that are in."""
        known = {one.event.id for one in self.log}
        fresh = {one.event.id: one for one in events if one.event.id not in known}
        batch = list(fresh.values())
        self.log += batch
        courses = {FACTS.course_id: self.course}
        past = History()
        if are_late(self.learner, courses, batch, VERSIONS):
            self.refolds += 1
            past = History(events=tuple(self.log), versions=VERSIONS)
        n = self.learner.through + 1
        document = LogDocument(learner_id=LEARNER, n=n, received=0, events=tuple(batch))
        learner = learner_after(self.learner, [document], VERSIONS, past)
        for card in cards_after(LEARNER, self.cards, batch, VERSIONS, through=n):
            self.cards[card.id] = card
        own = by_course(batch, VERSIONS).get(FACTS.course_id, [])
        state = course_state(self.course.state, FACTS.course_id, own, VERSIONS, past)
        self.course = course_after(self.course, state, FACTS, through=n)
        self.learner = with_courses(learner, {FACTS.course_id: self.course})

    @property
    def state(self) -> bytes:
        """All that is kept, but for the numbers of the log at which it came about."""
        cards = sorted(self.cards.items())
        return ENCODER.encode(
            [
                self.learner.state,
                self.learner.courses,
                self.course.state,
                self.course.view,
                self.course.proven,
                [(id_, card.state, card.schedule) for id_, card in cards],
            ]
        )


def taken(batches: list[list[Stored]]) -> Kept:
    kept = Kept()
    for batch in batches:
        kept.take(batch)
    return kept


def check(log: list[Stored], rng: random.Random, parts: int) -> Kept:
    """Assert that a history folds alike whole, in its own order, and mixed, repeated and split."""
    whole = taken([log])
    one_by_one = taken([[one] for one in log])
    mixed = [*log, *rng.choices(log, k=len(log) // 2)]
    rng.shuffle(mixed)
    split = taken([mixed[part::parts] for part in range(parts)])
    assert one_by_one.state == whole.state
    assert split.state == whole.state
    return one_by_one


@QUICK
@given(histories(), st.randoms(use_true_random=False), st.integers(1, 7))
def test_any_order_repetition_and_split_gives_the_same_bytes(
    log: list[Stored], rng: random.Random, parts: int
) -> None:
    """Two phones, two processes or a refold would show different progress."""
    check(log, rng, parts)


@pytest.mark.slow
@THOUSAND
@given(histories(most=80), st.randoms(use_true_random=False), st.integers(1, 9))
def test_a_thousand_histories(log: list[Stored], rng: random.Random, parts: int) -> None:
    """What only a rare mix of events brings out would stay unseen."""
    check(log, rng, parts)


def test_what_comes_in_order_needs_no_refold() -> None:
    """Every sync would read the whole log again."""
    phone = Phone(FACTS)
    raws = [*phone.study("practice"), phone.reset("practice"), *phone.study("practice")]
    log = [made(), *(stored(read(raw), (n + 2, 0)) for n, raw in enumerate(raws))]
    assert taken([[one] for one in log]).refolds == 0


def test_a_raise_that_is_taken_in_before_its_answer_counts() -> None:
    """A skill would depend on which of two documents a process read first."""
    phone = Phone(FACTS)
    answer = stored(read(phone.answer("practice", "q1", 7.0)), (2, 0))
    raise_ = raised(answer.event, (3, 0))
    [late] = taken([[made()], [raise_], [answer]]).learner.state.own.skills.values()
    assert (late.answers, late.mastery) == (1, 1.0)
    assert taken([[made(), answer, raise_]]).learner.state.own.skills == {SKILL: late}
