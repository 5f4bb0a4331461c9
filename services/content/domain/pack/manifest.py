"""What a version's packs are put together from: every file, and which lessons need it."""

from collections.abc import Mapping

from services.content.contract import PackFileKind
from services.kit.records import Record

JSON = "application/json"
WEBP = "image/webp"


class ImageRendition(Record):
    """A picture at one width: the file that a pack would hold."""

    width: int
    hash: str
    bytes: int


class FileFacts(Record):
    """What is known of a file besides its hash."""

    kind: PackFileKind
    bytes: int
    locales: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        """Return what it is served as."""
        return WEBP if self.kind is PackFileKind.IMAGE else JSON


class LessonFiles(Record):
    """The files of one lesson."""

    id: str
    texts: Mapping[str, str]
    """Hash of its file by language."""
    pictures: tuple[tuple[ImageRendition, ...], ...] = ()
    """The renditions of each picture, narrowest first."""

    def hashes(self, locales: tuple[str, ...], image_width: int) -> tuple[str, ...]:
        """Return the files that a phone needs for it in these languages, texts before pictures."""
        texts = [self.texts[locale] for locale in locales]
        pictures = [fitting(each, image_width) for each in self.pictures]
        return tuple(dict.fromkeys((*texts, *pictures)))


class Manifest(Record):
    """All files of a version."""

    version_hash: str
    language: str
    files: Mapping[str, FileFacts]
    """By hash."""
    indexes: Mapping[str, str]
    """Hash of the index by language."""
    lessons: tuple[LessonFiles, ...]
    """In the course's order."""
    compressed: Mapping[str, int] = {}
    """Bytes of each text with brotli, by hash; empty while nothing is stored."""

    def locales(self, chain: tuple[str, ...] | None) -> tuple[str, ...]:
        """Return the first language of a chain that is there, else the course's; None: all."""
        if chain is None:
            return tuple(self.indexes)
        return (next((tag for tag in chain if tag in self.indexes), self.language),)

    def index_files(self, locales: tuple[str, ...]) -> tuple[str, ...]:
        """Return the hashes of the indexes in these languages."""
        return tuple(self.indexes[locale] for locale in locales)


def fitting(renditions: tuple[ImageRendition, ...], width: int) -> str:
    """Return the hash of the narrowest rendition at least `width` wide, else of the widest."""
    return next((each.hash for each in renditions if each.width >= width), renditions[-1].hash)
