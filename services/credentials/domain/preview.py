"""What stands on the picture that a shared link is shown with, 1200 pixels by 630."""

from services.credentials.domain.printed import is_rtl, shown
from services.credentials.domain.showing import Shown
from services.credentials.domain.words import words_in
from services.kit.records import Record

MAX_NAME, MAX_HOLDER, MAX_LINE = 160, 80, 120
LTR, END = "\u2066", "\u2069"
"""Around what is written from left to right, whatever surrounds it."""


class Preview(Record):
    """The words and the badge of a picture; nothing on it changes, for it is held by others."""

    name: str
    holder: str
    line: str
    """Who awarded it, and when."""
    language: str
    rtl: bool
    badge: str
    """SVG."""


def make_preview(credential: Shown, *, badge: str) -> Preview:
    """Return the picture of a credential."""
    words, awarded = words_in(credential.language), credential.awarded
    month = words.months[awarded.month - 1]
    day = words.day.format(day=awarded.day, month=month, year=awarded.year)
    return Preview(
        name=shown(credential.name, limit=MAX_NAME),
        holder=shown(credential.holder or words.unnamed, limit=MAX_HOLDER),
        line=f"{shown(credential.issuer_name, limit=MAX_LINE)} · {LTR}{day}{END}",
        language=credential.language.partition("-")[0].lower(),
        rtl=is_rtl(credential.language),
        badge=badge,
    )
