"""Pictures: read with caps, stripped, encoded anew, and served for ever."""

import asyncio
import hashlib
import io
from typing import Any

import pytest
from PIL import Image, ImageCms
from starlette.applications import Starlette

from services.content.app import Content
from services.content.contract import ImageBlock
from services.content.media import pictures
from services.content.media.pictures import encode
from services.kit.errors import Invalid, LimitReached
from services.kit.records import Actor
from tests.services.content.samples import folder, package, picture
from tests.support.asgi import Answer, get


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    "width,widths",
    [(100, (100,)), (360, (360,)), (500, (360, 500)), (2000, (360, 720, 1080))],
)
def test_renditions_are_never_larger_than_the_original(width: int, widths: tuple[int, ...]) -> None:
    """Each width in each format, and each opens as what it says it is."""
    data = picture(width, width // 2)
    stored, renditions = encode(data, name="x.png")
    assert stored.hash == hashlib.sha256(data).hexdigest()
    assert (stored.width, stored.height, stored.widths) == (width, width // 2, widths)
    assert {(each.width, each.format) for each in renditions} == {
        (each, kind) for each in widths for kind in ("webp", "avif", "jpeg", "png")
    }
    for each in renditions:
        found = opened(each.data)
        assert (found.format or "").lower() == each.format
        assert found.size == (each.width, each.height)


def test_metadata_does_not_come_along_and_orientation_is_applied() -> None:
    """A photo's place and camera are nobody's business; it still stands upright."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretCamera"
    Image.new("RGB", (40, 20), "red").save(buffer, format="JPEG", exif=exif, comment=b"SecretNote")
    stored, renditions = encode(buffer.getvalue(), name="x.jpg")
    assert (stored.width, stored.height) == (20, 40)
    for each in renditions:
        assert b"Secret" not in each.data
        assert not opened(each.data).getexif()


def test_a_large_photo_on_its_side_is_scaled_upright() -> None:
    """What is scaled before it is turned must be measured the other way round."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (3000, 2000), "red").save(buffer, format="JPEG", exif=exif)
    stored, renditions = encode(buffer.getvalue(), name="x.jpg")
    assert (stored.width, stored.height, stored.widths) == (2000, 3000, (360, 720, 1080))
    assert {(each.width, each.height) for each in renditions} == {
        (360, 540),
        (720, 1080),
        (1080, 1620),
    }


def test_colours_are_those_that_the_profile_means() -> None:
    """A phone that shows sRGB would show a photo in another space pale or wrong."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"TEMP").replace(b"gXYZ", b"rXYZ").replace(b"TEMP", b"gXYZ")
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), (255, 0, 0)).save(buffer, format="PNG", icc_profile=swapped)
    renditions = {each.format: each.data for each in encode(buffer.getvalue(), name="x")[1]}
    assert opened(renditions["png"]).getpixel((5, 5)) == (0, 255, 0)
    assert not any("icc_profile" in opened(data).info for data in renditions.values())


@pytest.mark.parametrize("mode,value", [("I;16", 128 * 256), ("L", 128), ("1", 1), ("LA", (9, 0))])
def test_greys_come_out_as_they_were(mode: str, value: Any) -> None:
    """Sixteen bits of grey would be cut off into white."""
    buffer = io.BytesIO()
    Image.new(mode, (20, 20), value).save(buffer, format="PNG")
    shown = {each.format: each.data for each in encode(buffer.getvalue(), name="x")[1]}["png"]
    expected = {"1": (255, 255, 255), "LA": (9, 9, 9, 0)}.get(mode, (128, 128, 128))
    assert opened(shown).getpixel((5, 5)) == expected


def test_transparency_is_kept_or_shown_on_white() -> None:
    """JPEG has none: black shadows would appear."""
    buffer = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(buffer, format="PNG")
    renditions = {each.format: each.data for each in encode(buffer.getvalue(), name="x")[1]}
    assert opened(renditions["png"]).mode == "RGBA"
    assert opened(renditions["jpeg"]).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"<html>", picture()[:60]],
)
def test_what_is_no_picture_is_refused_with_words(data: bytes) -> None:
    """The bytes are looked at, not the name."""
    with pytest.raises(Invalid, match=r"x\.png: this is no picture that can be read"):
        encode(data, name="x.png")


def test_pictures_that_are_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixels are counted before they are decoded: a small file can hold a huge picture."""
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1_000_000)
    with pytest.raises(LimitReached, match="at most 1 million pixels"):
        encode(picture(2000, 501), name="x.png")
    with pytest.raises(LimitReached, match="at most 10 MB"):
        encode(bytes(pictures.MAX_BYTES + 1), name="x.png")


@pytest.fixture
async def shown(content: Content, author: Actor) -> ImageBlock:
    """A picture of a published course."""
    files = folder("---\ntitle: L\n---\n![A cat](cat.png)\n", cat__png=picture(400, 300))
    result = await content.authoring.import_course(author, package(files))
    assert result.course is not None
    (version,) = await content.catalog.versions((result.course.version_id or "",))
    assert version is not None
    block = version.modules[0].lessons[0].blocks[0]
    assert isinstance(block, ImageBlock)
    return block


async def test_the_original_is_kept_and_never_served(content: Content, author: Actor) -> None:
    """An export gives back what was brought in; the public sees renditions alone."""
    photo = picture(400, 300, kind="JPEG")
    files = folder("---\ntitle: L\n---\n![A cat](cat.jpg)\n", cat__jpg=photo)
    await content.authoring.import_course(author, package(files))

    digest = hashlib.sha256(photo).hexdigest()
    assert await content.media.original(digest) == photo
    assert await content.media.original("0" * 64) is None
    assert (await ask(content, f"/media/{digest}")).status == 404


async def test_a_picture_from_before_originals_were_kept_has_none(content: Content) -> None:
    """An export of an old course would fail for a picture that learners see."""
    await content.media._media.insert_one({"_id": "1" * 64, "widths": [360]})
    assert await content.media.original("1" * 64) is None


async def ask(content: Content, path: str, **headers: Any) -> Answer:
    return await get(Starlette(routes=content.routes), path, **headers)


async def test_a_picture_is_served_for_ever(content: Content, shown: ImageBlock) -> None:
    """Type, caching, ETag, and 304 for who has it."""
    image = shown.image
    assert (image.width, image.height, image.widths) == (400, 300, (360, 400))
    path = f"/media/{image.hash}/360.webp"
    answer = await ask(content, path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert opened(answer.body).size == (360, 270)
    again = await ask(content, path, if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "asked,first,last",
    [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, None),
        ("bytes=-5", -5, None),
        ("bytes=5-999999", 5, None),
    ],
)
async def test_a_range_continues_a_broken_download(
    content: Content, shown: ImageBlock, asked: str, first: int, last: int | None
) -> None:
    """One simple range is answered with 206 and exactly its bytes."""
    path = f"/media/{shown.image.hash}/400.png"
    whole = (await ask(content, path)).body
    part = await ask(content, path, range=asked)
    expected = whole[first:] if last is None else whole[first : last + 1]
    assert (part.status, part.body) == (206, expected)
    start = whole.index(expected) if first >= 0 else len(whole) + first
    end = start + len(expected) - 1
    assert part.headers["content-range"] == f"bytes {start}-{end}/{len(whole)}"


@pytest.mark.parametrize(
    "asked,status",
    [
        ("bytes=9-5", 200),
        ("bytes=999999-", 416),
        ("bytes=0-1,5-6", 200),
        ("lines=1-2", 200),
        ("bytes=-", 200),
    ],
)
async def test_ranges_that_cannot_be(
    content: Content, shown: ImageBlock, asked: str, status: int
) -> None:
    """Unsatisfiable is 416; what is malformed or not one simple range is ignored (RFC 9110)."""
    answer = await ask(content, f"/media/{shown.image.hash}/400.png", range=asked)
    assert answer.status == status


@pytest.mark.parametrize("file", ["360.gif", "0.webp", "361.webp", "../x", "360.webp/x", ""])
async def test_what_is_not_there_is_said_in_words(
    content: Content, shown: ImageBlock, file: str
) -> None:
    """404 as JSON, for a width that does not exist too."""
    answer = await ask(content, f"/media/{shown.image.hash}/{file}")
    assert answer.status == 404
    assert list(answer.json()) == ["error"]


async def test_the_same_picture_stored_at_the_same_moment_is_stored_once(
    content: Content, author: Actor
) -> None:
    """Two imports that share a picture never fail each other."""
    files = folder("---\ntitle: L\n---\n![A cat](cat.png)\n", cat__png=picture(50, 40))
    imports = (content.authoring.import_course(author, package(files)) for _ in range(3))
    for result in await asyncio.gather(*imports):
        assert result.problems == ()
        assert result.course is not None
