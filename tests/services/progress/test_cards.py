"""Cards: what schedules, with which grade, and when a card is due."""

from datetime import timedelta
from typing import Any

import pytest

from services.progress.domain import fsrs
from services.progress.domain.cards import (
    CardKey,
    CardState,
    Schedule,
    cards_in,
    fold_card,
    jitter,
    schedule,
)
from tests.support.histories import FACTS, VERSIONS, read, stored
from tests.support.library import RIGHT, small_course
from tests.support.phone import START, Phone

QUESTION = CardKey(FACTS.course_id, "practice", "q1")


def planned(raws: list[dict[str, Any]], key: CardKey = QUESTION) -> Schedule | None:
    log = [stored(read(raw), (n + 1, 0)) for n, raw in enumerate(raws)]
    return schedule(fold_card(CardState(), cards_in(log, VERSIONS)[key], VERSIONS), key)


def first(grade: int) -> float:
    return fsrs.first(grade).stability


def answer(phone: Phone, number: float = RIGHT, **body: Any) -> dict[str, Any]:
    raw = phone.answer("practice", "q1", number)
    return {**raw, "body": {**raw["body"], **body}}


@pytest.mark.parametrize(
    "number, body, hint, grade",
    [
        (7.0, {}, False, fsrs.AGAIN),
        (7.0, {"tooEasy": True}, True, fsrs.AGAIN),
        (RIGHT, {}, True, fsrs.HARD),
        (RIGHT, {}, False, fsrs.GOOD),
        (RIGHT, {"tooEasy": True}, False, fsrs.EASY),
        (RIGHT, {"tooEasy": True}, True, fsrs.HARD),
    ],
)
def test_a_question_is_graded_by_its_mark(
    number: float, body: dict[str, Any], *, hint: bool, grade: int
) -> None:
    """A phone could say how well it knew what it got wrong."""
    phone = Phone(FACTS)
    raws = [phone.hint("practice", "q1")] if hint else []
    plan = planned([*raws, answer(phone, number, **body)])
    assert plan is not None
    assert (plan.stability, plan.algorithm) == (first(grade), "fsrs6@1")


def test_a_hint_after_the_answer_or_on_another_day_changes_no_grade() -> None:
    """Looking a hint up afterwards would punish who was right."""
    phone = Phone(FACTS)
    plan = planned([answer(phone), phone.hint("practice", "q1")])
    assert plan is not None
    assert plan.stability == first(fsrs.GOOD)
    raws = [phone.hint("practice", "q1")]
    phone.now += timedelta(days=1)
    plan = planned([*raws, answer(phone)])
    assert plan is not None
    assert plan.stability == first(fsrs.GOOD)


def test_only_the_first_review_of_a_study_day_schedules() -> None:
    """Drilling a card ten times in an evening would send it away for a year."""
    phone = Phone(FACTS)
    once = planned([answer(phone, 7.0)])
    phone = Phone(FACTS)
    assert planned([answer(phone, 7.0), answer(phone), answer(phone)]) == once


def test_days_between_reviews_are_study_days() -> None:
    """Phone and server would disagree on how much time has passed."""
    phone = Phone(FACTS)
    raws = [answer(phone)]
    phone.now = START + timedelta(days=2)
    raws.append(answer(phone, 7.0))
    plan = planned(raws)
    memory = fsrs.review(fsrs.first(fsrs.GOOD), 2, fsrs.AGAIN)
    assert plan is not None
    assert (plan.stability, plan.difficulty) == (memory.stability, memory.difficulty)
    assert (plan.lapses, plan.reviews) == (1, 2)
    assert plan.due == plan.last_day + memory.interval
    assert plan.retrievability(plan.last_day) == 1.0


def test_a_card_is_the_same_in_every_version() -> None:
    """Publishing a course would start all reviews over."""
    old, new = Phone(FACTS), Phone(small_course("v2"), name="new")
    log = [stored(read(one), (n, 0)) for n, one in enumerate([answer(old), answer(new)])]
    found = cards_in(log, VERSIONS)
    assert list(found) == [QUESTION]
    assert found[QUESTION] == log


def test_assessments_and_graded_questions_make_no_card() -> None:
    """An exam's questions would come back for practice, with their keys."""
    phone = Phone(FACTS)
    exam = phone.answer("exam", "q1", RIGHT, attempt="0d5e8f1c-0000-4000-8000-000000000001")
    assert cards_in([stored(read(exam), (1, 0))], VERSIONS) == {}


def test_a_flashcard_is_graded_by_the_learner() -> None:
    """Nobody else knows what is on the back of it."""
    raw = Phone(FACTS).review("reading", "t1/c1", fsrs.EASY)
    plan = planned([raw], CardKey(FACTS.course_id, "reading", "t1/c1"))
    assert plan is not None
    assert plan.stability == first(fsrs.EASY)


def test_jitter_spreads_by_five_percent_at_most() -> None:
    """Cards learned together would come back together for ever."""
    keys = [CardKey("crs_x", "lesson", f"q{i}") for i in range(200)]
    spread = {jitter(100, key) for key in keys}
    assert (min(spread) >= -5, max(spread) <= 5, len(spread) > 5) == (True, True, True)
    assert {jitter(19, key) for key in keys} == {0}
    assert [jitter(100, key) for key in keys] == [jitter(100, key) for key in keys]
