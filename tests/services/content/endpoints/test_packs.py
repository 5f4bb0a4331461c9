"""Pack files over HTTP: negotiated, in parts, and for ever (RFC 9110)."""

import gzip
import hashlib
from collections.abc import AsyncIterator

import aiohttp
import brotli
import pytest
from starlette.applications import Starlette

from services.content.app import Content
from services.content.contract import PackFile, PackFileKind, PackQuery
from services.content.endpoints.packs import best_encoding
from services.kit.records import Actor
from tests.services.content.samples import folder, package, picture
from tests.support.asgi import Answer, get
from tests.support.serving import serving

OFFERED = ("br", "gzip", "identity")


@pytest.fixture
async def files(content: Content, author: Actor) -> dict[PackFileKind, PackFile]:
    """One file of each kind of a published course."""
    text = "---\ntitle: L\n---\n## A card\nSome words.\n\n![A field](p.png)\n"
    made = await content.authoring.import_course(
        author, package(folder(text, p__png=picture(400, 300)), publish=True)
    )
    assert made.course is not None
    assert made.course.version_id is not None
    (pack,) = await content.catalog.packs((PackQuery(version_id=made.course.version_id),))
    assert pack is not None
    return {file.kind: file for file in pack.files}


async def ask(content: Content, file: PackFile, **headers: str) -> Answer:
    return await get(Starlette(routes=content.routes), file.url, **headers)


@pytest.mark.parametrize(
    "accept,expected",
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("x-gzip", "gzip"),
        ("BR", "br"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("deflate", "identity"),
        ("identity, br;q=0.9", "identity"),
        ("gzip;q=0", "identity"),
        ("br;q=0.000, gzip;q=0", "identity"),
        ("br;q=7", "identity"),
        ("*;q=0", None),
        ("identity;q=0", None),
        ("identity;q=0, gzip;q=0.001", "gzip"),
    ],
)
def test_the_encoding_is_the_one_that_the_client_likes_best(
    accept: str | None, expected: str | None
) -> None:
    """A client would get bytes that it cannot read, or more of them than needed."""
    assert best_encoding(accept, OFFERED) == expected


@pytest.mark.parametrize("kind", [PackFileKind.LESSON, PackFileKind.INDEX])
async def test_a_text_comes_in_each_encoding_with_a_tag_of_its_own(
    content: Content, files: dict[PackFileKind, PackFile], kind: PackFileKind
) -> None:
    """Unpacked, each is the file of that hash; a cache would mix encodings of one tag."""
    file = files[kind]
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
    tags = set()
    for encoding, unpacked in unpack.items():
        answer = await ask(content, file, accept_encoding=encoding)
        assert answer.status == 200
        assert answer.headers.get("content-encoding", "identity") == encoding
        assert hashlib.sha256(unpacked(answer.body)).hexdigest() == file.hash
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "accept-encoding"
        tags.add(answer.headers["etag"])
        size = {"br": file.compressed_bytes, "identity": file.bytes}
        assert len(answer.body) == size.get(encoding, len(answer.body))
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)


async def test_a_picture_is_the_rendition_that_the_media_hold(
    content: Content, files: dict[PackFileKind, PackFile]
) -> None:
    """Packing a picture again would cost bytes and change none."""
    file = files[PackFileKind.IMAGE]
    answer = await ask(content, file, accept_encoding="br, gzip")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
    assert "content-encoding" not in answer.headers
    assert hashlib.sha256(answer.body).hexdigest() == file.hash
    assert len(answer.body) == file.bytes == file.compressed_bytes
    refused = await ask(content, file, accept_encoding="identity;q=0, br")
    assert (refused.status, "identity" in refused.json()["error"]) == (406, True)


async def test_a_broken_download_goes_on_where_it_stopped(
    content: Content, files: dict[PackFileKind, PackFile]
) -> None:
    """On the encoded bytes; and from the start when the tag is another's."""
    file = files[PackFileKind.LESSON]
    whole = await ask(content, file, accept_encoding="gzip")
    tag, end = whole.headers["etag"], len(whole.body) - 1
    asked = {"accept_encoding": "gzip", "range": "bytes=10-"}
    for more in ({}, {"if_range": tag}):
        part = await ask(content, file, **asked, **more)
        assert (part.status, part.body) == (206, whole.body[10:])
        assert part.headers["content-range"] == f"bytes 10-{end}/{end + 1}"
        assert part.headers["content-encoding"] == "gzip"
    for stale in (f'"{file.hash}"', f"W/{tag}", "Thu, 26 Nov 2026 08:00:00 GMT"):
        again = await ask(content, file, **asked, if_range=stale)
        assert (again.status, again.body) == (200, whole.body)
    for several in ("bytes=0-1,4-5", "bytes=a-b", "lines=1-2"):
        assert (await ask(content, file, accept_encoding="gzip", range=several)).status == 200
    for beyond in (f"bytes={end + 1}-", "bytes=-0"):
        refused = await ask(content, file, accept_encoding="gzip", range=beyond)
        assert (refused.status, refused.headers["content-range"]) == (416, f"bytes */{end + 1}")


async def test_who_has_a_file_is_told_so(
    content: Content, files: dict[PackFileKind, PackFile]
) -> None:
    """A cache that asks again would download it again."""
    file = files[PackFileKind.LESSON]
    tag = (await ask(content, file, accept_encoding="br")).headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = await ask(content, file, accept_encoding="br", if_none_match=known)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["vary"] == "accept-encoding"
    other = await ask(content, file, accept_encoding="gzip", if_none_match=tag)
    assert other.status == 200


@pytest.mark.parametrize("name", ["0" * 64, "0" * 63, "x", "A" * 64, f"{'0' * 64}/br"])
async def test_what_is_no_pack_file_is_said_in_words(content: Content, name: str) -> None:
    """Nothing but whole files is to be had, and no error is empty."""
    answer = await get(Starlette(routes=content.routes), f"/packs/sha256/{name}")
    assert answer.status == 404


@pytest.fixture
async def address(content: Content) -> AsyncIterator[str]:
    """Where a real server answers with them."""
    async with serving(Starlette(routes=content.routes)) as url:
        yield url


async def test_head_tells_the_length_and_sends_nothing(
    address: str, files: dict[PackFileKind, PackFile]
) -> None:
    """A phone that asks what a download would cost would pay for it."""
    file = files[PackFileKind.LESSON]
    headers = {"accept-encoding": "identity"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.head(address + file.url) as response:
            assert (response.status, await response.read()) == (200, b"")
            assert response.headers["content-length"] == str(file.bytes)
        async with session.post(address + file.url) as response:
            assert response.status == 405
