"""The files of a pack: the fields of the API, ids that no version binds, and one a changed word."""

import json
import re
from typing import Any

import msgspec

from services.content import contract
from services.content.domain.course import Course
from services.content.domain.freezing import freeze
from services.content.domain.pack.encodings import encode, file_hash
from services.content.domain.pack.manifest import ImageRendition
from services.content.domain.pack.writing import Written, picture_hashes, write_files
from services.content.use_cases.projection import project
from services.kit.ids import bound_id, loose_id
from tests.services.content.samples import EVERY_KIND, as_json, every_kind, folder, parsed
from tests.services.content.use_cases.test_projection import RELEASE, SECRETS
from tests.support.versions import IMAGE, rich_version

RENDITIONS = {
    IMAGE.hash: (
        ImageRendition(width=360, hash="36" * 32, bytes=1000),
        ImageRendition(width=720, hash="72" * 32, bytes=2000),
    )
}
TWO_LESSONS = folder(
    EVERY_KIND.replace("KIND", "assessment"),
    second__md="---\ntitle: Second\n---\n## A card\nSome words.\n",
    course__yaml="slug: sums\ntitle: Sums\nsummary: Adding.\nlanguage: en\nskills:\n"
    "  - {name: Adding, framework: TEST, code: A1}\n"
    "modules:\n  - {key: one, title: One, lessons: [lesson.md, second.md]}\n",
)


def version(course: Course) -> contract.CourseVersion:
    return project(freeze(course, course_id="crs_AAAA", secret=bytes(32)), RELEASE, media={})


def lesson_files(written: Written, locale: str = "en") -> list[Any]:
    """Return the lesson files of a language, read."""
    return [json.loads(written.texts[each.texts[locale]]) for each in written.manifest.lessons]


def test_a_lesson_has_the_fields_and_values_of_the_api() -> None:
    """A phone shows and marks a lesson of a pack with the code that it has for the API's."""
    found = rich_version()
    (every, *_) = lesson_files(write_files(found, RENDITIONS), "de")
    assert (every["__typename"], every["title"], every["kind"]) == (
        *("Lesson", "Lesson all (de)"),
        "PRACTICE",
    )
    blocks = {block["key"]: block for block in every["blocks"]}
    assert blocks["text"] == {
        "__typename": "TextBlock",
        "id": loose_id(found.modules[0].lessons[0].blocks[0].id),
        "key": "text",
        "markdown": "*a* (de)",
        "html": "<em>a</em> (de)",
    }
    assert [each["width"] for each in blocks["image"]["image"]["renditions"]] == [360, 720]
    assert blocks["image"]["image"]["renditions"][0]["url"] == f"/packs/sha256/{'36' * 32}"
    question = blocks["choice"]["question"]
    assert question["__typename"] == "ChoiceQuestion"
    assert question["correctIds"] == [question["choices"][0]["id"]]
    assert question["choices"][0]["text"] == "a (de)"
    gap = blocks["gap"]["question"]
    assert gap["text"] == f"Red is {{{gap['gaps'][0]['id']}}} (de)"


def test_no_id_in_a_lesson_names_a_version_and_each_leads_back() -> None:
    """Every publish would change every file; or events would name what the server never gave."""
    found = version(every_kind("practice"))
    own = set(re.findall(r'"((?:les|blk|qst|cho|gap)_[\w-]{43})"', as_json(found)))
    written = write_files(found, {})
    text = written.texts[written.manifest.lessons[0].texts["en"]].decode()
    assert found.id[4:25] not in text
    loose = set(re.findall(r"\b((?:les|blk|qst|cho|gap)_[\w-]{22})\b", text))
    assert {bound_id(found.hash, each) for each in loose} == own


def test_one_changed_word_changes_one_lesson_and_the_index() -> None:
    """A phone on a data plan would pay for the whole course again."""
    before = write_files(version(parsed(TWO_LESSONS)), {})
    changed = {**TWO_LESSONS, "second.md": TWO_LESSONS["second.md"].replace(b"Some", b"Other")}
    after = write_files(version(parsed(changed)), {})
    assert before.manifest.version_hash != after.manifest.version_hash
    fresh = after.texts.keys() - before.texts.keys()
    kinds = sorted(after.manifest.files[each].kind for each in fresh)
    assert kinds == [contract.PackFileKind.INDEX, contract.PackFileKind.LESSON]
    assert after.manifest.lessons[0].texts == before.manifest.lessons[0].texts


def test_a_file_of_an_assessment_holds_no_answer() -> None:
    """Every byte is read; and the same words do stand in the file of a practice lesson."""
    for kind, leaks in (("assessment", False), ("practice", True)):
        written = write_files(version(every_kind(kind)), {})
        whole = b"".join(written.texts.values()).decode()
        assert bool(SECRETS.search(whole)) is leaks
        (lesson,) = lesson_files(written)
        for block in lesson["blocks"]:
            question = block["question"]
            answers = ("hint", "explanation", "mapping", "correctIds", "correctPairs", "accepted")
            told = [question[name] for name in answers if question.get(name) is not None]
            told += [gap["accepted"] for gap in question.get("gaps", ()) if gap["accepted"]]
            assert bool(told) is leaks or question["__typename"] == "NumericQuestion"


def test_languages_with_equal_texts_share_a_file() -> None:
    """A lesson that nobody translated would be paid for once a language."""
    found = rich_version()
    module = found.modules[0]
    plain = msgspec.structs.replace(module.lessons[1], title={"en": "Short"})
    modules = (msgspec.structs.replace(module, lessons=(module.lessons[0], plain)),)
    written = write_files(msgspec.structs.replace(found, modules=modules), RENDITIONS)
    every, short = written.manifest.lessons
    assert every.texts["en"] != every.texts["de"]
    assert short.texts["en"] == short.texts["de"]
    assert written.manifest.files[short.texts["en"]].locales == ("en", "de")


def test_the_index_names_every_lesson_and_its_file() -> None:
    """A phone could not tell which file is which lesson, or fetch later what was left out."""
    found = rich_version()
    written = write_files(found, RENDITIONS)
    index = json.loads(written.texts[written.manifest.indexes["de"]])
    assert (index["__typename"], index["version"], index["locale"], index["title"]) == (
        *("PackIndex", found.hash, "de"),
        "Course wiring (de)",
    )
    listed = [lesson for module in index["modules"] for lesson in module["lessons"]]
    assert [each["key"] for each in listed] == ["all", "short", "exam"]
    for each, lesson in zip(
        listed, found.modules[0].lessons + found.modules[1].lessons, strict=True
    ):
        data = written.texts[each["hash"]]
        assert (each["url"], each["bytes"]) == (f"/packs/sha256/{each['hash']}", len(data))
        assert json.loads(data)["id"] == each["id"]
        assert bound_id(index["version"], each["id"]) == lesson.id


def test_files_are_named_by_their_bytes_and_written_alike_each_time() -> None:
    """Two pods that publish at once would store two packs."""
    one, two = (write_files(rich_version(), RENDITIONS) for _ in range(2))
    assert one == two
    assert all(file_hash(data) == digest for digest, data in one.texts.items())
    data = next(iter(one.texts.values()))
    assert encode(data, media_type="x") == encode(data, media_type="x")


def test_pictures_are_those_that_lessons_show() -> None:
    """A cover that no lesson shows would be paid for."""
    assert picture_hashes(rich_version()) == {IMAGE.hash}
    bare = msgspec.structs.replace(rich_version(), modules=())
    assert picture_hashes(bare) == frozenset()
