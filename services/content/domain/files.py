"""Uploaded files that are served as they are: recordings, films and captions, by address.

An address is `/media/{sha256}.{extension}`: the hash of the bytes that were uploaded, and the
extension of their type in `media_types.TYPES`.
"""

import re
from collections.abc import Iterator

from services.content.domain.course import AudioBlock, Course, VideoBlock
from services.content.domain.media_types import PLAYED, TYPES, MediaKind
from services.content.domain.pictures import picture_hashes
from services.kit.records import Record

UPLOADED = "/media/"
"""How the addresses of uploaded files begin."""
_ADDRESS = re.compile(rf"/media/([0-9a-f]{{64}})\.({'|'.join(PLAYED)})")
Path = tuple[str, ...]


class StoredFile(Record):
    """What is known of a file that is stored."""

    hash: str
    """SHA-256 in hex of the bytes that were uploaded."""
    media_types: tuple[str, ...]
    """What it can be served as: a recording and a film in MP4 look alike."""
    bytes: int
    """Size of what is served."""
    file: str
    """Where the bytes that are served are kept."""
    original: str
    """Where the bytes that were uploaded are kept; of captions these are others."""

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses at which it is served."""
        return frozenset(address(self.hash, name) for name in self.media_types)


class Reference(Record):
    """A place in a course that plays something."""

    url: str
    kind: MediaKind
    media_type: str | None = None
    """What the course says that it is, where it does."""


def address(sha256: str, media_type: str) -> str:
    """Return the address of an uploaded file."""
    return f"/media/{sha256}.{TYPES[media_type].extension}"


def read_address(url: str) -> tuple[str, str] | None:
    """Return hash and media type of the address of an uploaded file, None of any other."""
    match = _ADDRESS.fullmatch(url)
    return (match[1], PLAYED[match[2]]) if match else None


def references(course: Course) -> Iterator[tuple[Path, Reference]]:
    """Yield what a course plays, with JSON paths."""
    for module_index, module in enumerate(course.modules):
        for lesson_index, lesson in enumerate(module.lessons):
            for index, block in enumerate(lesson.blocks):
                at = ("modules", str(module_index), "lessons", str(lesson_index), "blocks")
                if isinstance(block, AudioBlock | VideoBlock):
                    yield from _played(block, (*at, str(index)))


def file_hashes(course: Course) -> frozenset[str]:
    """Return the hashes of the uploaded files that a course plays."""
    found = (read_address(reference.url) for _, reference in references(course))
    return frozenset(each[0] for each in found if each is not None)


def media_hashes(course: Course) -> frozenset[str]:
    """Return the hashes of all pictures and uploaded files of a course."""
    return picture_hashes(course) | file_hashes(course)


def _played(block: AudioBlock | VideoBlock, path: Path) -> Iterator[tuple[Path, Reference]]:
    if isinstance(block, AudioBlock):
        yield (*path, "url"), Reference(url=block.url, kind=MediaKind.AUDIO)
        return
    for index, rendition in enumerate(block.renditions):
        yield (
            (*path, "renditions", str(index), "url"),
            Reference(url=rendition.url, kind=MediaKind.VIDEO, media_type=rendition.media_type),
        )
    for index, caption in enumerate(block.captions):
        yield (
            (*path, "captions", str(index), "url"),
            Reference(url=caption.url, kind=MediaKind.CAPTIONS),
        )
