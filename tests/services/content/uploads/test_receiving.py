"""Files on their way in: as announced and whole, or not at all."""

import asyncio
import hashlib
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from services.content.app import Content
from services.content.contract import ImportCourse, ImportFormat
from services.content.endpoints import uploads
from services.content.use_cases.uploading import UploadLimits
from services.kit.errors import Forbidden, Invalid, LimitReached, NotFound
from services.kit.mongo import Mongo
from services.kit.records import Actor
from tests.services.content.samples import folder, picture, zipped
from tests.support.recordings import CAPTIONS, aac, mp3, mp4, ogg, wav, webm

PLAYED = [
    (mp3(), "audio/mpeg", "mp3"),
    (mp4(b"M4A "), "audio/mp4", "m4a"),
    (aac(), "audio/aac", "aac"),
    (ogg(), "audio/ogg", "ogg"),
    (wav(), "audio/wav", "wav"),
    (mp4(), "video/mp4", "mp4"),
    (webm(), "video/webm", "webm"),
    (CAPTIONS.encode(), "text/vtt", "vtt"),
]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def counts(content: Content, mongo: Mongo) -> dict[str, int]:
    """Return how many documents the stores of media hold."""
    database = mongo.database(content.media._media._collection.database.name)
    names = ("media", "files.files", "files.chunks")
    return {name: await database.truth(name).count({}) for name in names}


@pytest.mark.parametrize("data,media_type,extension", PLAYED, ids=[name for _, _, name in PLAYED])
async def test_what_was_sent_is_served_under_its_hash(
    client: Any, data: bytes, media_type: str, extension: str
) -> None:
    """Breaks when a type that is promised cannot be sent, or comes back as something else."""
    status, told = await client.send(data, media_type)
    address = f"/media/{digest(data)}.{extension}"
    assert (status, told["address"]) == (201, address)

    status, headers, body = await client.get(address)

    assert (status, headers["content-type"].partition(";")[0]) == (200, media_type)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert body == data if media_type != "text/vtt" else body.startswith(b"WEBVTT\n\n00:01.000")


async def test_a_picture_is_shown_and_its_original_is_not(client: Any) -> None:
    """Breaks when a picture that was sent cannot be used, or its private data can be fetched."""
    data = picture(400, 300, kind="JPEG")
    status, told = await client.send(data, "image/jpeg")
    assert (status, told["sha256"]) == (201, digest(data))

    assert (await client.get(f"/media/{digest(data)}/360.webp"))[0] == 200
    assert (await client.get(f"/media/{digest(data)}.jpg"))[0] == 404
    assert await client.content.media.original(digest(data)) == data


async def test_sending_it_again_changes_nothing(client: Any, mongo: Mongo) -> None:
    """Breaks when a retry after a lost answer fails, or stores the bytes twice."""
    data = mp3()
    first = await client.ask(data, "audio/mpeg")
    assert (await client.put(first, data))[0] == 201
    before = await counts(client.content, mongo)

    status, _ = await client.put(first, data)
    again = await client.ask(data, "audio/mpeg")

    assert (status, again.id, again.url) == (200, first.id, None)
    assert await counts(client.content, mongo) == before


async def test_the_same_bytes_at_the_same_moment_are_stored_once(client: Any, mongo: Mongo) -> None:
    """Breaks when two tabs that send one file fail each other, or leave a second copy."""
    data = mp4()
    upload = await client.ask(data, "video/mp4")

    answers = await asyncio.gather(*(client.put(upload, data) for _ in range(4)))

    assert {status for status, _ in answers} <= {200, 201}
    assert (await counts(client.content, mongo))["files.files"] == 1
    assert (await client.get(f"/media/{digest(data)}.mp4"))[2] == data


async def test_what_another_organisation_sent_is_sent_again(
    client: Any, content: Content, stranger: Actor
) -> None:
    """Breaks when asking tells what others have: who does not have the bytes learns nothing."""
    data = mp3()
    await client.send(data, "audio/mpeg")
    client.author = stranger

    upload = await client.ask(data, "audio/mpeg")
    assert upload.url is not None
    assert (await client.put(upload, data))[0] == 201
    assert (await client.ask(data, "audio/mpeg")).url is None


@pytest.mark.parametrize(
    "sent,status,words",
    [
        (mp3()[:-1], 413, "about to come"),
        (mp3() + b"x", 413, "about to come"),
        (mp3()[:-1] + b"x", 400, "other bytes than announced"),
        (b"", 413, "about to come"),
    ],
    ids=["less", "more", "other", "none"],
)
async def test_bytes_that_were_not_announced_are_refused(
    client: Any, mongo: Mongo, sent: bytes, status: int, words: str
) -> None:
    """Breaks when an address takes another file than the one that it was asked for."""
    upload = await client.ask(mp3(), "audio/mpeg")

    answer = await client.put(upload, sent)

    assert (answer[0], words in answer[1]["error"]) == (status, True), answer
    assert await counts(client.content, mongo) == {"media": 0, "files.files": 0, "files.chunks": 0}
    assert (await client.put(upload, mp3()))[0] == 201


