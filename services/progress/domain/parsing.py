"""Parsing what a phone sends: each event is read strictly and alone.

Whatever arrives gives either an Event or a Refusal, so that no event can harm its neighbours.
"""

from services.kit.records import Json
from services.progress.domain.event import Event, Refusal
from services.progress.domain.event_types import EVENT_TYPES
from services.progress.domain.event_types.shape import EVENT, REF, SEQ, UUID
from services.progress.domain.fields import check_type, read_canonical, read_fields
from services.progress.domain.rules import Bad


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
    read = read_fields(raw, EVENT)
    body = read["body"] or {}
    ref = read_fields(read["ref"] or {}, REF, inside="ref.")
    if kind := EVENT_TYPES.get(read["type"]):
        check_type(kind, ref, body)
    return Event(
        id=read["id"],
        type=read["type"],
        device=read["device"],
        seq=read["seq"],
        at=read["at"],
        offset=read["offset"],
        tz=read["tz"],
        version=ref["version"],
        lesson=ref["lesson"],
        block=ref["block"],
        question=ref["question"],
        card=ref["card"],
        body=body,
        canonical=canonical,
    )


def _remember(raw: dict[str, Json], seen: dict[str, str | int]) -> None:
    """Note id, device and seq where they can be read.

    So that a refusal answers for the right event.
    """
    for name, rule in (("id", UUID), ("device", UUID), ("seq", SEQ)):
        try:
            seen[name] = rule.read(raw.get(name), name)
        except Bad:
            continue
