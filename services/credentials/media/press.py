"""The press: sets badges and certificates with Typst, from templates and fonts that are shipped.

The data of a sheet reaches its template as JSON, so no text in it is ever read as code.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

import msgspec
import segno
import typst

from services.credentials.domain.badge import Badge
from services.credentials.domain.certificate import Certificate
from services.credentials.domain.preview import Preview
from services.kit.records import Record

BADGE_POINTS = 400
BADGE_PIXELS = 600
KEPT_BADGES, KEPT_CERTIFICATES, KEPT_PREVIEWS = 256, 32, 64
"""How many are kept in memory: every credential for an achievement needs the same badge."""


class Press:
    """Turns badges and certificates into files; equal ones into equal bytes."""

    def __init__(self, fonts: Sequence[Path]) -> None:
        """Keep the folders of fonts; nothing is read before the first sheet."""
        self._folders = fonts
        self._badge = lru_cache(maxsize=KEPT_BADGES)(self._draw)
        self._preview = lru_cache(maxsize=KEPT_PREVIEWS)(self._set)
        self._certificate = lru_cache(maxsize=KEPT_CERTIFICATES)(self._print)

    def svg(self, badge: Badge) -> bytes:
        """Return a badge as SVG: its text as outlines, and its name as title for who cannot see."""
        head, _, drawn = self._badge(_data(badge), "svg").partition(b">")
        return head + f' role="img"><title>{escape(badge.name)}</title>'.encode() + drawn

    def png(self, badge: Badge) -> bytes:
        """Return a badge as PNG of 600 pixels a side, transparent around it."""
        return self._badge(_data(badge), "png")

    def pdf(self, certificate: Certificate, *, made_at: datetime) -> bytes:
        """Return a certificate as PDF/A-3a (ISO 19005-3) with the credential attached."""
        return self._certificate(_data(certificate), made_at)

    def preview(self, preview: Preview) -> bytes:
        """Return the picture of a shared link as PNG of 1200 by 630 pixels."""
        return self._preview(_data(preview))

    def _set(self, data: str) -> bytes:
        made = self._compiler().compile(
            _template("preview"), format="png", ppi=72, sys_inputs={"data": data}
        )
        assert isinstance(made, bytes)
        return made

    def _draw(self, data: str, format: Literal["png", "svg"]) -> bytes:
        made = self._compiler().compile(
            _template("badge"),
            format=format,
            ppi=72 * BADGE_PIXELS / BADGE_POINTS,
            sys_inputs={"data": data},
        )
        assert isinstance(made, bytes)
        return made

    def _print(self, data: str, made_at: datetime) -> bytes:
        try:
            return self._pdf(data, made_at, standards=["a-3a"])
        except typst.TypstError:  # PDF/A takes no character that no font has
            return self._pdf(data, made_at, standards=[])

    def _pdf(self, data: str, made_at: datetime, *, standards: list[Literal["a-3a"]]) -> bytes:
        made = self._compiler().compile(
            _template("certificate"),
            format="pdf",
            sys_inputs={"data": data},
            timestamp=made_at,
            pdf_standards=[*standards],
        )
        assert isinstance(made, bytes)
        return made

    def _compiler(self) -> typst.Compiler:
        return typst.Compiler(font_paths=self._fonts, ignore_system_fonts=True)

    @cached_property
    def _fonts(self) -> typst.Fonts:
        folders = [str(folder) for folder in self._folders]
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
        )


def code(address: str) -> str:
    """Return an address as a QR code (ISO 18004), an SVG."""
    return str(segno.make(address, error="m", micro=False).svg_inline(border=2, light="#fff"))


def _template(name: str) -> bytes:
    return Path(__file__).with_name(f"{name}.typ").read_bytes()


def _data(record: Record) -> str:
    return msgspec.json.encode(record).decode()
