"""Answers after `=`: a number with its tolerance, or texts that are accepted."""

import re
from decimal import Decimal

from services.content.domain.native.pieces import Answer, Number
from services.content.domain.native.report import Report

_DIGITS = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?"
_NUMBER = re.compile(
    rf"(?P<number>{_DIGITS})"
    rf"(?:\s*(?:\+-|\+/-|±)\s*(?P<tolerance>{_DIGITS})|\s*~\s*(?P<share>{_DIGITS})\s*%)?"
    r"(?:\s*(?P<percent>%)|\s+(?P<unit>\S.*))?"
)
MAX_NUMBER = 1e15
"""Up to here a double, and so every phone, holds each whole number."""
_BAR = re.compile(r"(?<!\\)\|")
_COMMA = re.compile(r"[+-]?\d+,\d+\b")


def read_answer(line: int, text: str, *, file: str, report: Report) -> Number | Answer:
    """Return what a line beginning with `=` accepts; `==` minds case and is never a number."""
    marks = len(text) - len(text.lstrip("="))
    body = text[marks:].strip()
    number = _NUMBER.fullmatch(body)
    if marks == 1 and number is not None and "|" not in body:
        return _number(line, number, file=file, report=report)
    if marks == 1 and _COMMA.match(body):
        report.add(file, line, "a number is written with a point, as in `= 12.5 +- 0.5 %`")
    accepted = tuple(dict.fromkeys(filter(None, alternatives(body))))
    if not accepted:
        report.add(
            file, line, "an answer is needed after `=`, as in `= spoofing | sender spoofing`"
        )
    return Answer(line=line, accepted=accepted, case_sensitive=marks == 2)  # noqa: PLR2004 - `==`


def alternatives(text: str) -> list[str]:
    """Return what stands between the bars of a text; one behind a backslash is a plain bar."""
    return [part.strip().replace("\\|", "|") for part in _BAR.split(text)]


def _number(line: int, match: re.Match[str], *, file: str, report: Report) -> Number:
    number, tolerance = float(match["number"]), float(match["tolerance"] or 0)
    if match["share"]:
        tolerance = float(abs(Decimal(match["number"])) * Decimal(match["share"]) / 100)
    if not 0 <= tolerance <= MAX_NUMBER or abs(number) > MAX_NUMBER:
        report.add(file, line, "numbers go up to 1e15, and a tolerance is not negative")
    unit = match["percent"] or match["unit"]
    return Number(line=line, number=number, tolerance=tolerance, unit=unit)
