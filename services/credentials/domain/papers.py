"""Papers: the credential that is attached to a PDF (ISO 32000-2, 7.11.4), ours or anybody's.

No PDF is understood here. A file that is attached stands in the open, in a stream of its own that
says what it is; it is looked for, and unpacked up to a limit. So no document takes long, whatever
it was made to do.
"""

import re
import zlib

from services.kit.errors import Invalid

PDF = b"%PDF-"
MAX_PAPER_BYTES = 8 * 1024 * 1024
MAX_TEXT_BYTES = 512 * 1024
MAX_ATTACHED = 64
"""Files of one paper that are looked at."""

_ATTACHED = re.compile(rb"/EmbeddedFile(?![A-Za-z])")
_HEAD = 1_024
"""Bytes of the dictionary before a stream, on either side of its type."""
_START = re.compile(rb">>\s*stream\r?\n")
_TOKEN = re.compile(rb"\s*[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}\s*")


def attached(paper: bytes) -> str:
    """Return the credential that is attached to a PDF, JSON or a token.

    Invalid where there is none, or more than one.
    """
    if len(paper) > MAX_PAPER_BYTES:
        raise Invalid(f"The PDF is larger than {MAX_PAPER_BYTES // 1024 // 1024} MiB.")
    found = {text for text in map(bytes.strip, _files(paper)) if _may_be_one(text)}
    if not found:
        raise Invalid("There is no badge attached to this PDF.")
    if len(found) > 1:
        raise Invalid("There is more than one badge attached to this PDF.")
    try:
        return found.pop().decode()
    except UnicodeDecodeError as error:
        raise Invalid("The badge that is attached to this PDF is not UTF-8.") from error


def _files(paper: bytes) -> list[bytes]:
    """Return the files attached to a PDF, but those that are packed in a rare way."""
    files = []
    for _, mark in zip(range(MAX_ATTACHED), _ATTACHED.finditer(paper), strict=False):
        begin = max(paper.rfind(b"obj", max(mark.start() - _HEAD, 0), mark.start()), 0)
        start = _START.search(paper, mark.end(), mark.end() + _HEAD)
        end = paper.find(b"endstream", start.end()) if start else -1
        if start is None or end < 0:
            continue
        file = _unpacked(paper[begin : start.start()], paper[start.end() : end])
        if file is not None:
            files.append(file)
    return files


def _unpacked(head: bytes, stream: bytes) -> bytes | None:
    """Return what a stream holds; None where it is damaged, or packed in a way not known here."""
    if b"/Filter" not in head:
        return stream
    if b"/FlateDecode" not in head or head.count(b"Decode") > 1:
        return None
    try:
        return zlib.decompressobj().decompress(stream, MAX_TEXT_BYTES + 1)
    except zlib.error:
        return None


def _may_be_one(text: bytes) -> bool:
    if len(text) > MAX_TEXT_BYTES:
        raise Invalid(f"What is attached to this PDF is larger than {MAX_TEXT_BYTES // 1024} KiB.")
    return text.startswith(b"{") or _TOKEN.fullmatch(text) is not None
