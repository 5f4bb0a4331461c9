"""Whole folders: the manifest, translations, pictures and single files."""

from pathlib import Path

import msgspec
import pytest

from services.content.domain import native
from services.content.domain.course import Course, Level, QuestionBlock, TextEntryQuestion
from services.content.domain.identity import job_role_id, skill_id
from services.content.domain.texts import complete_locales
from services.content.domain.validation import find_problems
from tests.services.content.samples import FRONT, folder, parsed, picture, stored

MANIFEST = """slug: phish
title: {en: Phishing, es: Suplantación}
summary: Spot it.
language: en
level: Intermediate
tags: [mail, safety]
skills:
  - name: Spotting
    url: https://example.org/skills/1
    description: See it.
job_roles:
  - {name: Clerk, framework: F, code: "43-1"}
cover:
  file: cover.png
  alt: A hook
  alt_es: Un anzuelo
modules:
  - key: one
    title: One
    lessons: [01-read.md]
achievement:
  name: Spotter
  description: Can spot.
  criteria: All lessons.
  pass: 75%
  valid_for_days: 730
  version: "2"
  image: badge.png
translations:
  es:
    summary: Detéctalo.
    modules: {one: Uno}
    achievement: {name: Detector, description: Sabe., criteria: Todo.}
"""
ENGLISH = "---\ntitle: Read\nskills: [Spotting]\n---\n## What is it?\n= hook | bait\n! why\n"
SPANISH = "---\ntitle: Leer\n---\n## ¿Qué es?\n= anzuelo\n! porque\n"
FOLDER = {
    "course.yaml": MANIFEST.encode(),
    "01-read.md": ENGLISH.encode(),
    "01-read.es.md": SPANISH.encode(),
    "cover.png": picture(),
    "badge.png": picture(16, 16),
}


def test_the_manifest_is_read_whole() -> None:
    """Every name of course.yaml lands in its field."""
    course = parsed(FOLDER)
    assert (course.slug, course.language, course.level) == ("phish", "en", Level.INTERMEDIATE)
    assert course.title == {"en": "Phishing", "es": "Suplantación"}
    assert course.summary == {"en": "Spot it.", "es": "Detéctalo."}
    assert course.tags == ("mail", "safety")
    assert course.cover is not None
    assert course.cover.alt == {"en": "A hook", "es": "Un anzuelo"}
    assert course.modules[0].title == {"en": "One", "es": "Uno"}
    assert course.lessons[0].key == "read"
    award = course.achievement
    assert award is not None
    assert (award.pass_score, award.valid_for_days, award.version) == (0.75, 730, "2")
    assert award.name == {"en": "Spotter", "es": "Detector"}
    assert award.image is not None
    assert award.image.alt == award.name


def test_a_translation_is_aligned_and_its_answers_are_accepted_too() -> None:
    """A learner who reads Spanish types Spanish."""
    course = parsed(FOLDER)
    asked = course.lessons[0].blocks[0]
    assert isinstance(asked, QuestionBlock)
    assert isinstance(asked.question, TextEntryQuestion)
    assert asked.key == "what-is-it"
    assert asked.question.prompt == {"en": "What is it?", "es": "¿Qué es?"}
    assert asked.question.accepted == ("hook", "bait", "anzuelo")
    assert complete_locales(course) == ("en", "es")


def test_a_language_that_lacks_texts_is_named_and_not_offered() -> None:
    """Half a translation is shown nowhere as whole, and the author hears of it."""
    files = {name: data for name, data in FOLDER.items() if name != "01-read.es.md"}
    result = native.parse(files)
    assert result.course is not None
    assert complete_locales(result.course) == ("en",)
    (unused,) = result.unused
    assert unused.path == "es"
    assert unused.reason.startswith("this language is not offered: 3 texts lack it")


def test_files_that_nothing_uses_are_named() -> None:
    """Nothing is dropped silently."""
    result = native.parse({**FOLDER, "notes.txt": b"x"})
    assert [each.path for each in result.unused] == ["notes.txt"]


def test_ids_of_skills_follow_their_public_identifier() -> None:
    """Two courses that teach the same skill share its id, whatever they call it."""
    course = parsed(FOLDER)
    renamed = msgspec.structs.replace(course.skills[0], name="Another name")
    assert skill_id(renamed) == skill_id(course.skills[0])
    assert job_role_id(course.job_roles[0]).startswith("job_")
    assert course.lessons[0].skills == (skill_id(course.skills[0]),)


def test_one_markdown_file_is_a_course_of_one_lesson() -> None:
    """A single .md can be imported."""
    course = parsed({"course.md": b"# My page\n\n## Ask\n= 4\n"})
    assert (course.slug, course.title) == ("my-page", {"en": "My page"})
    assert course.lessons[0].title == {"en": "My page"}


def test_a_slug_that_is_given_takes_the_place_of_the_folders() -> None:
    """Who imports may name the course."""
    result = native.parse(folder(FRONT + "## A\nText.\n"), slug="other")
    assert result.course is not None
    assert result.course.slug == "other"


def test_the_document_survives_json() -> None:
    """What a draft holds is what was parsed, bit for bit."""
    course = parsed(FOLDER)
    text = msgspec.json.encode(course)
    assert msgspec.json.decode(text, type=Course) == course
    assert msgspec.convert(msgspec.to_builtins(course), Course) == course


DEMO = Path(__file__).parents[4] / "services/content/demo"


COURSES = sorted(path.parent for path in DEMO.glob("*/course.yaml"))


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.name)
def test_shipped_courses_can_be_published(path: Path) -> None:
    """A course that the product ships with a mistake would stop `morsel up`."""
    files = {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file()
    }
    result = native.parse(files)
    assert result.problems == ()
    assert result.unused == ()
    assert result.course is not None
    assert find_problems(result.course, pictures=stored(result.course).keys()) == ()
