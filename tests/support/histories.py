"""Random histories of a learner: phones apart in clock, zone and version, and the server's part."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from hypothesis import strategies as st

from services.content.contract import Mark, VersionFacts
from services.kit.ids import version_hash
from services.progress.domain.event import DAY_MS, Event, server_event
from services.progress.domain.parsing import parse
from services.progress.domain.stored import Stored, effective_at
from tests.support.library import RIGHT, small_course
from tests.support.phone import START, Phone

FACTS = small_course()
VERSION = version_hash(FACTS.version_id)
NEXT = small_course("v2")
VERSIONS: dict[str, VersionFacts] = {VERSION: FACTS, version_hash(NEXT.version_id): NEXT}
ATTEMPTS = [str(UUID(int=i + 1)) for i in range(3)]
RECEIVED = round(START.timestamp() * 1000) + 30 * DAY_MS
ZONES = (-600, 0, 60, 780)


def read(raw: dict[str, Any]) -> Event:
    """Return a phone's event as the server reads it."""
    event = parse(raw)
    assert isinstance(event, Event), event
    return event


def stored(event: Event, place: tuple[int, int], *, received: int = RECEIVED) -> Stored:
    """Return an event as the log holds it, marked by the library's key."""
    effective, clamped = effective_at(event, received=received, registered=received - 31 * DAY_MS)
    mark = None
    if event.type == "question.answered":
        right = event.body["number"] == RIGHT
        mark = Mark(correct=right, score=float(right), max_score=1.0)
    return Stored(
        event=event,
        place=place,
        received=received,
        effective=effective,
        clamped=clamped,
        mark=mark,
    )


def made(place: tuple[int, int] = (1, 0)) -> Stored:
    """Return the enrolment."""
    event = server_event(str(UUID(int=99)), "enrolment.made", at=START, version=VERSION)
    return stored(event, place)


def released(attempt: str, place: tuple[int, int]) -> Stored:
    """Return the release of an attempt at the exam."""
    body = {"lesson": "exam", "attempt": attempt}
    event = server_event(
        str(UUID(int=100 + place[0])), "attempt.released", at=START, version=VERSION, body=body
    )
    return stored(event, place)


def raised(answer: Event, place: tuple[int, int]) -> Stored:
    """Return the raise of an answer to full points."""
    lesson = FACTS.lessons.get(answer.lesson or "") or NEXT.lessons[answer.lesson or ""]
    body = {
        "lesson": lesson.key,
        "attempt": (answer.body.get("attempt") or "").lower(),
        "answer": answer.id,
        "score": 1.0,
        "correct": True,
    }
    event = server_event(
        str(UUID(int=10_000 + place[0])),
        "grade.raised",
        at=START,
        version=answer.version,
        body=body,
    )
    return stored(event, place)


def of_server(type_: str, body: dict[str, Any], place: tuple[int, int]) -> Stored:
    """Return another event of the server's own."""
    id_ = str(UUID(int=20_000 + place[0]))
    return stored(server_event(id_, type_, at=START, version=VERSION, body=body), place)


LESSONS = ("practice", "reading", "exam")


@st.composite
def histories(draw: st.DrawFn, *, most: int = 40) -> list[Stored]:
    """Draw a log: up to `most` events of three phones over four weeks, and what the server adds."""
    phones = [
        Phone(FACTS, name="a"),
        Phone(FACTS, name="b"),
        Phone(NEXT, name="c"),
    ]
    log = [made()]
    for n in range(2, draw(st.integers(3, most))):
        phone = phones[draw(st.integers(0, 2))]
        minutes = draw(st.integers(0, 60)) * 11 + draw(st.integers(0, 27)) * 1440
        phone.now = START + timedelta(minutes=minutes)
        if draw(st.integers(0, 7)) == 0:
            log.append(_by_server(draw, log, (n, 0)))
            continue
        raw = draw(st.sampled_from(ACTS))(draw, phone)
        raw["tz"] = draw(st.sampled_from(ZONES))
        log.append(stored(read(raw), (n, 0)))
    return log


