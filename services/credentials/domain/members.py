"""Reading JSON that anybody wrote: what is not there, or is something else, counts as empty."""

from collections.abc import Mapping

from services.kit.records import Json


def member(value: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """Return an object inside an object."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def text(value: Mapping[str, Json], name: str) -> str | None:
    """Return a text inside an object."""
    found = value.get(name)
    return found if isinstance(found, str) else None


def many(value: Json) -> list[Json]:
    """Return a list, of one for a single value: JSON-LD may write it without brackets."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: Json) -> list[dict[str, Json]]:
    """Return the objects of a list, or of a single value."""
    return [item for item in many(value) if isinstance(item, dict)]
