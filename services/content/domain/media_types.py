"""Media types that may be uploaded, and which of them a file's first bytes can be.

The bytes decide, never a name: signatures as in the WHATWG MIME Sniffing Standard, each at the very
beginning of the file, and where two bytes would say too little the second frame is looked at too.
"""

import re
from enum import StrEnum

from services.kit.records import Record


class MediaKind(StrEnum):
    """What a file is for; each has its own largest size."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    CAPTIONS = "captions"
    PACKAGE = "package"


class MediaType(Record):
    """A media type that is taken."""

    kind: MediaKind
    extension: str
    """Of its address, `/media/{sha256}.{extension}`."""


TYPES = {
    "image/png": MediaType(kind=MediaKind.IMAGE, extension="png"),
    "image/jpeg": MediaType(kind=MediaKind.IMAGE, extension="jpg"),
    "image/webp": MediaType(kind=MediaKind.IMAGE, extension="webp"),
    "image/avif": MediaType(kind=MediaKind.IMAGE, extension="avif"),
    "image/gif": MediaType(kind=MediaKind.IMAGE, extension="gif"),
    "audio/mpeg": MediaType(kind=MediaKind.AUDIO, extension="mp3"),
    "audio/mp4": MediaType(kind=MediaKind.AUDIO, extension="m4a"),
    "audio/aac": MediaType(kind=MediaKind.AUDIO, extension="aac"),
    "audio/ogg": MediaType(kind=MediaKind.AUDIO, extension="ogg"),
    "audio/wav": MediaType(kind=MediaKind.AUDIO, extension="wav"),
    "video/mp4": MediaType(kind=MediaKind.VIDEO, extension="mp4"),
    "video/webm": MediaType(kind=MediaKind.VIDEO, extension="webm"),
    "text/vtt": MediaType(kind=MediaKind.CAPTIONS, extension="vtt"),
    "application/zip": MediaType(kind=MediaKind.PACKAGE, extension="zip"),
    "text/markdown": MediaType(kind=MediaKind.PACKAGE, extension="md"),
}
PLAYED = {
    media.extension: name
    for name, media in TYPES.items()
    if media.kind in {MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.CAPTIONS}
}
"""Types of what is served as it is, by extension; pictures are encoded anew."""
HEAD_BYTES = 4096
"""How much of a file `sniff` looks at."""
TAIL_BYTES = 22 + 65_535
"""Where the directory of a zip can end: its own record, and a comment behind it."""
_ZIP_END = re.compile(rb"PK\x05\x06\x00{4}.{14}", re.DOTALL)
"""The end of a zip on one disk (APPNOTE 4.3.16)."""

_SIGNATURES = (
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF....WEBPVP8", "image/webp"),
    (rb"....ftypavi[fs]", "image/avif"),
    (rb"RIFF....WAVE", "audio/wav"),
    (rb"ID3[\x02-\x04][^\xff][\x00-\xf0][\x00-\x7f]{4}", "audio/mpeg"),
    (rb"OggS\x00\x02.{20}.{1,2}(?:OpusHead|\x01vorbis|\x7fFLAC)", "audio/ogg"),
    (rb"\x1aE\xdf\xa3.{0,40}\x42\x82.webm", "video/webm"),
    (rb"(?:\xef\xbb\xbf)?WEBVTT(?=[ \t\r\n]|\Z)", "text/vtt"),
    (rb"PK(?:\x03\x04|\x05\x06)", "application/zip"),
    (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*|<!--.*|<!DOCTYPE svg.*)?<svg[\s>]", "image/svg+xml"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), name) for pattern, name in _SIGNATURES)
_MP4 = re.compile(rb"....ftyp(M4[AB] |[\x20-\x7e]{4})", re.DOTALL)
_STILLS = {b"mif1", b"msf1", b"heic", b"heix", b"hevc", b"hevx", b"qt  "}
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = (44_100, 48_000, 32_000)


def sniff(head: bytes) -> frozenset[str]:
    """Return the types that a file beginning with these bytes can be; empty: none that is known.

    A recording and a film in MP4 begin alike, and any text may be Markdown.
    """
    found = {name for pattern, name in _PATTERNS if pattern.match(head)}
    if not found and (match := _MP4.match(head)):
        found |= _mp4_types(match[1], head)
    if not found and (length := _frame_length(head)):
        found |= {name for name in ("audio/mpeg", "audio/aac") if _goes_on(head, length, name)}
    if not found and _is_text(head):
        found.add("text/markdown")
    return frozenset(found)


def disguise(head: bytes, tail: bytes) -> str | None:
    """Return what else a picture or a recording is by its first and last bytes: a polyglot.

    A PDF begins anywhere in the first 1,024 bytes, and a zip is read from its end.
    """
    if b"%PDF-" in head[:1024]:
        return "a PDF"
    return "a zip archive" if _ZIP_END.search(tail[-TAIL_BYTES:]) else None


def _mp4_types(brand: bytes, head: bytes) -> set[str]:
    if brand in _STILLS:
        size = int.from_bytes(head[:4])
        return {"image/avif"} if b"avif" in head[16 : min(size, 64)] else set()
    return {"audio/mp4"} if brand in {b"M4A ", b"M4B "} else {"audio/mp4", "video/mp4"}


def _goes_on(head: bytes, length: int, name: str) -> bool:
    """Return whether the next frame begins as the first did: two bytes alone happen anywhere."""
    is_aac = head[1] & 0xF6 == 0xF0  # noqa: PLR2004 - ADTS: 12 bits of sync, layer 0
    next_frame = head[length : length + 2]
    alike = next_frame == head[:2] or (not next_frame and length >= len(head))
    return alike and is_aac == (name == "audio/aac")


def _frame_length(head: bytes) -> int:
    """Return the length of the MPEG audio frame (layer III, or ADTS) at the beginning, else 0."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - frame sync
        return 0
    if head[1] & 0xF6 == 0xF0:  # noqa: PLR2004 - ADTS says its length itself: 13 bits
        return (head[3] & 0x03) << 11 | head[4] << 3 | head[5] >> 5
    version, layer = head[1] >> 3 & 0x03, head[1] >> 1 & 0x03
    index, rate, padding = head[2] >> 4, head[2] >> 2 & 0x03, head[2] >> 1 & 0x01
    if version == 1 or layer != 1 or index in {0, 15} or rate == 3:  # noqa: PLR2004 - reserved
        return 0
    is_first = version == 3  # noqa: PLR2004 - MPEG 1; 2 and 2.5 have half frames
    bitrate = (_BITRATES if is_first else _BITRATES_LOW)[index] * 1000
    hertz = _RATES[rate] // {3: 1, 2: 2, 0: 4}[version]
    return (144 if is_first else 72) * bitrate // hertz + padding


def _is_text(head: bytes) -> bool:
    """Return whether this is UTF-8 without control characters, perhaps cut inside a letter."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < HEAD_BYTES:
            return False
        text = head[: error.start].decode()
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text)
