"""Pictures of a book: as blocks where their file is there, as their alt text where it is not."""

import hashlib
import posixpath
from collections.abc import Mapping
from urllib.parse import unquote

from services.content.domain.course import AnyBlock, ImageBlock, Picture, TextBlock
from services.content.domain.native.scope import PICTURES
from services.content.importers.markdown.links import escape, is_web
from services.content.importers.markdown.losses import Losses
from services.content.importers.markdown.page import plain
from services.content.importers.markdown.scan import Shown


class Pictures:
    """Finds the pictures of a package, and keeps which ones the course shows."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        losses: Losses,
        *,
        unreadable: Mapping[str, str],
        language: str,
    ) -> None:
        """Keep the package; `unreadable` are files that turned out to be no pictures, with why."""
        self.shown: dict[str, str] = {}
        """SHA-256 in hex to file, of every picture that the course shows."""
        self._files = files
        self._losses = losses
        self._unreadable = unreadable
        self._language = language

    def block(self, shown: Shown, *, page: str, alone: bool) -> AnyBlock | None:
        """Return the block of a picture; within a text its alt text stands there already."""
        if shown.alt == "":
            message = f"the picture `{shown.target}` is decoration: its alt text is empty"
            self._losses.skipped(page, shown.line, message)
            return None
        found = self._find(shown.target, page)
        why = self._why_not(found, shown.target)
        if why is not None:
            return self._in_words(shown, page, why, alone=alone)
        if shown.alt is None:
            message = f"`{found}` has no alt text: say what it shows, publishing asks for it"
            self._losses.changed(page, shown.line, message)
        elif not alone:
            message = f"the picture `{found}` follows the text that it stood in"
            self._losses.changed(page, shown.line, message)
        digest = hashlib.sha256(self._files[found]).hexdigest()
        self.shown[digest] = found
        alt = {self._language: shown.alt} if shown.alt else {}
        picture = Picture(hash=digest, alt=alt, file=found)
        caption = {self._language: plain(shown.caption)} if shown.caption else None
        return ImageBlock(key="", image=picture, caption=caption)

    def _find(self, target: str, page: str) -> str:
        """Return the path that a page means: beside it, or from the top of the package."""
        name = unquote(target.partition("#")[0].partition("?")[0])
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(page), name))
        top = posixpath.normpath(name.lstrip("/"))
        return beside if beside in self._files or top not in self._files else top

    def _why_not(self, found: str, target: str) -> str | None:
        if is_web(target):
            return "is elsewhere on the web, and is not fetched"
        if found not in self._files:
            return "is not in the package"
        if not found.lower().endswith(PICTURES):
            return f"is of a kind that is not taken (taken are {', '.join(PICTURES)})"
        refused = self._unreadable.get(found)
        why = (refused or "").removeprefix(f"{found}: ").rstrip(".")
        return f"cannot be taken ({why})" if refused else None

    def _in_words(self, shown: Shown, page: str, why: str, *, alone: bool) -> AnyBlock | None:
        """Return the alt text and caption as a quotation; what has neither is left out."""
        words = [escape(shown.alt or "")] if alone else []
        words += [shown.caption or ""]
        quoted = "\n>\n> ".join(filter(None, words))
        place = "its alt text stands in its place" if shown.alt else "it has no alt text"
        message = f"the picture `{shown.target[:200]}` {why}: {place}"
        if shown.alt or quoted:
            self._losses.changed(page, shown.line, message)
        else:
            self._losses.skipped(page, shown.line, message)
        return TextBlock(key="", markdown={self._language: f"> {quoted}"}) if quoted else None
