"""Pictures: sniffed, capped, stripped of metadata, and encoded anew at the widths of phones.

Runs in worker processes (`services.content.media.worker`): what decodes hostile bytes holds nothing
else. Only pixels leave it, so whatever stood in, behind or beside them is gone.
"""

import hashlib
import io
import warnings
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from services.content.domain.media_types import HEAD_BYTES, disguise, sniff
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
_ORIENTATION = 0x0112
_FIRST_TURNED = 5
"""Orientations from this one on lie on their side (EXIF 2.3, 4.6.4)."""


def picture_hash(data: bytes) -> str:
    """Return the SHA-256 in hex by which a picture is known."""
    return hashlib.sha256(data).hexdigest()


def encode(data: bytes, *, name: str) -> tuple[StoredPicture, tuple[Rendition, ...]]:
    """Return what is known of a picture and its renditions; Invalid or LimitReached with words."""
    if len(data) > MAX_BYTES:
        raise LimitReached(f"{name}: a picture has at most {MAX_BYTES >> 20} MB.", path=(name,))
    if "image/svg+xml" in sniff(data[:HEAD_BYTES]):
        message = f"{name}: SVG can hold scripts and is not taken: save the drawing as PNG."
        raise Invalid(message, path=(name,))
    if (other := disguise(data[:HEAD_BYTES], data)) is not None:
        raise Invalid(f"{name}: this is a picture and {other} in one.", path=(name,))
    (width, height), shown = _open(data, name)
    widths = sorted({min(each, width) for each in WIDTHS})
    renditions = [rendition for each in widths for rendition in _renditions(_scaled(shown, each))]
    stored = StoredPicture(
        hash=picture_hash(data), width=width, height=height, widths=tuple(widths)
    )
    return stored, tuple(renditions)


def _open(data: bytes, name: str) -> tuple[tuple[int, int], Image.Image]:
    """Return a picture's size and its first frame, upright, in sRGB, no wider than phones need.

    The size is checked before any pixel, and scaled down before all else: a photo of 40 million
    pixels then takes 160 MB at the most, once.
    """
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=READS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _too_large(name)
            turned = opened.getexif().get(_ORIENTATION, 1) >= _FIRST_TURNED
            width, height = opened.size[::-1] if turned else opened.size
            return (width, height), _shown(opened, width=width, turned=turned)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        kinds = ", ".join(READS)
        raise Invalid(
            f"{name}: this is no picture that can be read ({kinds}).", path=(name,)
        ) from error


def _shown(opened: Image.Image, *, width: int, turned: bool) -> Image.Image:
    profile = opened.info.get("icc_profile")
    opened.draft(None, (WIDTHS[-1], WIDTHS[-1]))  # a JPEG is decoded smaller at once
    image = _plain(opened)
    if width > WIDTHS[-1]:
        scale = WIDTHS[-1] / (image.height if turned else image.width)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return ImageOps.exif_transpose(_standard(image, profile))


def _plain(image: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be scaled: no palette, eight bits a channel."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"RGB", "RGBA", "L", "CMYK"} and "transparency" not in image.info:
        image.load()
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _standard(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture in sRGB; a profile that cannot be read is left out of account."""
    mode: Any = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            changed = None
        if changed is not None:
            return changed
    return image.convert(mode)


def _too_large(name: str) -> LimitReached:
    message = f"{name}: a picture has at most {MAX_PIXELS // 1_000_000} million pixels."
    return LimitReached(message, path=(name,))


def _scaled(shown: Image.Image, width: int) -> Image.Image:
    """Return the picture at a width; only pixels are copied, so no metadata comes along."""
    height = max(1, round(shown.height * width / shown.width))
    clean = Image.new(shown.mode, shown.size)
    clean.paste(shown)
    if width == shown.width:
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
