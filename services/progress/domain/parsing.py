"""Parsing what a phone sends: each event is read strictly and alone.

Whatever arrives gives either an Event or a Refusal, so that no event can harm its neighbours.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

from services.kit.records import Json
from services.progress.domain.event import Event, Refusal
from services.progress.domain.fields import (
    MAX_SEQ,
    Bad,
    read_canonical,
    read_instant,
    read_object,
    read_offset,
    read_text,
    read_type,
    read_uuid,
    read_version,
    read_whole,
)

MAX_SECONDS = 86_400
MAX_PARTS = 200
"""Choices, pairs or texts in one response."""
PAIR = 2
RESPONSES = ("choiceIds", "pairs", "texts", "number")


def parse(raw: Json) -> Event | Refusal:
    """Read one event of a push; a Refusal names the field at fault and what is allowed."""
    seen: dict[str, str | int] = {}
    try:
        return _parse(raw, seen)
    except Bad as bad:
        return Refusal(code=bad.code, message=bad.message, **seen)  # type: ignore[arg-type]  # keys are id, device, seq


def _parse(raw: Json, seen: dict[str, str | int]) -> Event:
    if not isinstance(raw, dict):
        raise Bad("An event is a JSON object.")
    _remember(raw, seen)
    canonical = read_canonical(raw)
    id_ = read_uuid(raw.get("id"), "id")
    type_ = read_type(raw.get("type"))
    read_whole(raw.get("v"), "v", 1, 1000)
    ref = read_object(raw.get("ref", {}), "ref")
    body = read_object(raw.get("body", {}), "body")
    event = Event(
        id=id_,
        type=type_,
        device=read_uuid(raw.get("device"), "device"),
        seq=read_whole(raw.get("seq"), "seq", 1, MAX_SEQ),
        at=read_instant(raw.get("at")),
        offset=read_offset(raw.get("offset")),
        version=read_version(ref.get("version")),
        lesson=read_text(ref.get("lesson"), "ref.lesson"),
        block=read_text(ref.get("block"), "ref.block"),
        question=read_text(ref.get("question"), "ref.question"),
        body=body,
        canonical=canonical,
    )
    if check := _CHECKS.get(type_):
        check(event)
    return event


def _remember(raw: dict[str, Json], seen: dict[str, str | int]) -> None:
    """Note id, device and seq where they can be read.

    So that a refusal answers for the right event.
    """
    for name in ("id", "device"):
        try:
            seen[name] = read_uuid(raw.get(name), name)
        except Bad:
            continue
    try:
        seen["seq"] = read_whole(raw.get("seq"), "seq", 1, MAX_SEQ)
    except Bad:
        return


# ---------------------------------------------------------------- rules of each known type

Check: TypeAlias = Callable[[Event], None]


def _needs(*fields: str) -> Check:
    def check(event: Event) -> None:
        for field in fields:
            if getattr(event, field) is None:
                raise Bad(f"ref.{field} is missing: {event.type} needs it.")

    return check


def _viewed(event: Event) -> None:
    _needs("version", "lesson", "block")(event)
    _seconds(event)


def _answered(event: Event) -> None:
    _needs("version", "lesson", "question")(event)
    _seconds(event)
    if event.body.get("attempt") is not None:
        read_uuid(event.body["attempt"], "body.attempt")
    given = [name for name in RESPONSES if event.body.get(name) is not None]
    if len(given) != 1:
        raise Bad("body must hold exactly one of choiceIds, pairs, texts, number.")
    _RESPONSE_CHECKS[given[0]](event.body[given[0]])


def _submitted(event: Event) -> None:
    _needs("version", "lesson")(event)
    read_uuid(event.body.get("attempt"), "body.attempt")


def _seconds(event: Event) -> None:
    value = event.body.get("seconds")
    if value is None:
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 <= value <= MAX_SECONDS:
        raise Bad(f"body.seconds must be a number from 0 to {MAX_SECONDS}.")


def _is_texts(value: Json) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_PARTS
        and all(isinstance(item, str) for item in value)
    )


def _check_choices(value: Json) -> None:
    if not _is_texts(value):
        raise Bad("body.choiceIds must be a list of choice ids.")


def _check_texts(value: Json) -> None:
    if not _is_texts(value):
        raise Bad("body.texts must be a list of texts, one a gap in order.")


def _check_pairs(value: Json) -> None:
    if not isinstance(value, list) or not all(
        _is_texts(pair) and len(pair) == PAIR for pair in value
    ):
        raise Bad("body.pairs must be a list of [source id, target id].")


def _check_number(value: Json) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Bad("body.number must be a number.")


_RESPONSE_CHECKS: dict[str, Callable[[Json], None]] = {
    "choiceIds": _check_choices,
    "pairs": _check_pairs,
    "texts": _check_texts,
    "number": _check_number,
}
_CHECKS: dict[str, Check] = {
    "lesson.started": _needs("version", "lesson"),
    "lesson.completed": _needs("version", "lesson"),
    "position.moved": _needs("version", "lesson", "block"),
    "block.viewed": _viewed,
    "question.answered": _answered,
    "attempt.submitted": _submitted,
}
