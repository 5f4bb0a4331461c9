"""What was found out elsewhere: a document of the web, or why there is none."""

from urllib.parse import urlsplit

from services.kit.records import Record

WEB = ("https://", "http://")
"""How addresses of the web begin; which of them are called is decided by who calls them."""


def host_of(address: str) -> str:
    """Return host and port of an address, in lower case; nothing for what is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


class Fetched(Record):
    """A document as an address answered it."""

    url: str
    """Where it stands in the end, redirects followed."""
    body: bytes


class Unresolved(Record):
    """Something that could not be had, and why, as the end of a sentence."""

    reason: str
    gone: bool = False
    """Its address answers that it is not there (any more)."""
