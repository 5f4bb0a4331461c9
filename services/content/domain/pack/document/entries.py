"""What all records of pack files share, and pictures."""

from services.kit.records import Record


class Entry(Record, rename="camel"):
    """Base of the records: camelCase in JSON, every field always there."""


class ImageFile(Entry):
    """A picture at one width, as a file of the pack."""

    hash: str
    """SHA-256 of the file, 64 hex digits."""
    url: str
    """Where to fetch it, on the origin that the pack came from."""
    media_type: str
    """image/webp."""
    width: int
    """Pixels."""
    bytes: int
    """Size of the file."""


class Image(Entry):
    """A picture; a pack holds the narrowest rendition as wide as was asked, or the widest."""

    id: str
    """Bound to its content."""
    alt: str
    """What it shows, for people who do not see it; may be empty."""
    width: int
    """Pixels of the original."""
    height: int
    """Pixels of the original."""
    renditions: tuple[ImageFile, ...]
    """Narrowest first; show the one that was downloaded."""
