"""Small courses for tests: folders in the native format, and what stands in them."""

import io
import zipfile
from collections.abc import Mapping

import msgspec
from PIL import Image

from services.content.contract import ImportCourse, ImportFormat
from services.content.domain import native
from services.content.domain.course import AnyBlock, AnyQuestion, Course, Lesson, QuestionBlock
from services.content.domain.pictures import StoredPicture, picture_hashes

HEAD = """slug: sums
title: Sums
summary: Adding things up.
language: en
skills:
  - {name: Adding, framework: TEST, code: A1}
modules:
  - {key: one, title: One, lessons: [lesson.md]}
"""
FRONT = "---\ntitle: Lesson\n---\n"

EVERY_KIND = """---
title: Check
kind: KIND
skills: [A1]
---
## Which of these is Zebra-right? {#single}
- [ ] Aardvark > Feedback-aardvark
- [x] Zebra > Feedback-zebra
- [ ] Bear
? Hint-single
! Explanation-single

## Which are even? {#several}
- [x] two {points=1}
- [ ] three {points=-1}
- [x] four {points=1}
! Explanation-several

## Order these {#steps}
1. First-step
2. Second-step
3. Third-step
4. Fourth-step
! Explanation-steps

## Match these {#pairs}
- left-one => right-one
- left-two => right-two
- left-three => right-three
! Explanation-pairs

## How many? {#number}
= 731.25 +- 0.625 %
! Explanation-number

## Which word? {#word}
= Secretword | Otherword
! Explanation-word

## Fill these {#gaps}
Type {{Typedsecret|Othersecret}} and pick [[Wrongpick|*Rightpick|Lastpick]].
! Explanation-gaps
"""
"""One question of every kind; KIND is practice or assessment."""


def folder(lesson: str, **more: str | bytes) -> dict[str, bytes]:
    """Return a course folder of one lesson; `more` replaces or adds files (`__` for a point)."""
    files: dict[str, str | bytes] = {"course.yaml": HEAD, "lesson.md": lesson}
    files |= {name.replace("__", "."): text for name, text in more.items()}
    return {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}


def parsed(files: Mapping[str, bytes]) -> Course:
    """Return the course of a folder that has no problems."""
    result = native.parse(files)
    assert result.problems == ()
    assert result.course is not None
    return result.course


def lesson(text: str, **more: str | bytes) -> Lesson:
    """Return the lesson of a Markdown text, with front matter put before it."""
    return parsed(folder(FRONT + text, **more)).lessons[0]


def block(text: str, **more: str | bytes) -> AnyBlock:
    """Return the only block of a Markdown text."""
    (only,) = lesson(text, **more).blocks
    return only


def question(text: str, **more: str | bytes) -> AnyQuestion:
    """Return the question of a Markdown text of one card."""
    only = block(text, **more)
    assert isinstance(only, QuestionBlock)
    return only.question


def every_kind(kind: str) -> Course:
    """Return a course with a question of every kind in a lesson of that kind."""
    return parsed(folder(EVERY_KIND.replace("KIND", kind)))


def problems(text: str, **more: str | bytes) -> list[str]:
    """Return the messages of the problems of a lesson's text."""
    return [each.message for each in native.parse(folder(FRONT + text, **more)).problems]


def picture(width: int = 40, height: int = 30, *, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """Return a picture's bytes."""
    buffer = io.BytesIO()
    Image.new(mode, (width, height), "teal").save(buffer, format=kind)
    return buffer.getvalue()


def stored(course: Course) -> dict[str, StoredPicture]:
    """Return all pictures of a course as if they were stored."""
    return {
        each: StoredPicture(hash=each, width=40, height=30, widths=(40,))
        for each in picture_hashes(course)
    }


def zipped(files: Mapping[str, bytes], *, inside: str = "") -> bytes:
    """Return a zip of a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(inside + name, data)
    return buffer.getvalue()


def package(files: Mapping[str, bytes], *, publish: bool = True) -> ImportCourse:
    """Return a folder as what importCourse takes."""
    return ImportCourse(format=ImportFormat.MARKDOWN, package=zipped(files), publish=publish)


def as_json(record: msgspec.Struct) -> str:
    """Return a record as the text that travels."""
    return msgspec.json.encode(record).decode()
