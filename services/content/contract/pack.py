"""Offline packs: the files of a version that a phone keeps, and which of them fit its budget."""

from enum import StrEnum

from services.kit.records import Record

PACKS_PATH = "/packs/sha256/"
"""A pack file's address on the one origin, before its hash."""
MAX_IMAGE_WIDTH = 4096
DEFAULT_IMAGE_WIDTH = 720
"""Pixels; pictures that are not as wide come as wide as they are."""


class PackFileKind(StrEnum):
    """What a file of a pack holds."""

    INDEX = "INDEX"
    LESSON = "LESSON"
    IMAGE = "IMAGE"


class PackFile(Record):
    """One file of a pack, addressed by its content."""

    hash: str
    """SHA-256 in hex of its bytes, unpacked."""
    bytes: int
    """Of the file as it is kept, unpacked."""
    compressed_bytes: int
    """Of the download with brotli; of a picture the same as `bytes`."""
    media_type: str
    url: str
    """Path on the one origin."""
    kind: PackFileKind
    locales: tuple[str, ...] = ()
    """Languages that it serves; none for a picture."""
    lesson_ids: tuple[str, ...] = ()
    """Lessons of the pack that need it."""


class OfflinePack(Record):
    """What a phone downloads of a version."""

    hash: str
    """SHA-256 in hex over its files' hashes, whatever their order."""
    bytes: int
    files: tuple[PackFile, ...] = ()
    lesson_ids: tuple[str, ...] = ()
    """Whole in the pack, most useful first."""
    left: tuple[str, ...] = ()
    """Lessons left out because of the budget, most useful first."""


class PackQuery(Record):
    """Which pack of a version to put together."""

    version_id: str
    image_width: int = DEFAULT_IMAGE_WIDTH
    max_bytes: int | None = None
    locale: str | None = None
    """Only what this language, or what it falls back to, needs; None: all languages."""
    first: tuple[str, ...] = ()
    """Lesson ids, most useful first; lessons not among them follow in the course's order."""