@pytest.mark.parametrize("size,status", [(-1, 400), (0, 400), (1, 413)])
async def test_a_body_of_unknown_length_is_counted_as_it_comes(
    client: Any, mongo: Mongo, size: int, status: int
) -> None:
    """Breaks when a body without Content-Length is held whole, or believed."""
    data = mp4(size=4000)
    upload = await client.ask(data, "video/mp4", sha256="0" * 64)

    async def body() -> AsyncIterator[bytes]:
        yield data[:300_000]
        yield data[300_000 : len(data) + min(size, 0)]
        yield b"x" * max(size, 0)

    assert (await client.put(upload, body()))[0] == status
    assert await counts(client.content, mongo) == {"media": 0, "files.files": 0, "files.chunks": 0}


async def test_a_body_that_breaks_off_leaves_nothing(client: Any, mongo: Mongo) -> None:
    """Breaks when half a file can be used, or what came of it stays for ever."""
    data = mp4()
    upload = await client.ask(data, "video/mp4")

    async def body() -> AsyncIterator[bytes]:
        yield data[:600_000]
        raise ConnectionResetError

    with pytest.raises(aiohttp.ClientError):
        await client.put(upload, body())

    while (await counts(client.content, mongo))["files.chunks"]:
        await asyncio.sleep(0.02)
    assert (await client.get(f"/media/{digest(data)}.mp4"))[0] == 404
    assert (await client.put(upload, data))[0] == 201


