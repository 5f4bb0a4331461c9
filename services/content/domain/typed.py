"""Typed text: how it is compared."""

import unicodedata
from collections.abc import Iterable


def fold(text: str, *, case_sensitive: bool) -> str:
    """Return a text as it is compared: NFC, single blanks, case folded unless minded."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return plain if case_sensitive else unicodedata.normalize("NFC", plain.casefold())


def accepts(accepted: Iterable[str], text: str, *, case_sensitive: bool) -> bool:
    """Return whether a typed text is among those accepted."""
    typed = fold(text, case_sensitive=case_sensitive)
    return any(typed == fold(right, case_sensitive=case_sensitive) for right in accepted)
