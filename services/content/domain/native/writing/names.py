"""What pictures are called in a course folder: as in the document, where no harm comes of it."""

import posixpath
import re
from collections.abc import Mapping

from services.content.domain.course import Course, Picture
from services.content.domain.native.scope import HASH_NAME, PICTURES
from services.content.domain.pictures import all_pictures

_SAFE = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]{1,200}")
_PART = 100
"""Bytes of one part of a path, at most."""
_SIGNATURES = {b"\x89PNG": ".png", b"\xff\xd8": ".jpg", b"GIF8": ".gif", b"RIFF": ".webp"}


class PictureNames:
    """The path in the folder of every picture of a course, by its hash and name."""

    def __init__(self, course: Course, pictures: Mapping[str, bytes]) -> None:
        """Give each picture a path of its own; `pictures` are their bytes by hash."""
        self._paths: dict[tuple[str, str | None], str] = {}
        self.digests: dict[str, str] = {}
        """Path to SHA-256 in hex."""
        self._taken: set[str] = set()
        for _, picture in all_pictures(course):
            self._add(picture, pictures.get(picture.hash, b""))

    def __call__(self, picture: Picture) -> str:
        """Return the path of a picture."""
        return self._paths[picture.hash, picture.file]

    def _add(self, picture: Picture, data: bytes) -> None:
        if (picture.hash, picture.file) in self._paths:
            return
        path = picture.file
        if path is None or not self._is_free(path):
            endings = (ending for start, ending in _SIGNATURES.items() if data.startswith(start))
            path = picture.hash[:HASH_NAME] + next(endings, ".avif")
        self._paths[picture.hash, picture.file] = path
        self._taken.add(path.casefold())
        self.digests[path] = picture.hash

    def _is_free(self, path: str) -> bool:
        """Return whether a name is safe on any disk, and neither taken nor a folder of another."""
        parts = path.split("/")
        safe = (
            _SAFE.fullmatch(path) is not None
            and path == posixpath.normpath(path)
            and not path.startswith(("/", "../", "~", "__MACOSX/"))
            and path.lower().endswith(PICTURES)
            and all(part == part.strip(" .") and len(part.encode()) <= _PART for part in parts)
        )
        plain = path.casefold()
        folders = (plain.rsplit("/", count)[0] for count in range(1, len(parts)))
        clash = any(each == plain or each.startswith(f"{plain}/") for each in self._taken)
        return safe and not clash and self._taken.isdisjoint(folders)
