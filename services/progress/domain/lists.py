"""Rules of fields that hold lists; see `rules`."""

from services.kit.records import Json, Record
from services.progress.domain.rules import Bad

PAIR = 2


class Texts(Record):
    """A list of texts."""

    most: int
    allowed: str

    def read(self, value: Json, field: str) -> list[str]:
        """Return the list."""
        if not _is_texts(value) or len(value) > self.most:
            raise Bad(f"{field} must be {self.allowed}.")
        return value  # type: ignore[no-any-return]  # a JSON value that was just seen to be texts

    def schema(self) -> dict[str, Json]:
        """Return the list."""
        return {"type": "array", "maxItems": self.most, "items": {"type": "string"}}


class Pairs(Record):
    """A list of pairs of texts."""

    most: int
    allowed: str

    def read(self, value: Json, field: str) -> list[list[str]]:
        """Return the list."""
        paired = isinstance(value, list) and len(value) <= self.most
        if not paired or not all(_is_texts(pair) and len(pair) == PAIR for pair in value):
            raise Bad(f"{field} must be {self.allowed}.")
        return value  # type: ignore[no-any-return]  # a JSON value that was just seen to be pairs

    def schema(self) -> dict[str, Json]:
        """Return the list of lists of two."""
        texts = {"type": "array", "minItems": PAIR, "maxItems": PAIR, "items": {"type": "string"}}
        return {"type": "array", "maxItems": self.most, "items": texts}


class Stretches(Record):
    """A list of stretches of a recording: [from, until] in seconds."""

    most: int
    longest: int
    """Where a stretch may end, at most."""

    def read(self, value: Json, field: str) -> list[list[float]]:
        """Return the list."""
        listed = isinstance(value, list) and 1 <= len(value) <= self.most
        if not listed or not all(_is_stretch(one, self.longest) for one in value):
            raise Bad(
                f"{field} must be a list of 1 to {self.most} stretches [from, until], "
                f"in seconds from 0 to {self.longest}."
            )
        return value  # type: ignore[no-any-return]  # a JSON value that was just seen to be numbers

    def schema(self) -> dict[str, Json]:
        """Return the list of lists of two."""
        second = {"type": "number", "minimum": 0, "maximum": self.longest}
        pair = {"type": "array", "minItems": PAIR, "maxItems": PAIR, "items": second}
        return {"type": "array", "minItems": 1, "maxItems": self.most, "items": pair}


def _is_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_stretch(value: Json, longest: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == PAIR
        and all(
            isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= longest
            for one in value
        )
    )
