"""Cells of a CSV file that no spreadsheet takes for a formula."""

OPENINGS = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - spreadsheets read full-width signs alike
"""What a formula may begin with (OWASP, CSV Injection)."""


def safe(text: str) -> str:
    """Return a text as it is, or behind an apostrophe where it could run as a formula."""
    return f"'{text}" if text.lstrip(" \u00a0")[:1] in OPENINGS else text
