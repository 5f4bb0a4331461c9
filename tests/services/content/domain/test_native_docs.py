"""The guide for authors is true: every example in it imports, and can be published."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.content.domain import native
from services.content.domain.course import (
    AnyQuestion,
    AudioBlock,
    ChoiceQuestion,
    Course,
    GapQuestion,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    QuestionBlock,
    TextEntryQuestion,
    VideoBlock,
)
from services.content.domain.validation import find_problems
from tests.services.content.samples import FRONT, folder, parsed, picture, stored

GUIDE = (Path(__file__).parents[4] / "docs/course-format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
LESSONS = [text for language, text in EXAMPLES if language == "markdown" and text[:3] != "---"]
(MANIFEST,) = [text for language, text in EXAMPLES if language == "yaml" and "modules:" in text]
(PATHWAY,) = [text for language, text in EXAMPLES if language == "yaml" and "courses:" in text]
(FRONT_MATTER,) = [text for language, text in EXAMPLES if text[:3] == "---"]
PICTURES = {name: picture() for name in ("poster.png", "sign.png", "file.png")}


def imported(files: Mapping[str, bytes]) -> Course:
    course = parsed(files)
    assert find_problems(course, pictures=stored(course).keys()) == ()
    return course


@pytest.mark.parametrize("text", LESSONS, ids=range(len(LESSONS)))
def test_an_example_of_a_lesson(text: str) -> None:
    """What authors copy from the guide must work."""
    assert imported(folder(FRONT + text) | PICTURES).lessons[0].blocks


def test_the_examples_show_every_kind_of_question_and_recording() -> None:
    """A form that the guide does not show is not found."""
    blocks = [
        block
        for text in LESSONS
        for block in imported(folder(FRONT + text) | PICTURES).lessons[0].blocks
    ]
    asked: list[AnyQuestion] = [b.question for b in blocks if isinstance(b, QuestionBlock)]
    kinds = (
        *(ChoiceQuestion, OrderQuestion, MatchQuestion),
        *(TextEntryQuestion, NumericQuestion, GapQuestion),
    )
    assert {type(question) for question in asked} == set(kinds)
    graded = {type(question) for question in asked if question.mapping is not None}
    assert graded == set(kinds) - {NumericQuestion}
    assert {AudioBlock, VideoBlock} <= {type(block) for block in blocks}


def test_the_example_of_a_course() -> None:
    """Every setting of course.yaml and of a lesson's front matter."""
    page = b"---\ntitle: Lesson\n---\n## A\nText.\n"
    check = FRONT_MATTER.replace("practice ", "assessment ") + "\n## Q\n= 1\n"
    files = {
        "course.yaml": MANIFEST.encode(),
        "01-why.md": page,
        "02-how.md": page,
        "03-check.md": check.encode(),
        "cover.png": picture(),
        "badge.png": picture(),
    }
    result = native.parse(files)
    assert result.problems == ()
    assert result.course is not None
    assert find_problems(result.course, pictures=stored(result.course).keys()) == ()
    assert result.course.lessons[2].attempts == 3


def test_the_example_of_a_pathway() -> None:
    """Authors of pathways copy it too."""
    parsed = native.parse_pathway(PATHWAY.encode())
    assert parsed.problems == ()
    assert parsed.pathway is not None
    assert parsed.pathway.courses == ("spot-phishing", "read-data")
    assert parsed.pathway.achievement is not None
