"""The fold of a course.

Any order, repetition and split of the same stored events gives the same state.
"""

import random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.content.contract import Mark, VersionFacts
from services.kit.ids import version_hash
from services.progress.domain.course import CourseState, fold
from services.progress.domain.event import Event, server_event
from services.progress.domain.parsing import parse
from services.progress.domain.stored import Stored, effective_at
from services.progress.use_cases.view import award_due, enrolment_of
from tests.support.library import RIGHT, small_course
from tests.support.phone import START, Phone

FACTS = small_course()
VERSION = version_hash(FACTS.version_id)
VERSIONS = {VERSION: FACTS}
ATTEMPTS = [str(UUID(int=i + 1)) for i in range(3)]
RECEIVED = round(START.timestamp() * 1000) + 3_600_000


def read(raw: dict[str, Any]) -> Event:
    event = parse(raw)
    assert isinstance(event, Event)
    return event


def stored(event: Event, place: tuple[int, int]) -> Stored:
    effective, clamped = effective_at(event, received=RECEIVED, registered=RECEIVED)
    mark = None
    if event.type == "question.answered":
        right = event.body["number"] == RIGHT
        mark = Mark(correct=right, score=float(right), max_score=1.0)
    return Stored(
        event=event,
        place=place,
        received=RECEIVED,
        effective=effective,
        clamped=clamped,
        mark=mark,
    )


def made(place: tuple[int, int]) -> Stored:
    event = server_event(str(UUID(int=99)), "enrolment.made", at=START, version=VERSION)
    return stored(event, place)


def released(attempt: str, place: tuple[int, int]) -> Stored:
    body = {"lesson": "exam", "attempt": attempt}
    event = server_event(
        str(UUID(int=100 + place[0])),
        "attempt.released",
        at=START,
        version=VERSION,
        body=body,
    )
    return stored(event, place)


def raised(answer: Stored, score: float, place: tuple[int, int]) -> Stored:
    """Return what a corrected key gives an answer; it may stand before the answer in the log."""
    body = {
        "lesson": "exam",
        "question": "q1",
        "attempt": answer.event.body.get("attempt", ""),
        "answer": answer.event.id,
        "score": score,
        "correct": score == 1.0,
    }
    event_id = str(UUID(int=1000 + place[0]))
    return stored(
        server_event(event_id, "grade.raised", at=START, version=VERSION, body=body), place
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Stored]:
    """Draw a learner's log: events of two phones with clocks apart, releases in between."""
    phones = [Phone(FACTS, name="a"), Phone(FACTS, name="b")]
    log = [made((1, 0))]
    for n in range(2, draw(st.integers(3, 30))):
        phone = phones[draw(st.integers(0, 1))]
        kind = draw(st.sampled_from(["view", "answer", "exam", "done", "release", "move", "raise"]))
        if kind == "release":
            log.append(released(draw(st.sampled_from(ATTEMPTS)), (n, 0)))
            continue
        if kind == "raise":
            score = draw(st.sampled_from([0.0, 0.5, 1.0]))
            log.append(raised(draw(st.sampled_from(log)), score, (n, 0)))
            continue
        phone.now = START.replace(minute=draw(st.integers(0, 59)), second=draw(st.integers(0, 3)))
        number = draw(st.sampled_from([RIGHT, 7.0]))
        if kind == "view":
            raw = phone.view("practice", "t1", seconds=draw(st.integers(0, 900)))
        elif kind == "answer":
            raw = phone.answer("practice", draw(st.sampled_from(["q1", "q2"])), number)
        elif kind == "exam":
            question = draw(st.sampled_from(["q1", "q2", "q3", "q4"]))
            raw = phone.answer("exam", question, number, attempt=draw(st.sampled_from(ATTEMPTS)))
        elif kind == "done":
            raw = phone.done(draw(st.sampled_from(["practice", "reading", "exam"])))
        else:
            raw = phone.event(
                "position.moved",
                lesson=phone.lesson("reading").id,
                block=next(iter(phone.lesson("reading").blocks)),
            )
        log.append(stored(read(raw), (n, 0)))
    return log


