"""Reading the fields of an event, and its canonical bytes."""

from collections.abc import Iterable

import rfc8785

from services.kit.records import Json
from services.progress.domain.event_types.shape import EventType, Field
from services.progress.domain.rules import Bad

MAX_DEPTH = 32


def read_canonical(raw: Json) -> bytes:
    """Return the RFC 8785 bytes of an event."""
    if _too_deep(raw):
        raise Bad(f"The event nests deeper than {MAX_DEPTH}.")
    try:
        return rfc8785.dumps(raw)
    except (rfc8785.CanonicalizationError, UnicodeError, TypeError) as error:
        raise Bad(
            "The event has no canonical JSON (RFC 8785): numbers must be finite, "
            "integers below 2^53, and text whole Unicode."
        ) from error


def _too_deep(raw: Json) -> bool:
    """Walk without recursion, so that depth costs no stack."""
    level = [raw]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def read_fields(
    given: dict[str, Json], fields: Iterable[Field], *, inside: str = ""
) -> dict[str, Json]:
    """Return the fields of an object by name, None for one that is left out or null."""
    return {
        field.name: None
        if (value := given.get(field.name)) is None and not field.required
        else field.rule.read(value, inside + field.name)
        for field in fields
    }


def check_type(kind: EventType, ref: dict[str, Json], body: dict[str, Json]) -> None:
    """Check what an event of a known type needs."""
    for name in kind.ref:
        if ref[name] is None:
            raise Bad(f"ref.{name} is missing: {kind.name} needs it.")
    if kind.one_ref and sum(ref[name] is not None for name in kind.one_ref) != 1:
        raise Bad(f"ref must hold exactly one of {', '.join(kind.one_ref)}.")
    read_fields(body, kind.body, inside="body.")
    if kind.one_of:
        given = [field for field in kind.one_of if body.get(field.name) is not None]
        if len(given) != 1:
            names = ", ".join(field.name for field in kind.one_of)
            raise Bad(f"body must hold exactly one of {names}.")
        read_fields(body, given, inside="body.")
