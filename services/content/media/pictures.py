"""Pictures: sniffed, capped, stripped of metadata, and encoded anew at the widths of phones.

Encoding takes tenths of a second: callers run it off the event loop.
"""

import hashlib
import io
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from services.content.domain.pictures import Rendition, StoredPicture
from services.kit.errors import Invalid, LimitReached

WIDTHS = (360, 720, 1080)
FORMATS = ("webp", "avif", "jpeg", "png")
READS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
_QUALITY: dict[str, dict[str, Any]] = {
    "webp": {"quality": 82, "method": 4},
    "avif": {"quality": 62, "speed": 8},
    "jpeg": {"quality": 84, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}


def picture_hash(data: bytes) -> str:
    """Return the SHA-256 in hex by which a picture is known."""
    return hashlib.sha256(data).hexdigest()


def encode(data: bytes, *, name: str) -> tuple[StoredPicture, tuple[Rendition, ...]]:
    """Return what is known of a picture and its renditions; Invalid or LimitReached with words."""
    if len(data) > MAX_BYTES:
        raise LimitReached(f"{name}: a picture has at most {MAX_BYTES >> 20} MB.", path=(name,))
    original = _open(data, name)
    widths = sorted({min(width, original.width) for width in WIDTHS})
    renditions = [
        rendition for width in widths for rendition in _renditions(_scaled(original, width))
    ]
    stored = StoredPicture(
        hash=picture_hash(data),
        width=original.width,
        height=original.height,
        widths=tuple(widths),
    )
    return stored, tuple(renditions)


def _open(data: bytes, name: str) -> Image.Image:
    """Return the first frame of a picture, upright; its size is checked before its pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=READS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _too_large(name)
            upright = ImageOps.exif_transpose(opened)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        kinds = ", ".join(READS)
        raise Invalid(
            f"{name}: this is no picture that can be read ({kinds}).", path=(name,)
        ) from error


def _too_large(name: str) -> LimitReached:
    message = f"{name}: a picture has at most {MAX_PIXELS // 1_000_000} million pixels."
    return LimitReached(message, path=(name,))


def _scaled(original: Image.Image, width: int) -> Image.Image:
    """Return the picture at a width; only pixels are copied, so no metadata comes along."""
    height = max(1, round(original.height * width / original.width))
    clean = Image.new(original.mode, original.size)
    clean.paste(original)
    if width == original.width:
        return clean
    return clean.resize((width, height), Image.Resampling.LANCZOS)


def _renditions(image: Image.Image) -> list[Rendition]:
    return [
        Rendition(width=image.width, height=image.height, format=kind, data=_encode(image, kind))
        for kind in FORMATS
    ]


def _encode(image: Image.Image, kind: str) -> bytes:
    if kind == "jpeg" and image.mode == "RGBA":  # JPEG has no transparency: show it on white
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    buffer = io.BytesIO()
    image.save(buffer, format=kind.upper(), **_QUALITY[kind])
    return buffer.getvalue()