@given(histories(), st.randoms(use_true_random=False), st.integers(1, 7))
def test_order_repetition_and_splits_do_not_matter(
    log: list[Stored], rng: random.Random, parts: int
) -> None:
    """Two phones of one learner, or two processes, would show different progress."""
    # given the log folded in its own order
    expected = fold(CourseState(), log, VERSIONS)
    # when it is folded shuffled, with repeats, in parts
    shuffled = [*log, *rng.choices(log, k=len(log) // 2)]
    rng.shuffle(shuffled)
    state = CourseState()
    for part in range(parts):
        state = fold(state, shuffled[part::parts], VERSIONS)
    # then nothing tells the difference, and neither does what is shown
    assert state == expected
    assert view(state) == view(expected)


def view(state: CourseState, facts: VersionFacts = FACTS) -> Any:
    return enrolment_of(state, facts, enrolment_id="enr_x", learner_id="lrn_x")


@given(histories())
def test_a_raised_grade_never_lowers_anything(log: list[Stored]) -> None:
    """Publishing a corrected key would cost somebody a score, or a completion."""
    without = [one for one in log if one.event.type != "grade.raised"]
    before, after = (view(fold(CourseState(), some, VERSIONS)) for some in (without, log))
    assert (after.status, after.completed_at) == (before.status, before.completed_at)
    assert (after.score or 0.0) >= (before.score or 0.0)
    for old, new in zip(before.lessons, after.lessons, strict=True):
        assert (new.best_score or 0.0) >= (old.best_score or 0.0)
        assert not old.passed or new.passed


def log_of(raws: list[dict[str, Any]], *, n: int = 2) -> list[Stored]:
    return [stored(read(raw), (n, i)) for i, raw in enumerate(raws)]


def test_a_lesson_is_completed_when_all_was_viewed_answered_and_claimed() -> None:
    """A lesson would count as done although half of it was never opened."""
    phone = Phone(FACTS)
    raws = phone.study("practice")
    # given everything but one block view
    missing = [raw for raw in raws if raw["type"] != "block.viewed"]
    state = fold(CourseState(), [made((1, 0)), *log_of(missing)], VERSIONS)
    # then it is only started: t1 was never viewed
    assert view(state).lessons[0].status == "STARTED"
    assert view(state).percent == 0.0
    # when the rest arrives, late
    state = fold(state, log_of(raws, n=3), VERSIONS)
    # then it is completed, as of the last of the moments that it needed
    lesson = view(state).lessons[0]
    assert lesson.status == "COMPLETED"
    assert lesson.completed_at == phone.now
    assert view(state).percent == 33.3
    assert lesson.best_score == 1.0


def test_an_assessment_counts_what_was_stored_before_its_release() -> None:
    """A learner could mend an answer after having seen the marks."""
    phone = Phone(FACTS)
    before = [phone.answer("exam", f"q{i}", RIGHT, attempt=ATTEMPTS[0]) for i in (1, 2)]
    after = [phone.answer("exam", f"q{i}", RIGHT, attempt=ATTEMPTS[0]) for i in (3, 4)]
    state = fold(
        CourseState(),
        [made((1, 0)), *log_of(before), released(ATTEMPTS[0], (3, 0)), *log_of(after, n=4)],
        VERSIONS,
    )
    exam = view(state).lessons[2]
    assert (exam.best_score, exam.passed, exam.attempts, exam.attempts_left) == (0.5, False, 1, 1)


def test_attempts_over_the_limit_do_not_count() -> None:
    """Anybody would pass by trying often enough."""
    phone = Phone(FACTS)
    log = [made((1, 0))]
    for i, attempt in enumerate(ATTEMPTS):
        number = RIGHT if i == 2 else 7.0
        raws = [phone.answer("exam", "q1", number, attempt=attempt)]
        log += [*log_of(raws, n=2 + 2 * i), released(attempt, (3 + 2 * i, 0))]
    exam = view(fold(CourseState(), log, VERSIONS)).lessons[2]
    assert (exam.attempts, exam.attempts_left, exam.best_score) == (2, 0, 0.0)


def test_nothing_is_due_before_the_course_is_complete_and_passed() -> None:
    """A credential would be issued for half a course, or for a failed one."""
    phone = Phone(FACTS)
    lessons = [*phone.study("practice"), *phone.study("reading")]
    exam = phone.study("exam", attempt=ATTEMPTS[0])
    failed = phone.study("exam", number=7.0, attempt=ATTEMPTS[1])
    start = [made((1, 0)), *log_of(lessons)]
    passed = [*log_of(exam, n=3), released(ATTEMPTS[0], (4, 0))]
    # given: not complete; complete but failed; complete and passed
    half = view(fold(CourseState(), start, VERSIONS))
    low = view(
        fold(
            CourseState(),
            [*start, *log_of(failed, n=3), released(ATTEMPTS[1], (4, 0))],
            VERSIONS,
        )
    )
    whole = view(fold(CourseState(), [*start, *passed], VERSIONS))
    # then
    assert (half.score, award_due(half, FACTS)) == (None, None)
    assert (low.status, low.score, award_due(low, FACTS)) == ("COMPLETED", 0.0, None)
    assert (whole.status, whole.score, whole.percent) == ("COMPLETED", 1.0, 100.0)
    assert award_due(whole, FACTS) == FACTS.achievement


def test_resume_gives_way_to_the_next_lesson() -> None:
    """The phone would reopen a lesson that is done."""
    phone = Phone(FACTS)
    moved = phone.event(
        "position.moved",
        lesson=phone.lesson("practice").id,
        block=next(iter(phone.lesson("practice").blocks)),
    )
    state = fold(CourseState(), [made((1, 0)), *log_of([moved])], VERSIONS)
    assert view(state).resume.lesson_id == phone.lesson("practice").id
    assert view(state).resume.block_id == next(iter(phone.lesson("practice").blocks))
    state = fold(state, log_of(phone.study("practice"), n=3), VERSIONS)
    assert view(state).resume.lesson_id == phone.lesson("reading").id
    assert view(state).resume.block_id is None


def test_time_spent_is_the_union_over_devices_and_capped() -> None:
    """Two phones open at once, or one left open over night, would inflate the hours."""
    one, two = Phone(FACTS, name="one"), Phone(FACTS, name="two")
    raws = [one.view("practice", "t1", seconds=30), two.view("practice", "t1", seconds=20)]
    state = fold(CourseState(), [made((1, 0)), *log_of(raws)], VERSIONS)
    assert view(state).lessons[0].seconds_spent == 30
    raws = [one.view("practice", "t1", seconds=50_000)]
    state = fold(state, log_of(raws, n=3), VERSIONS)
    assert view(state).lessons[0].seconds_spent == 600
