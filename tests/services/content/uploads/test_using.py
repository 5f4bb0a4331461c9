"""What becomes of files that were sent: used in a course and kept, or swept after a day."""

import hashlib
from typing import Any

import pytest

from services.content.app import Content
from services.content.contract import AudioBlock, PublishCourse, UpdateDraft, VideoBlock
from services.kit.errors import Invalid
from services.kit.mongo import Mongo
from services.kit.records import Actor
from tests.services.content.samples import folder, package, picture
from tests.support.recordings import CAPTIONS, mp3, mp4, wav

DAY_MS = 24 * 60 * 60 * 1000


def address(data: bytes, extension: str) -> str:
    return f"/media/{hashlib.sha256(data).hexdigest()}.{extension}"


SOUND, FILM, WORDS = mp3(), mp4(), CAPTIONS.encode()
BLOCKS: list[Any] = [
    {"type": "audio", "key": "a", "url": address(SOUND, "mp3"), "transcript": {"en": "Silence."}},
    {
        "type": "video",
        "key": "v",
        "renditions": [{"url": address(FILM, "mp4"), "mediaType": "video/mp4"}],
        "captions": [{"url": address(WORDS, "vtt"), "locale": "en"}],
    },
    {
        "type": "image",
        "key": "i",
        "image": {"hash": hashlib.sha256(picture()).hexdigest(), "alt": {"en": "Teal."}},
    },
]


async def drafted(content: Content, author: Actor, blocks: list[Any]) -> tuple[str, int]:
    """Return a course whose only lesson has these blocks, and its revision."""
    made = await content.authoring.import_course(
        author, package(folder("---\ntitle: L\n---\nHello.\n"), publish=False)
    )
    assert made.course is not None
    (draft,) = await content.authoring.drafts(author, (made.course.id,))
    assert draft is not None
    draft.content["modules"][0]["lessons"][0]["blocks"] = blocks
    update = UpdateDraft(
        course_id=made.course.id, base_revision=draft.revision, content=draft.content
    )
    await content.authoring.update_draft(author, update)
    return made.course.id, draft.revision + 1


async def age(content: Content, mongo: Mongo, *, hours: int) -> None:
    """Make all uploads that old, by the database's own clock."""
    uploads = mongo.database(content.media._media._collection.database.name).truth("uploads")
    earlier = {"$subtract": ["$$NOW", hours * 3_600_000]}
    await uploads.update_many({}, [{"$set": {"asked_at": earlier}}])


async def test_a_course_plays_what_was_uploaded(client: Any, author: Actor) -> None:
    """Breaks when an author cannot use a file, or learners get another address."""
    for data, kind in [
        (SOUND, "audio/mpeg"),
        (FILM, "video/mp4"),
        (WORDS, "text/vtt"),
        (picture(), "image/png"),
    ]:
        assert (await client.send(data, kind))[0] == 201
    course_id, revision = await drafted(client.content, author, BLOCKS)
    publish = PublishCourse(course_id=course_id, base_revision=revision)

    course = await client.content.authoring.publish(author, publish)

    (version,) = await client.content.catalog.versions((course.version_id,))
    audio, video, _ = version.modules[0].lessons[0].blocks
    assert isinstance(audio, AudioBlock)
    assert isinstance(video, VideoBlock)
    for url in (audio.url, video.renditions[0].url, video.captions[0].url):
        assert (await client.get(url))[0] == 200


