"""Cursors of connections: opaque to clients, and no more than a place in an order."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from services.kit.errors import Invalid
from services.kit.records import Json, PageArgs

MAX_PAGE = 100
MAX_NUMBER = 2**63
"""No number in a place is as large, nor could the database hold it."""


def write_cursor(order: str, place: tuple[Json, ...]) -> str:
    """Return the cursor of a place in an order."""
    return urlsafe_b64encode(msgspec.json.encode([order, *place])).rstrip(b"=").decode()


def read_cursor(cursor: str, order: str, *, kinds: tuple[type, ...]) -> tuple[Json, ...]:
    """Return the place that a cursor holds; Invalid when it is not one of this order."""
    try:
        body = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        name, *place = msgspec.json.decode(body, type=list[Json])
    except (ValueError, msgspec.MsgspecError, UnicodeError):
        name, place = None, []
    known = name == order and [type(part) for part in place] == list(kinds)
    if not known or any(isinstance(part, int) and not 0 <= part < MAX_NUMBER for part in place):
        raise Invalid("The cursor is not one of this list: start without `after`.", path=("after",))
    return tuple(place)


def check_page(page: PageArgs) -> None:
    """Refuse a page size that is not allowed."""
    if not 1 <= page.first <= MAX_PAGE:
        raise Invalid(f"`first` is 1 to {MAX_PAGE}.", path=("first",))
