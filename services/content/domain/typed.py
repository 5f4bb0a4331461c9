"""Typed texts and numbers: how they are compared."""

import math
import unicodedata
from collections.abc import Iterable
from decimal import Decimal


def fold(text: str, *, case_sensitive: bool) -> str:
    """Return a text as it is compared: NFC, single blanks, case folded unless minded."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return plain if case_sensitive else unicodedata.normalize("NFC", plain.casefold())


def accepts(accepted: Iterable[str], text: str, *, case_sensitive: bool) -> bool:
    """Return whether a typed text is among those accepted."""
    typed = fold(text, case_sensitive=case_sensitive)
    return any(typed == fold(right, case_sensitive=case_sensitive) for right in accepted)


def is_near(number: float, right: float, tolerance: float = 0.0) -> bool:
    """Return whether a number is within a tolerance of the right one, bound included.

    Reckoned in the decimals that people wrote; 4 units in the last place are rounding of a phone.
    """
    distance = abs(_decimal(number) - _decimal(right))
    noise = Decimal(math.ulp(max(abs(number), abs(right)))) * 4
    return distance <= _decimal(tolerance) + noise


def _decimal(number: float) -> Decimal:
    return Decimal(repr(float(number)))
