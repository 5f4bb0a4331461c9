"""Small files of every type that is played, made here: enough of each to be told by its bytes."""

import io
import struct
import wave


def box(kind: bytes, data: bytes) -> bytes:
    """Return a box of an MP4 file."""
    return struct.pack(">I", len(data) + 8) + kind + data


def mp4(brand: bytes = b"isom", *, size: int = 5000) -> bytes:
    """Return an MP4 file of that brand with nothing to see in it."""
    return box(b"ftyp", brand + bytes(4) + brand + b"mp42") + box(b"mdat", bytes(range(256)) * size)


def mp3(frames: int = 40) -> bytes:
    """Return MPEG 1 layer III frames of silence: 128 kbit/s, 44.1 kHz."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def aac(frames: int = 40) -> bytes:
    """Return ADTS frames of 100 bytes."""
    return (b"\xff\xf1\x50\x80\x0c\x9f\xfc" + bytes(93)) * frames


def ogg() -> bytes:
    """Return the first page of an Ogg Opus file, and some bytes."""
    return b"OggS\x00\x02" + bytes(20) + b"\x01\x13" + b"OpusHead" + bytes(5000)


def wav() -> bytes:
    """Return a second of silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16_000))
    return buffer.getvalue()


def webm() -> bytes:
    """Return the head of a WebM file, and some bytes."""
    return b"\x1aE\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(5000)


CAPTIONS = """WEBVTT

1
00:01.000 --> 00:04.000
Hello.

00:00:05.000 --> 00:06.500 line:0
Bye.
"""