async def test_a_body_of_which_nothing_comes_is_given_up(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when a client that sends nothing holds a connection for an hour."""
    monkeypatch.setattr(uploads, "IDLE_SECONDS", 0.2)
    upload = await client.ask(mp3(), "audio/mpeg")

    async def body() -> AsyncIterator[bytes]:
        yield mp3()[:100]
        await asyncio.sleep(5)

    status, told = await client.put(upload, body())
    assert (status, "too slowly" in told["error"]) == (408, True)


@pytest.mark.parametrize(
    "data,said",
    [
        (b"<html><script>evil()</script>" + bytes(5000), "video/mp4"),
        (picture(), "image/jpeg"),
        (zipped({"a": b"b"}), "image/png"),
        (mp4(), "audio/mpeg"),
        (wav(), "video/webm"),
        (b"MZ" + bytes(5000), "application/zip"),
        (bytes(5000), "text/markdown"),
        (b"\xff\xfb\x90\x00" + b"<script>" * 200, "audio/mpeg"),
    ],
)
async def test_the_bytes_say_what_a_file_is(client: Any, data: bytes, said: str) -> None:
    """Breaks when a file is served under a type that it only says it has."""
    status, told = await client.send(data, said)
    assert (status, "but its bytes are" in told["error"]) == (400, True)


@pytest.mark.parametrize(
    "text,words",
    [
        ("1\n00:01.000 --> 00:02.000\nx", "begin with a line WEBVTT"),
        ("WEBVTT\n\n00:01 --> 00:02\nx", "Line 3 of the captions says no times"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nx", "Line 3 of the captions ends before it begins"),
        ("WEBVTT\n\nNOTE nothing else", "no caption"),
        ("WEBVTT\n\nan id\n<script>alert(1)</script>", "Line 4 of the captions says no times"),
    ],
)
async def test_captions_that_are_none_are_refused_with_the_line(
    client: Any, text: str, words: str
) -> None:
    """Breaks when captions that no player shows are taken, or any text is served as captions."""
    status, told = await client.send(text.encode(), "text/vtt")
    assert (status, words in told["error"] or "but its bytes are" in told["error"]) == (400, True)


async def test_captions_are_served_with_their_cues_alone(client: Any) -> None:
    """Breaks when styles, comments or line ends of some editor reach a player."""
    text = (
        "\ufeffWEBVTT - x\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE me\r\n\r\n"
        "a\r\n00:01.000 --> 00:02.000\r\n<b>Hi</b>\r\n"
    )
    await client.send(text.encode(), "text/vtt")

    _, headers, body = await client.get(f"/media/{digest(text.encode())}.vtt")

    assert body == b"WEBVTT\n\n00:01.000 --> 00:02.000\n<b>Hi</b>\n"
    assert headers["content-type"] == "text/vtt; charset=utf-8"


async def test_hostile_pictures_are_refused_over_http(client: Any) -> None:
    """Breaks when a bomb's words do not reach who sent it, or it is stored."""
    header = b"IHDR" + struct.pack(">II", 65_535, 65_535) + picture()[24:29]
    checked = header + struct.pack(">I", zlib.crc32(header))
    bomb = picture()[:12] + checked + picture()[33:]
    status, told = await client.send(bomb, "image/png")
    assert (status, "at most 40 million pixels" in told["error"]) == (413, True)
    assert (await client.get(f"/media/{digest(bomb)}/40.webp"))[0] == 404


@pytest.mark.parametrize(
    "data,media_type,words",
    [
        (picture() + zipped({"a.class": b"x"}), "image/png", "a picture and a zip archive in one"),
        (mp3() + zipped({"a.class": b"x"}), "audio/mpeg", "a recording and a zip archive in one"),
        (mp4() + zipped({"a": b"x" * 9}), "video/mp4", "a recording and a zip archive in one"),
    ],
    ids=["picture", "recording", "film"],
)
async def test_polyglots_are_refused_over_http(
    client: Any, mongo: Mongo, data: bytes, media_type: str, words: str
) -> None:
    """Breaks when a file is taken in as one thing that other programs open as another."""
    status, told = await client.send(data, media_type)
    assert (status, words in told["error"]) == (400, True)
    assert (await counts(client.content, mongo))["media"] == 0


@pytest.mark.parametrize(
    "change,error,words",
    [
        ({"media_type": "image/svg+xml"}, Invalid, "SVG can hold scripts"),
        ({"media_type": "text/html"}, Invalid, "one of image/png, image/jpeg"),
        ({"bytes": 0}, Invalid, "1 byte or more"),
        ({"bytes": -5}, Invalid, "1 byte or more"),
        ({"bytes": 11 << 20}, LimitReached, "image/png has at most 10 MB"),
        ({"sha256": "A" * 64}, Invalid, "64 digits"),
        ({"sha256": ""}, Invalid, "64 digits"),
    ],
)
async def test_what_cannot_be_sent_is_said_before_it_is(
    client: Any, change: dict[str, Any], error: type[Exception], words: str
) -> None:
    """Breaks when somebody learns after ten minutes of sending that it was in vain."""
    with pytest.raises(error, match=words):
        await client.ask(picture(), "image/png", **change)


async def test_addresses_open_one_upload_alone(client: Any) -> None:
    """Breaks when an address can be made, prolonged or turned to another upload by hand."""
    one, other = await client.ask(mp3(), "audio/mpeg"), await client.ask(wav(), "audio/wav")
    for url in (
        one.url.replace(one.id, other.id),
        one.url.partition("?")[0],
        one.url.replace("expires=", "expires=9"),
        one.url[:-2],
    ):
        tried = type(one)(id=one.id, url=url)
        status, told = await client.put(tried, wav())
        assert (status, "ask for a new one" in told["error"]) == (404, True)


async def test_an_organisation_has_a_quota(client: Any, content: Content) -> None:
    """Breaks when one organisation fills the disk, or two at once get past the limit."""
    limits = content.uploads._limits
    content.uploads._limits = UploadLimits(sizes=limits.sizes, quota=len(mp3()) + 100)
    await client.ask(mp3(), "audio/mpeg")
    await client.ask(mp3(), "audio/mpeg")

    with pytest.raises(LimitReached, match="for uploads") as caught:
        await client.ask(wav(), "audio/wav")
    assert caught.value.path == ("bytes",)
    asked = (client.ask(mp3(n), "audio/mpeg") for n in (2, 3))
    assert all(
        isinstance(each, LimitReached)
        for each in await asyncio.gather(*asked, return_exceptions=True)
    )
    assert await content._uploads.held_bytes("school") == len(mp3())


async def test_guests_and_other_roles_send_nothing(client: Any) -> None:
    """Breaks when anybody can fill an organisation's quota."""
    client.author = Actor(subject="lrn_x", organisation="school")
    with pytest.raises(Forbidden):
        await client.ask(mp3(), "audio/mpeg")


async def test_a_package_is_imported_from_its_upload(client: Any, stranger: Actor) -> None:
    """Breaks when a course above 8 MB cannot be brought in, or others can bring it in."""
    data = zipped(folder("---\ntitle: L\n---\nHello.\n"))
    upload = await client.ask(data, "application/zip")
    given = ImportCourse(format=ImportFormat.MARKDOWN, upload_id=upload.id)
    authoring = client.content.authoring
    with pytest.raises(Invalid, match="have not come"):
        await authoring.import_course(client.author, given)
    assert (await client.put(upload, data))[0] == 201

    imported = await authoring.import_course(client.author, given)

    assert imported.course is not None
    assert (await client.ask(data, "application/zip")).url is None
    with pytest.raises(NotFound, match="no such upload"):
        await authoring.import_course(stranger, given)
    picture_upload = await client.ask(picture(), "image/png")
    with pytest.raises(Invalid, match="package is application/zip"):
        await authoring.import_course(
            client.author, ImportCourse(format=ImportFormat.MARKDOWN, upload_id=picture_upload.id)
        )