def _by_server(draw: st.DrawFn, log: list[Stored], place: tuple[int, int]) -> Stored:
    """Draw an event that the server makes."""
    wrong = [one.event for one in log if one.mark is not None and not one.mark.correct]
    kinds = ["release", "waive", "assign", *(["raise"] if wrong else [])]
    match draw(st.sampled_from(kinds)):
        case "release":
            return released(draw(st.sampled_from(ATTEMPTS)), place)
        case "raise":
            return raised(draw(st.sampled_from(wrong)), place)
        case "waive":
            body = {"lesson": draw(st.sampled_from(LESSONS))}
            return of_server("completion.waived", body, place)
    type_ = draw(st.sampled_from(["assignment.made", "assignment.withdrawn"]))
    return of_server(type_, {"assignmentId": "a"}, place)


Act: TypeAlias = Callable[[st.DrawFn, Phone], dict[str, Any]]
"""Draws an event of a phone."""


def _number(draw: st.DrawFn) -> float:
    return draw(st.sampled_from([RIGHT, 7.0]))


def _practise(draw: st.DrawFn, phone: Phone) -> dict[str, Any]:
    raw = phone.answer("practice", draw(st.sampled_from(["q1", "q2"])), _number(draw))
    return {**raw, "body": {**raw["body"], "tooEasy": draw(st.booleans())}}


def _answer(draw: st.DrawFn, phone: Phone) -> dict[str, Any]:
    question = draw(st.sampled_from(["q1", "q2", "q3"]))
    return phone.answer("exam", question, _number(draw), attempt=draw(st.sampled_from(ATTEMPTS)))


def _play(draw: st.DrawFn, phone: Phone) -> dict[str, Any]:
    start = draw(st.integers(0, 30))
    body = {"played": [[start, start + 9.5]], "seconds": 9}
    return _on_block(phone, "media.progressed", body)


def _suspend(draw: st.DrawFn, phone: Phone) -> dict[str, Any]:
    return _on_question(phone, "card.suspended", {"suspended": draw(st.booleans())})


def _flag(draw: st.DrawFn, phone: Phone) -> dict[str, Any]:
    reason = draw(st.sampled_from(["TYPO", "UNCLEAR"]))
    return _on_question(phone, "question.flagged", {"reason": reason})


def _freeze(draw: st.DrawFn, phone: Phone) -> dict[str, Any]:
    day = phone.now.date() + timedelta(days=draw(st.integers(-9, 9)))
    return phone.own("streak.frozen", day=day.isoformat())


def _begin(draw: st.DrawFn, phone: Phone) -> dict[str, Any]:
    body = {"attempt": draw(st.sampled_from(ATTEMPTS))}
    return phone.event("attempt.started", lesson=phone.lesson("exam").id, body=body)


def _on_block(phone: Phone, type_: str, body: dict[str, Any]) -> dict[str, Any]:
    lesson = phone.lesson("practice")
    return phone.event(type_, lesson=lesson.id, block=next(iter(lesson.blocks)), body=body)


def _on_question(phone: Phone, type_: str, body: dict[str, Any]) -> dict[str, Any]:
    lesson = phone.lesson("practice")
    return phone.event(type_, lesson=lesson.id, question=next(iter(lesson.questions)), body=body)


def _lesson(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(LESSONS))


ACTS: list[Act] = [
    _practise,
    _practise,
    _answer,
    _play,
    _suspend,
    _flag,
    _freeze,
    _begin,
    lambda draw, phone: phone.view("practice", "t1", seconds=draw(st.integers(0, 900))),
    lambda draw, phone: phone.done(_lesson(draw)),
    lambda draw, phone: phone.reset(_lesson(draw)),
    lambda draw, phone: phone.review("reading", "t1/c1", draw(st.integers(1, 4))),
    lambda draw, phone: phone.hint("practice", draw(st.sampled_from(["q1", "q2"]))),
    lambda draw, phone: phone.bookmark(_lesson(draw), on=draw(st.booleans())),
    lambda draw, phone: phone.own("goal.set", minutes=20, daysPerWeek=draw(st.integers(1, 7))),
    lambda draw, phone: phone.own(
        "preference.set", name="sound", value=draw(st.sampled_from([None, "loud", 3]))
    ),
    lambda draw, phone: phone.own(
        "consent.changed", name="discoverable", given=draw(st.booleans())
    ),
    lambda _, phone: _on_block(phone, "position.moved", {}),
]
