"""Cursors: the place of a credential in a list, newest first."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime

from services.kit.clock import from_millis, to_millis
from services.kit.errors import Invalid


def cursor_of(awarded_at: datetime, credential_id: str) -> str:
    """Return the place of a credential in its holder's list: when it was awarded, and its id."""
    return urlsafe_b64encode(f"{to_millis(awarded_at)} {credential_id}".encode()).decode()


def read_cursor(text: str) -> tuple[datetime, str]:
    """Return when the credential of a cursor was awarded, and its id; Invalid."""
    try:
        millis, _, credential_id = urlsafe_b64decode(text).decode().partition(" ")
        return from_millis(int(millis)), credential_id
    except (Base64Error, ValueError, OverflowError, OSError) as error:
        raise Invalid("This cursor is not one that was given out.", path=("after",)) from error
