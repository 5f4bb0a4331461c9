"""The printed JSON Schemas: true of what the services take, and described to the last field."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from morsel.json_schemas import change_schema, course_schema, pack_schema, print_events
from morsel.vectors.printing import vector_course
from services.content.domain import native
from services.content.domain.course import Course
from services.content.domain.freezing import freeze
from services.content.domain.pack.manifest import ImageRendition
from services.content.domain.pack.writing import picture_hashes as shown_pictures
from services.content.domain.pack.writing import write_files
from services.content.domain.pictures import StoredPicture, picture_hashes
from services.content.use_cases.projection import project
from services.progress.contract import Change, ChangeKind
from services.progress.domain.event_schema import event_schema
from tests.services.content.samples import every_kind
from tests.services.content.use_cases.test_projection import RELEASE
from tests.support.versions import rich_version

DEMO = Path(__file__).parents[2] / "services/content/demo"
COURSE = Draft202012Validator(course_schema())


def as_sent(course: Course) -> Any:
    """Return a course as JSON that arrives."""
    return json.loads(msgspec.json.encode(course))


def demos() -> Iterator[Course]:
    """Yield all courses that ship."""
    for folder in sorted(path.parent for path in DEMO.glob("*/course.yaml")):
        files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        course = native.parse(files).course
        assert course is not None
        yield course


def documents() -> Iterator[Any]:
    """Yield course documents as JSON: all that ship, and every type of question."""
    yield from map(as_sent, demos())
    yield as_sent(every_kind("assessment"))
    yield as_sent(vector_course().course)


@pytest.mark.parametrize(
    "schema", [course_schema(), change_schema(), event_schema(), pack_schema()]
)
def test_every_schema_is_one_and_describes_each_property(schema: dict[str, Any]) -> None:
    """An app developer would read a name and guess."""
    Draft202012Validator.check_schema(schema)
    described = schema.get("properties", {})
    undescribed = [
        f"{name}.{field}"
        for name, record in [("", schema), *schema["$defs"].items()]
        for field, shown in record.get("properties", {}).items()
        if "description" not in {**described.get(field, {}), **shown}
    ]
    assert undescribed == []


def test_real_courses_are_valid() -> None:
    """An authoring tool that validates would refuse a course that can be published."""
    for document in documents():
        assert [error.message for error in COURSE.iter_errors(document)] == []


def pack_files() -> Iterator[Any]:
    """Yield every JSON file of the packs of all courses that ship, and of every type of block."""
    versions = [rich_version()]
    for course in (*demos(), every_kind("assessment"), vector_course().course):
        stored = {
            digest: StoredPicture(hash=digest, width=900, height=600, widths=(360, 720))
            for digest in picture_hashes(course)
        }
        frozen = freeze(course, course_id="crs_AAAA", secret=bytes(32))
        versions.append(project(frozen, RELEASE, media=stored))
    for version in versions:
        renditions = {
            digest: (ImageRendition(width=360, hash="ab" * 32, bytes=9),)
            for digest in shown_pictures(version)
        }
        yield from map(json.loads, write_files(version, renditions).texts.values())


def test_every_pack_file_is_valid() -> None:
    """A phone that was generated from the schema would stop at a file that is served."""
    schema = Draft202012Validator(pack_schema())
    kinds, blocks = set(), set()
    for file in pack_files():
        assert [error.message for error in schema.iter_errors(file)] == []
        kinds.add(file["__typename"])
        for block in file.get("blocks", ()):
            blocks |= {block["__typename"], block.get("question", block)["__typename"]}
    assert kinds == {"Lesson", "PackIndex"}
    assert len(blocks) == 8 + 6
    wrong = {**file, "modules": [{}]}
    assert not schema.is_valid(wrong)


WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("slug",), None),
    (("title",), "Sums"),
    (("level",), "EXPERT"),
    (("colour",), "red"),
    (("modules", 0, "lessons", 0, "kind"), "EXAM"),
    (("modules", 0, "lessons", 0, "minutes"), "five"),
    (("modules", 0, "lessons", 0, "blocks", 0, "type"), "poll"),
    (("modules", 0, "lessons", 0, "blocks", 0, "question", "points"), "2"),
    (("modules", 0, "lessons", 0, "blocks", 0, "question", "options", 0, "right"), True),
    (("modules", 0, "lessons", 0, "blocks", 0, "question"), {"type": "numeric"}),
]


@pytest.mark.parametrize("path,value", WRONG, ids=["/".join(map(str, p)) for p, _ in WRONG])
def test_what_is_no_course_is_refused_by_both(path: tuple[str | int, ...], value: Any) -> None:
    """A tool would call valid what updateDraft refuses, or the reverse."""
    document = as_sent(every_kind("practice"))
    assert msgspec.convert(document, Course) == every_kind("practice")
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not COURSE.is_valid(document)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(document, Course)


def test_the_envelope_of_a_change_has_the_fields_of_the_contract() -> None:
    """A field that is added to changes would be missing in what is printed."""
    schema = change_schema()
    assert tuple(schema["properties"]) == Change.__struct_fields__
    assert set(schema["$defs"]["ChangeKind"]["enum"]) == {kind.value for kind in ChangeKind}


def test_events_are_printed_from_the_rules() -> None:
    """The file would be another than the one that the property tests look at."""
    assert json.loads(print_events()) == event_schema()
