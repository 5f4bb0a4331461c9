"""Baking (Open Badges 3.0, 5.3): a credential written into a picture, and read out of anybody's.

A PNG carries it in a text chunk, an SVG in an element of its own; the picture's own bytes stay as
they are. Reading also knows the older names of Open Badges 1 and 2.
"""

import re
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from services.kit.errors import Invalid

KEYWORD = b"openbadgecredential"
OLD_KEYWORD = b"openbadges"
"""Of Open Badges 1 and 2."""
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
OLD_NAMESPACES = ("http://openbadges.org", "https://openbadges.org")
MAX_IMAGE_BYTES = 8 * 1024 * 1024
MAX_TEXT_BYTES = 512 * 1024
MAX_CHUNKS = 10_000
MAX_ELEMENTS = 100_000
"""Of an SVG."""
PARSED_AT_ONCE = 32 * 1024
"""Bytes of an SVG: parsing holds the interpreter's lock."""

_PNG = b"\x89PNG\r\n\x1a\n"
_IHDR_END = 33
"""Signature, then the IHDR chunk, which has one size and comes first."""
_TEXT_CHUNKS = (b"iTXt", b"tEXt", b"zTXt")
_SVG_NAME = "{http://www.w3.org/2000/svg}svg"
_BADGE_TAGS = {
    f"{{{NAMESPACE}}}credential",
    *(f"{{{namespace}}}assertion" for namespace in OLD_NAMESPACES),
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}")
_NO_XML = re.compile("[\ufffe\uffff]")
"""What JSON may hold as it is, and XML may not."""
_ROOT = re.compile(r"""<(?:[\w.-]+:)?svg(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*>""")


class Chunk(NamedTuple):
    """A chunk of a PNG: where it starts and ends in the file, its type and its data."""

    start: int
    end: int
    type: bytes
    data: bytes


def bake(image: bytes, text: str) -> bytes:
    """Return a PNG or SVG that carries a credential, JSON or compact JWS, in place of any other."""
    return bake_png(image, text) if image.startswith(_PNG) else bake_svg(image, text)


def unbake(image: bytes) -> str:
    """Return the text that a PNG or SVG carries: JSON, a token or an address; Invalid for none."""
    if len(image) > MAX_IMAGE_BYTES:
        raise Invalid(f"The picture is larger than {MAX_IMAGE_BYTES // 1024 // 1024} MiB.")
    found = _in_png(image) if image.startswith(_PNG) else _in_svg(image)
    if not found:
        raise Invalid("There is no badge in this picture.")
    if len(set(found)) > 1:
        raise Invalid("There is more than one badge in this picture.")
    return found[0]


# ------------------------------------------------------------------ PNG


def bake_png(image: bytes, text: str) -> bytes:
    """Return a PNG with one uncompressed iTXt chunk right after its header; Invalid for no PNG."""
    written = KEYWORD + b"\0\0\0\0\0" + text.encode()
    kept = [image[:_IHDR_END], make_chunk(b"iTXt", written)]
    kept += [
        image[chunk.start : chunk.end]
        for chunk in chunks(image)
        if chunk.start >= _IHDR_END and _keyword(chunk) not in {KEYWORD, OLD_KEYWORD}
    ]
    return b"".join(kept)


