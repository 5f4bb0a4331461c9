"""What all builders of a course share: report, pictures of the folder, declared skills."""

import hashlib
import math
import posixpath
from collections.abc import Callable, Mapping
from typing import TypeVar

from services.content.domain.course import Competency, Picture, Texts
from services.content.domain.identity import skill_id
from services.content.domain.keys import KEY, KEY_RULE, Keys
from services.content.domain.native.pieces import Image
from services.content.domain.native.report import Report
from services.content.domain.native.sides import Sides

MAX_POINTS = 1000.0
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif")
HASH_NAME = 16
"""Hex digits of its hash that name the file of a picture without a name."""
T = TypeVar("T")


def picture_name(file: str, digest: str) -> str | None:
    """Return what a picture is called by its file, None where that is its own hash."""
    stem = posixpath.splitext(file)[0]
    return None if digest and stem == digest[:HASH_NAME] else file


class Scope:
    """Resolves names to what they stand for, and reports those that stand for nothing."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        report: Report,
        *,
        digests: Mapping[str, str] | None = None,
    ) -> None:
        """Keep the folder, and hashes of files that are known; skills are declared later."""
        self.report = report
        self.pictures: dict[str, str] = {}
        """SHA-256 in hex to file, of every picture that the course shows."""
        self._files = files
        self._digests = dict(digests or {})
        self._skills: dict[str, str] = {}

    def trial(self) -> "Scope":
        """Return the same scope with a report of its own, for what may turn out wrong."""
        scope = Scope(self._files, Report(), digests=self._digests)
        scope._skills = self._skills
        return scope

    def declare(self, skills: tuple[Competency, ...]) -> None:
        """Let lessons name these skills by name, code, address or id."""
        for skill in skills:
            for name in (skill.name, skill.code, skill.url, skill_id(skill)):
                if name:
                    self._skills.setdefault(name.casefold(), skill_id(skill))

    def skills(self, names: tuple[str, ...], *, at: tuple[str, int]) -> tuple[str, ...]:
        """Return the ids of skills by how a lesson names them."""
        found = []
        for name in names:
            if (known := self._skills.get(name.casefold())) is not None:
                found.append(known)
            else:
                message = f"no skill of course.yaml has the name, code or url `{name}`"
                self.report.add(*at, message)
        return tuple(dict.fromkeys(found))

    def key(self, keys: Keys, given: str | None, text: str, *, at: tuple[str, int]) -> str:
        """Return the key that an author gave, or one made from a text."""
        if given is None:
            return keys.make(text)
        if not KEY.fullmatch(given):
            self.report.add(*at, f"the key `{given}` is not {KEY_RULE}")
        elif not keys.take(given):
            self.report.add(*at, f"the key `{given}` is taken already")
        return given

    def picture(self, image: Sides[Image]) -> Picture:
        """Return the picture that an image line shows, with its alt text in all languages."""
        found = image.map(lambda side: side.file)
        hashes = {
            tag: self.find(file, beside=image.files[tag], line=image.by_locale[tag].line)
            for tag, file in found.by_locale.items()
        }
        for tag, side in image.by_locale.items():
            if hashes[tag] != hashes[image.language]:
                message = "a translation shows the picture of the source; only its alt text differs"
                self.report.add(image.files[tag], side.line, message)
            if not side.alt.strip():
                message = (
                    f"![alt text]({side.file}): say what the picture shows between the brackets"
                )
                self.report.add(image.files[tag], side.line, message)
        digest = hashes[image.language] or ""
        alt = image.texts(lambda side: side.alt.strip())
        return Picture(hash=digest, alt=alt, file=picture_name(found.source, digest))

    def find(self, name: str, *, beside: str, line: int) -> str | None:
        """Return the SHA-256 in hex of a picture, looked for beside a file, then at the top."""
        for folder in (posixpath.dirname(beside), ""):
            path = posixpath.normpath(posixpath.join(folder, name))
            if path in self._files and path.lower().endswith(PICTURES):
                digest = self._digest(path)
                self.pictures[digest] = path
                return digest
        kinds = ", ".join(PICTURES)
        message = f"`{name}` is no picture of this folder (allowed: {kinds})"
        self.report.add(beside, line, message)
        return None

    def find_hash(self, digest: str, *, at: tuple[str, int]) -> None:
        """Look for the picture of a hash; a folder without it is reported."""
        pictures = (path for path in self._files if path.lower().endswith(PICTURES))
        path = next((path for path in pictures if self._digest(path) == digest), None)
        if path is None:
            self.report.add(*at, f"no picture of this folder has the SHA-256 `{digest[:64]}`")
        else:
            self.pictures[digest] = path

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(self._files[path]).hexdigest()
        return self._digests[path]

    def points(self, text: str, *, at: tuple[str, int], negative: bool = False) -> float:
        """Return the points that an attribute says."""
        try:
            points = float(text)
        except ValueError:
            points = math.nan
        if not (-MAX_POINTS if negative else 0) <= points <= MAX_POINTS:
            self.report.add(*at, f"points={text}: points are a number up to {MAX_POINTS:g}")
            return 1.0
        return points

    def optional(
        self,
        sides: Sides[T],
        get: Callable[[T], str | None],
        what: str,
        line: Callable[[T], int],
    ) -> Texts | None:
        """Return a text that may be left out, but then in every language."""
        given = sides.map(get)
        for tag, text in given.by_locale.items():
            if bool(text) != bool(given.source):
                has = "has" if given.source else "has no"
                message = f"{what}: {sides.file} {has} one here, and a translation has the same"
                self.report.add(sides.files[tag], line(sides.by_locale[tag]), message)
        return given.texts(lambda text: text or "") if given.source else None
