"""The languages of the pages: their texts, and which one somebody reads."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from starlette.requests import Request

from services.credentials.contract import CheckName, CheckOutcome
from services.kit.records import Record

FOLDER = Path(__file__).with_name("texts")
DEFAULT = "en"


class Texts(Record):
    """Everything on a page that nobody signed, in one language."""

    language: str
    name: str
    """What the language calls itself."""
    months: tuple[str, ...]
    day: str
    """Of {day}, {month} and {year}."""
    decimal: str
    """What stands between the whole and its parts in a figure."""
    said: Mapping[str, str]
    checks: Mapping[CheckName, str]
    """What each check asks, as a question."""
    outcomes: Mapping[CheckOutcome, str]

    def date(self, moment: datetime) -> str:
        """Return a day in words."""
        month = self.months[moment.month - 1]
        return self.day.format(day=moment.day, month=month, year=moment.year)

    def figure(self, number: str) -> str:
        """Return a figure as it is written."""
        return number.replace(".", self.decimal)


@cache
def all_texts() -> Mapping[str, Texts]:
    """Return the texts by language, the default first."""
    found = [
        msgspec.json.decode(file.read_bytes(), type=Texts) for file in sorted(FOLDER.glob("*.json"))
    ]
    return {
        texts.language: texts for texts in sorted(found, key=lambda one: one.language != DEFAULT)
    }


def texts_for(request: Request) -> Texts:
    """Return the texts in the language that `?lang=` or the browser asks for."""
    texts = all_texts()
    chosen = request.query_params.get("lang", "")
    if chosen in texts:
        return texts[chosen]
    accepted = _ranked(request.headers.get("accept-language", ""))
    return next((texts[one] for one in accepted if one in texts), texts[DEFAULT])


def _ranked(header: str) -> list[str]:
    """Return the primary languages of an Accept-Language header, the best first (RFC 9110)."""
    weighed = []
    for part in header[:500].split(","):
        tag, _, parameters = part.partition(";")
        quality = parameters.replace(" ", "").removeprefix("q=") or "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        if weight > 0:
            weighed.append((-weight, tag.strip().partition("-")[0].lower()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]