async def test_every_lack_of_a_course_is_told_at_once(client: Any, author: Actor) -> None:
    """Breaks when an author has to publish five times to learn of five files."""
    await client.send(SOUND, "audio/mpeg")
    blocks: list[Any] = [
        {"type": "audio", "key": "a", "url": address(SOUND, "mp3")},
        {"type": "audio", "key": "b", "url": address(wav(), "wav"), "transcript": {"en": "x"}},
        {"type": "audio", "key": "c", "url": address(FILM, "mp4"), "transcript": {"en": "x"}},
        {"type": "audio", "key": "d", "url": "/media/x.mp3", "transcript": {"en": "x"}},
        {
            "type": "video",
            "key": "v",
            "renditions": [{"url": address(FILM, "mp4"), "mediaType": "video/webm"}],
        },
        {"type": "image", "key": "i", "image": {"hash": "0" * 64, "alt": {}}},
    ]
    course_id, revision = await drafted(client.content, author, blocks)

    (draft,) = await client.content.authoring.drafts(author, (course_id,))

    at = ("modules", "0", "lessons", "0", "blocks")
    assert {("/".join(p.path[len(at) :]), p.message) for p in draft.problems} >= {
        ("0/transcript", "A recording needs a transcript."),
        ("1/url", f"The file {address(wav(), 'wav')[7:19]!r} was not uploaded as audio/wav."),
        ("4", "A video needs captions or a transcript."),
        ("4/renditions/0/mediaType", "The type of this file is video/mp4."),
        ("5/image/alt", "An alt text says what the picture shows."),
        ("5/image/hash", "The picture '000000000000' was not uploaded."),
    }
    assert {"2/url", "3/url"} <= {"/".join(p.path[len(at) :]) for p in draft.problems}
    with pytest.raises(Invalid) as refused:
        await client.content.authoring.publish(
            author, PublishCourse(course_id=course_id, base_revision=revision)
        )
    assert 1 + len(refused.value.others) == len(draft.problems)


async def test_what_nobody_uses_is_swept_after_a_day(client: Any, mongo: Mongo) -> None:
    """Breaks when forgotten uploads fill the disk, or the quota stays taken."""
    content = client.content
    for data, kind in [(SOUND, "audio/mpeg"), (WORDS, "text/vtt"), (picture(), "image/png")]:
        await client.send(data, kind)
    await client.ask(FILM, "video/mp4")
    await age(content, mongo, hours=23)
    await content.uploads.sweep()
    assert (await client.get(address(SOUND, "mp3")))[0] == 200

    await age(content, mongo, hours=25)
    await content.uploads.sweep()

    database = mongo.database(content.media._media._collection.database.name)
    left = [
        await database.truth(name).count({})
        for name in ("uploads", "media", "files.files", "files.chunks")
    ]
    assert left == [0, 0, 0, 0]
    assert await content._uploads.held_bytes("school") == 0
    assert (await client.send(SOUND, "audio/mpeg"))[0] == 201


async def test_what_a_draft_uses_is_kept(client: Any, mongo: Mongo, author: Actor) -> None:
    """Breaks when a course loses a film because its author took two days."""
    for data, kind in [(SOUND, "audio/mpeg"), (picture(), "image/png"), (wav(), "audio/wav")]:
        await client.send(data, kind)
    await drafted(client.content, author, [BLOCKS[0], BLOCKS[2]])
    await age(client.content, mongo, hours=25)

    await client.content.uploads.sweep()

    assert (await client.get(address(SOUND, "mp3")))[0] == 200
    assert (await client.get(f"/media/{BLOCKS[2]['image']['hash']}/40.webp"))[0] == 200
    assert (await client.get(address(wav(), "wav")))[0] == 404
    assert (await client.ask(SOUND, "audio/mpeg")).url is None


async def test_what_was_sent_after_the_draft_was_saved_is_kept_by_publishing(
    client: Any, mongo: Mongo, author: Actor
) -> None:
    """Breaks when a published version loses its recording to a sweep."""
    course_id, revision = await drafted(client.content, author, [BLOCKS[0]])
    await client.send(SOUND, "audio/mpeg")
    await client.content.authoring.publish(
        author, PublishCourse(course_id=course_id, base_revision=revision)
    )
    await age(client.content, mongo, hours=25)

    await client.content.uploads.sweep()

    assert (await client.get(address(SOUND, "mp3")))[0] == 200


async def test_what_two_organisations_sent_is_swept_when_neither_wants_it(
    client: Any, mongo: Mongo, stranger: Actor
) -> None:
    """Breaks when the sweep of one organisation's upload takes another's file away."""
    await client.send(SOUND, "audio/mpeg")
    await age(client.content, mongo, hours=25)
    client.author = stranger
    await client.send(SOUND, "audio/mpeg")

    await client.content.uploads.sweep()

    assert (await client.get(address(SOUND, "mp3")))[2] == SOUND
    await age(client.content, mongo, hours=25)
    await client.content.uploads.sweep()
    assert (await client.get(address(SOUND, "mp3")))[0] == 404
