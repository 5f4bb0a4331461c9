"""What the service and a worker process say to each other: frames of msgpack over pipes."""

from services.content.domain.pictures import Rendition, StoredPicture
from services.kit.errors import Code
from services.kit.records import Record

LENGTH_BYTES = 8
"""A frame is its length, big-endian, then that many bytes."""


class Job(Record):
    """A picture to encode."""

    name: str
    """What to call it in words."""
    data: bytes


class Done(Record, tag=True):
    """The picture's renditions."""

    stored: StoredPicture
    renditions: tuple[Rendition, ...]


class Refused(Record, tag=True):
    """Why it was not encoded: a ServiceError on its way."""

    code: Code
    message: str
    path: tuple[str, ...]


def frame(data: bytes) -> bytes:
    """Return bytes with their length before them."""
    return len(data).to_bytes(LENGTH_BYTES) + data
