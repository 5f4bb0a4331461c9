"""Packs of published courses: made once, there before anybody hears of them, shared by versions."""

import asyncio

import pytest

from services.content.app import Content
from services.content.contract import Course, CourseVersion, OfflinePack, PackQuery
from services.content.repository import Packs
from services.content.use_cases.packing import Packing
from services.kit.errors import Invalid, Unavailable
from services.kit.ids import version_id
from services.kit.records import Actor
from tests.services.content.samples import folder, package, picture

LESSON = "---\ntitle: L\n---\n## A card\nSome words.\n\n![A field](p.png)\n"


async def published(content: Content, author: Actor, text: str = LESSON) -> Course:
    made = await content.authoring.import_course(
        author, package(folder(text, p__png=picture(800, 600)), publish=True)
    )
    assert made.course is not None
    return made.course


async def version_of(content: Content, course: Course) -> CourseVersion:
    (version,) = await content.catalog.versions((course.version_id or "",))
    assert version is not None
    return version


async def pack_of(content: Content, course: Course, **more: int) -> OfflinePack:
    (pack,) = await content.catalog.packs(
        (PackQuery(version_id=course.version_id or "", **more),)  # type: ignore[arg-type]  # ints
    )
    assert pack is not None
    return pack


def store_of(content: Content) -> Packs:
    """Return the service's own store, to look behind it and to break it."""
    store = content.catalog._packing._packs
    assert isinstance(store, Packs)
    return store


async def test_all_files_are_there_when_a_course_is_published(
    content: Content, author: Actor
) -> None:
    """The first phone to ask would wait for what every phone needs."""
    course = await published(content, author)
    store, version = store_of(content), await version_of(content, course)
    assert [each["_id"] for each in await store._manifests.find({})] == [version.hash]
    pack = await pack_of(content, course)
    assert [file.kind for file in pack.files] == ["INDEX", "LESSON", "IMAGE"]
    assert sum(file.bytes for file in pack.files) == pack.bytes
    for file in pack.files:
        assert await store.entry(file.hash) is not None


async def test_nobody_hears_of_a_version_whose_files_are_not_all_there(
    content: Content, author: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone would be told of a version that it cannot download; a repeat mends it."""

    async def fail(_: object) -> None:
        raise Unavailable("The database did not answer in time.")

    with monkeypatch.context() as broken:
        broken.setattr(store_of(content), "add_files", fail)
        with pytest.raises(Unavailable):
            await published(content, author)
    assert await content.catalog.courses_by_slug(("sums",)) == (None,)
    assert await content.feed.claim("progress", limit=1, wait=0) == ()
    course = await published(content, author)
    assert (await pack_of(content, course)).left == ()


async def test_a_version_from_before_there_were_packs_gets_one_when_asked(
    content: Content, author: Actor
) -> None:
    """Its learners could never go offline; ten phones that ask at once are one build."""
    course = await published(content, author)
    made = await pack_of(content, course)
    store = store_of(content)
    await store._manifests.delete_many({})
    await store._files.delete_many({})
    fresh = Packing(store, content.catalog._packing._media)
    version = await version_of(content, course)
    query = PackQuery(version_id=version.id)
    packs = await asyncio.gather(*(fresh.pack(version, query) for _ in range(10)))
    assert packs == [made] * 10
    assert len(await store._manifests.find({})) == 1


async def test_versions_share_files_and_a_changed_word_adds_two(
    content: Content, author: Actor
) -> None:
    """A lesson and the index: neither the database nor a phone holds the rest twice."""
    course = await published(content, author)
    before, old = await pack_of(content, course), await version_of(content, course)
    changed = await published(content, author, LESSON.replace("Some", "Other"))
    after, new = await pack_of(content, changed), await version_of(content, changed)
    assert before.hash != after.hash
    fresh = {file.hash: file for file in after.files if file not in before.files}
    added = [file for file in after.files if file.hash not in {each.hash for each in before.files}]
    assert [file.kind for file in added] == ["INDEX", "LESSON"]
    assert len(fresh) == 3  # the picture is the same file, in a lesson of another version
    packing = content.catalog._packing
    paid = sum(file.bytes for file in added)
    assert await packing.bytes_to_fetch(old, new, image_width=720) == paid
    assert await packing.bytes_to_fetch(None, new, image_width=720) == after.bytes


async def test_a_plan_stores_no_text(content: Content, author: Actor) -> None:
    """What a draft would cost is asked often, and drafts are nobody's to download."""
    course = await published(content, author)
    store, version = store_of(content), await version_of(content, course)
    await store._manifests.delete_many({})
    await store._files.delete_many({})
    plan = await content.catalog._packing.plan(version)
    assert await store.compressed(plan.files) == {}
    assert await store._manifests.find({}) == []


@pytest.mark.parametrize(
    "more,field",
    [
        ({"image_width": 0}, "imageWidth"),
        ({"image_width": -720}, "imageWidth"),
        ({"image_width": 4097}, "imageWidth"),
        ({"max_bytes": -1}, "maxBytes"),
    ],
)
async def test_absurd_wishes_are_refused_with_what_is_allowed(
    content: Content, author: Actor, more: dict[str, int], field: str
) -> None:
    """An app would show nothing, and its developer not know why."""
    course = await published(content, author)
    with pytest.raises(Invalid, match=field) as refused:
        await pack_of(content, course, **more)
    assert refused.value.path == (field,)
    assert (await pack_of(content, course, max_bytes=0)).left != ()


async def test_what_is_no_version_has_no_pack(content: Content) -> None:
    """Batch reads answer that with None, in its place."""
    ids = ("ver_AAAA", "nonsense", version_id("ab" * 32))
    queries = tuple(PackQuery(version_id=each) for each in ids)
    assert await content.catalog.packs(queries) == (None, None, None)
