"""Pack files compressed, once and as far as it goes: slow, so never on the event loop."""

import gzip
import hashlib

import brotli

from services.kit.records import Record

IDENTITY, BROTLI, GZIP = "identity", "br", "gzip"


class EncodedFile(Record):
    """A file of text in every encoding that it is served in."""

    hash: str
    media_type: str
    identity: bytes
    br: bytes
    gzip: bytes


def file_hash(data: bytes) -> str:
    """Return the SHA-256 in hex by which a file is known."""
    return hashlib.sha256(data).hexdigest()


def encode(data: bytes, *, media_type: str) -> EncodedFile:
    """Return a text in UTF-8 in all its encodings; equal bytes give equal encodings."""
    return EncodedFile(
        hash=file_hash(data),
        media_type=media_type,
        identity=data,
        br=brotli.compress(data, mode=brotli.MODE_TEXT, quality=11),
        gzip=gzip.compress(data, compresslevel=9, mtime=0),
    )