def make_chunk(type: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG: length, type, data, CRC-32 of the last two."""
    return len(data).to_bytes(4) + type + data + zlib.crc32(type + data).to_bytes(4)


def chunks(image: bytes) -> Iterator[Chunk]:
    """Yield the chunks of a PNG up to IEND; Invalid when it is none, or damaged."""
    if image[:8] != _PNG or image[8:16] != b"\x00\x00\x00\x0dIHDR":
        raise Invalid("The picture is no PNG.")
    start = len(_PNG)
    for _ in range(MAX_CHUNKS):
        size, type_ = int.from_bytes(image[start : start + 4]), image[start + 4 : start + 8]
        end = start + 12 + size
        data = image[start + 8 : end - 4]
        if end > len(image) or zlib.crc32(type_ + data) != int.from_bytes(image[end - 4 : end]):
            raise Invalid("The picture is damaged: a part of it is missing or was changed.")
        yield Chunk(start, end, type_, data)
        if type_ == b"IEND":
            return
        start = end
    raise Invalid(f"The picture has more than {MAX_CHUNKS} parts.")


def _keyword(chunk: Chunk) -> bytes:
    return chunk.data.partition(b"\0")[0] if chunk.type in _TEXT_CHUNKS else b""


def _in_png(image: bytes) -> list[str]:
    """Return the badges of a PNG: those under the new keyword, else those under the old one."""
    found: dict[bytes, list[str]] = {KEYWORD: [], OLD_KEYWORD: []}
    for chunk in chunks(image):
        keyword = _keyword(chunk)
        if keyword in found:
            found[keyword].append(_text_of(chunk, keyword))
    return found[KEYWORD] or found[OLD_KEYWORD]


def _text_of(chunk: Chunk, keyword: bytes) -> str:
    """Return the text of a text chunk (PNG 1.2, 4.2.3), unpacked where it is packed."""
    rest = chunk.data[len(keyword) + 1 :]
    packed = chunk.type == b"zTXt"
    if packed:
        rest = rest[1:]
    elif chunk.type == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
    raw = _unpacked(rest) if packed else rest
    if len(raw) > MAX_TEXT_BYTES:
        raise Invalid(f"The badge in this picture is larger than {MAX_TEXT_BYTES // 1024} KiB.")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Invalid("The badge in this picture is not UTF-8.") from error


def _unpacked(raw: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(raw, MAX_TEXT_BYTES + 1)
    except zlib.error as error:
        raise Invalid("The badge in this picture cannot be unpacked.") from error


# ------------------------------------------------------------------ SVG


def bake_svg(image: bytes, text: str) -> bytes:
    """Return an SVG with the credential first inside; Invalid for no SVG, or one that has a badge.

    The credential brings its namespace along, so the picture need not be written anew.
    """
    if _in_svg(image):
        raise Invalid("This picture carries a badge already: take the one without.")
    drawn = _decoded(image)
    # The parser was content, so the first tag of that name outside comments is the root's.
    start = _ROOT.search(_without_comments(drawn))
    if start is None or start[0].endswith("/>"):
        raise Invalid("The picture has nothing in it.")
    tag, end = start[0], start.end()
    if "xmlns:openbadges=" not in tag:
        named = f'{tag[:-1]} xmlns:openbadges="{NAMESPACE}">'
        drawn, end = drawn[: start.start()] + named + drawn[end:], start.start() + len(named)
    return f"{drawn[:end]}{_element(text)}{drawn[end:]}".encode()


def framed(image: bytes, *, alt: str) -> bytes:
    """Return a PNG as an SVG that holds it; Invalid for no PNG."""
    header = next(iter(chunks(image))).data
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f'<title>{escape(alt)}</title><image width="{width}" height="{height}"'
        f' href="data:image/png;base64,{b64encode(image).decode()}"/></svg>'
    ).encode()


def _decoded(image: bytes) -> str:
    try:
        return image.decode()
    except UnicodeDecodeError as error:
        raise Invalid("The picture is no SVG in UTF-8.") from error


def _without_comments(drawn: str) -> str:
    """Return the text with comments and instructions blanked, everything else in its place."""
    return re.sub(
        r"<!--.*?-->|<\?.*?\?>", lambda found: " " * len(found[0]), drawn, flags=re.DOTALL
    )


def _element(text: str) -> str:
    name = f'openbadges:credential xmlns:openbadges="{NAMESPACE}"'
    if _TOKEN.fullmatch(text):
        return f'<{name} verify="{text}"/>'
    inside = _NO_XML.sub(_escaped, text).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{inside}]]></openbadges:credential>"


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _in_svg(image: bytes) -> list[str]:
    """Return the badges of an SVG that declares no entities; Invalid for anything else."""
    found = _Found()
    parser = DefusedXMLParser(target=found)
    try:
        for start in range(0, len(image), PARSED_AT_ONCE):  # other threads have a turn in between
            parser.feed(image[start : start + PARSED_AT_ONCE])
        parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Invalid("The picture is neither a PNG nor an SVG that can be read.") from error
    if found.root not in {_SVG_NAME, "svg"}:
        raise Invalid("The picture is neither a PNG nor an SVG.")
    return found.badges


class _Found:
    """What a parser tells of an SVG: its root and its badges; no tree is kept."""

    def __init__(self) -> None:
        self.root: str | None = None
        self.badges: list[str] = []
        self._verify: str | None = None
        self._texts: list[str] | None = None
        self._elements = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.root = self.root or tag
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise Invalid(f"The picture has more than {MAX_ELEMENTS} parts.")
        if tag in _BADGE_TAGS:
            self._verify, self._texts = attributes.get("verify"), []

    def data(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)

    def end(self, tag: str) -> None:
        if tag in _BADGE_TAGS and self._texts is not None:
            self.badges.append((self._verify or "".join(self._texts)).strip())
            self._texts = None
