"""Pictures: every one that a course shows, and what is stored of each."""

from collections.abc import Iterator

import msgspec

from services.content.domain.course import Course, Picture
from services.kit.records import Record


class StoredPicture(Record):
    """What is known of a picture whose renditions are stored."""

    hash: str
    """SHA-256 in hex of the original."""
    width: int
    height: int
    widths: tuple[int, ...]
    """Widths at which renditions exist, ascending, in pixels."""


class Rendition(Record):
    """One encoding of a picture at one width."""

    width: int
    height: int
    format: str
    """webp, avif, jpeg or png."""
    data: bytes


def all_pictures(
    node: object, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Picture]]:
    """Yield the pictures of a record with their JSON paths, in the order of the document."""
    if isinstance(node, Picture):
        yield path, node
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from all_pictures(item, (*path, str(index)))
    elif isinstance(node, Record):
        for field in msgspec.structs.fields(type(node)):
            yield from all_pictures(getattr(node, field.name), (*path, field.encode_name))


def picture_hashes(course: Course) -> frozenset[str]:
    """Return the hashes of all pictures of a course."""
    return frozenset(picture.hash for _, picture in all_pictures(course))
