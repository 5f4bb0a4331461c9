"""What stands in the way of publishing a document, with its path."""

from typing import Any

import msgspec
import pytest

from services.content.domain.course import Course
from services.content.domain.validation import find_problems
from tests.services.content.samples import every_kind, folder, parsed, picture, stored

Steps = tuple[str | int, ...]
LESSON: Steps = ("modules", 0, "lessons", 0)


def mapped(*response: str, points: float = 1) -> dict[str, Any]:
    return {"response": list(response), "points": points}


TWO = mapped("two", points=0.5)
ENTRY_OF_NO_PLACE = {"entries": [mapped("first-step", "5")]}
ENTRY_OF_NO_NUMBER = {"entries": [mapped("ten")]}
WRONG_PLACE = {"entries": [mapped("first-step", "2")]}
WRONG_PAIR = {"entries": [mapped("left-one", "right-one"), mapped("left-one", "right-two")]}
WRONG_WORD = {"entries": [mapped("Secretword"), mapped("Nearly", points=2)]}
UPSIDE_DOWN = {"entries": [mapped("two")], "lower": 3, "upper": 2}
VIDEO: dict[str, Any] = {"type": "video", "key": "v", "transcript": {"en": "x"}}
NO_POINTS = {"type": "numeric", "prompt": {"en": "?"}, "number": 1, "points": 0}
MP4 = {"url": "https://x/y.mp4", "mediaType": "video/mp4"}


def as_document(course: Course) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(course), type=dict[str, Any])


def document(kind: str = "assessment") -> dict[str, Any]:
    return as_document(every_kind(kind))


def change(content: dict[str, Any], steps: Steps, value: object) -> Course:
    """Return the course of a document in which one value was changed."""
    inner: Any = content
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value
    return msgspec.convert(content, Course)


def asked(index: int, *steps: str | int) -> Steps:
    return (*LESSON, "blocks", index, "question", *steps)


def test_a_whole_course_has_no_problems() -> None:
    """The baseline of the cases below."""
    assert find_problems(every_kind("assessment"), pictures=set()) == ()
    assert find_problems(every_kind("practice"), pictures=set()) == ()


@pytest.mark.parametrize(
    "steps,value,path,message",
    [
        (("slug",), "Not OK", "slug", "The slug is 1 to 40"),
        (("language",), "de", "title", "The text in de, the course's language, is missing."),
        (("title",), {"en": "A", "English": "A"}, "title.English", "'English' is no language tag"),
        (("summary",), {"en": " "}, "summary.en", "The text is empty."),
        (("summary",), {"en": "x" * 20_001}, "summary.en", "A text has at most 20000"),
        (("summary",), {"en": "![x](y)"}, "summary.en", "A picture inside a text"),
        (("summary",), {"en": "a\x00b"}, "summary.en", "A text holds no control characters"),
        (("skills", 0, "name"), "a\x1bb", "skills.0.name", "A text holds no control characters"),
        (("tags",), ["x"] * 31, "tags", "At most 30 tags"),
        (("skills", 0, "url"), "ftp://x", "skills.0.url", "The url begins with https://"),
        (("skills",), [{"name": "A"}, {"name": "A"}], "skills.1", "'A' is declared twice."),
        (("modules",), [], "modules", "A course needs a lesson."),
        ((*LESSON, "key"), "A/B", "modules", "The key 'A/B' of lesson is not 1 to 40"),
        ((*LESSON, "passScore"), 1.5, "modules.0.lessons.0.passScore", "The pass score is a share"),
        ((*LESSON, "attempts"), 0, "modules.0.lessons.0.attempts", "Attempts are 1 or more."),
        ((*LESSON, "blocks"), [], "modules.0.lessons.0.blocks", "A lesson has 1 to 100 blocks."),
        ((*LESSON, "skills"), ["skl_x"], "modules.0.lessons.0.skills", "'skl_x' is no skill"),
        (
            (*LESSON, "blocks", 1, "key"),
            "single",
            "modules.0.lessons.0.blocks",
            "The key 'single' is used by 2 blocks",
        ),
        (
            (*LESSON, "blocks"),
            [{"type": "text", "key": "t", "markdown": {"en": "x"}}],
            "modules.0.lessons.0.blocks",
            "An assessment needs a question.",
        ),
        (
            (*LESSON, "blocks", 0),
            {"type": "audio", "key": "single", "url": "https://x/y"},
            "modules.0.lessons.0.blocks.0.transcript",
            "A recording needs a transcript.",
        ),
        (
            (*LESSON, "blocks", 0),
            {"type": "audio", "key": "a", "url": "file:///x", "transcript": {"en": "x"}},
            "modules.0.lessons.0.blocks.0.url",
            "The url begins with https://",
        ),
        (
            (*LESSON, "blocks", 0),
            {"type": "audio", "key": "a", "url": "https://x/y", "seconds": 0},
            "modules.0.lessons.0.blocks.0.seconds",
            "Seconds are 1 to 86400.",
        ),
        (
            (*LESSON, "blocks", 0),
            {"type": "video", "key": "v", "renditions": [MP4]},
            "modules.0.lessons.0.blocks.0",
            "A video needs captions or a transcript.",
        ),
        (
            (*LESSON, "blocks", 0),
            VIDEO | {"renditions": [MP4 | {"url": "javascript:alert(1)"}]},
            "modules.0.lessons.0.blocks.0.renditions.0.url",
            "The url begins with https://",
        ),
        (
            (*LESSON, "blocks", 0),
            VIDEO | {"renditions": [MP4 | {"mediaType": "text/html"}]},
            "modules.0.lessons.0.blocks.0.renditions.0.mediaType",
            "The type is one of a video",
        ),
        (
            (*LESSON, "blocks", 0),
            VIDEO | {"renditions": [MP4], "captions": [{"url": "x", "locale": "English"}]},
            "modules.0.lessons.0.blocks.0.captions.0.locale",
            "'English' is no language tag.",
        ),
        (
            (*LESSON, "blocks"),
            [{"type": "question", "key": "q", "question": NO_POINTS}],
            "modules.0.lessons.0.blocks",
            "An assessment needs a question that earns points.",
        ),
        (("modules", 0, "lessons"), [], "modules.0.lessons", "A module needs a lesson."),
        (
            (*LESSON, "blocks", 0),
            {"type": "flashcards", "key": "f", "cards": []},
            "modules.0.lessons.0.blocks.0.cards",
            "A set of flashcards needs a card.",
        ),
        (
            (*LESSON, "blocks", 0),
            {"type": "code", "key": "c", "language": "", "source": ""},
            "modules.0.lessons.0.blocks.0.source",
            "Code has 1 to 20000 characters.",
        ),
        (
            (*LESSON, "blocks", 0),
            {"type": "video", "key": "v", "renditions": []},
            "modules.0.lessons.0.blocks.0.renditions",
            "A video needs a rendition.",
        ),
    ],
)
def test_a_problem_of_the_course(steps: Steps, value: object, path: str, message: str) -> None:
    """Each rule, with the JSON path that an editor can highlight."""
    course = change(document(), steps, value)
    found = find_problems(course, pictures=set())
    assert (path, True) in [
        (".".join(each.path), each.message.startswith(message)) for each in found
    ], found


@pytest.mark.parametrize(
    "index,steps,value,path,message",
    [
        (0, ("options", 1, "correct"), False, "options", "No choice is marked as right."),
        (0, ("options", 0, "correct"), True, "options", "One choice is right"),
        (0, ("options", 0, "key"), "bear", "options", "The key 'bear' is used by 2 choices"),
        (0, ("options", 0, "text"), {"en": "Bear"}, "options.2", "Two choices look the same."),
        (0, ("points",), -1, "points", "Points are 0 to 1000."),
        (1, ("mapping", "entries", 0, "response"), ["zz"], "mapping.entries.0", "['zz'] is no res"),
        (1, ("mapping", "upper"), 0, "mapping", "No response can earn a point"),
        (1, ("mapping", "default"), 1e300, "mapping.default", "Points are -1000 to 1000."),
        (2, ("choices",), [], "choices", "2 to 50 choices are needed; there are 0."),
        (2, ("mapping",), {"entries": []}, "mapping", "No response can earn a point"),
        (2, ("mapping",), ENTRY_OF_NO_PLACE, "mapping.entries.0", "['first-step', '5'] is no resp"),
        (4, ("mapping",), ENTRY_OF_NO_NUMBER, "mapping.entries.0", "['ten'] is no response"),
        (1, ("mapping", "entries", 2), TWO, "mapping.entries.2", "['two'] is mapped twice."),
        (1, ("mapping",), UPSIDE_DOWN, "mapping.lower", "The lower bound is not above the upper"),
        (1, ("mapping", "entries", 1, "points"), 1, "mapping", "The right answer earns 2 of"),
        (2, ("mapping",), WRONG_PLACE, "mapping", "The right answer earns 0 of 1 points: give"),
        (3, ("mapping",), WRONG_PAIR, "mapping", "The right answer earns 1 of 2 points: give"),
        (5, ("mapping",), WRONG_WORD, "mapping", "The right answer earns 1 of 2 points: give"),
        (3, ("pairs", 1), ["left-one", "right-one"], "pairs.1", "The pair is given twice."),
        (3, ("targets", 0, "text"), {"en": "right-two"}, "targets.1", "Two choices look the same"),
        (5, ("accepted", 0), "x" * 501, "accepted.0", "An accepted answer has at most 500"),
        (3, ("pairs",), [], "pairs", "No pair is given as right."),
        (3, ("pairs", 0), ["a", "b"], "pairs.0", "The pair 'a', 'b' names what is not there."),
        (4, ("number",), 1e16, "number", "The number is up to 1e15."),
        (4, ("tolerance",), -1, "tolerance", "The tolerance is a number from 0"),
        (5, ("accepted",), [], "accepted", "No answer is accepted."),
        (5, ("accepted", 0), " ", "accepted.0", "An accepted answer is empty."),
        (6, ("text",), {"en": "{gap-1}"}, "text.en", "Each gap stands once in the text"),
        (6, ("gaps", 1, "accepted"), ["x"], "gaps.1", "A gap is picked (options) or typed"),
        (6, ("prompt",), {}, "prompt", "A question needs a prompt."),
    ],
)
def test_a_problem_of_a_question(
    index: int, steps: Steps, value: object, path: str, message: str
) -> None:
    """No question goes out that cannot be answered or marked."""
    course = change(document(), asked(index, *steps), value)
    found = find_problems(course, pictures=set())
    place = f"modules.0.lessons.0.blocks.{index}.question.{path}"
    assert (place, True) in [
        (".".join(each.path), each.message.startswith(message)) for each in found
    ], found


def test_practice_takes_no_attempts_and_an_award_needs_an_assessment() -> None:
    """Settings that would do nothing are refused, not ignored."""
    content = document("practice")
    texts = {"en": "x"}
    content["achievement"] = {"name": texts, "description": texts, "criteria": texts}
    course = change(content, (*LESSON, "attempts"), 3)
    messages = [each.message for each in find_problems(course, pictures=set())]
    assert messages == [
        "An achievement needs an assessment that earns it.",
        "Attempts and a pass score are for assessments.",
    ]


def test_a_picture_that_is_not_stored_or_has_no_alt_text() -> None:
    """A course that shows holes, or shows nothing to who cannot see, is not published."""
    course = parsed(folder("---\ntitle: L\n---\n![A cat](cat.png)\n", cat__png=picture()))
    assert find_problems(course, pictures=stored(course).keys()) == ()
    (missing,) = find_problems(course, pictures=set())
    assert missing.message == "The picture 'cat.png' was not uploaded."
    content = as_document(course)
    bare = change(content, (*LESSON, "blocks", 0, "image", "alt"), {})
    messages = [each.message for each in find_problems(bare, pictures=stored(course).keys())]
    assert "An alt text says what the picture shows." in messages


def test_a_picture_in_a_text_is_a_problem_and_one_in_code_is_an_example() -> None:
    """A lesson about Markdown could not be published; a picture in a text would just not show."""

    def told(markdown: str) -> list[str]:
        steps = (*LESSON, "blocks", 0)
        block = {"type": "text", "key": "t", "markdown": {"en": markdown}}
        course = change(document("practice"), steps, block)
        return [each.message for each in find_problems(course, pictures=set())]

    assert told("Write `![alt](file.png)`, or:\n\n```\n![alt](file.png)\n```") == []
    for shown in ("![alt](file.png)", "a ![alt] b\n\n[alt]: file.png"):
        assert told(shown) == ["A picture inside a text is not shown: give it a block of its own."]


def test_only_so_many_problems_are_listed() -> None:
    """A hostile document cannot make an answer of a million lines."""
    course = change(document(), ("tags",), ["x"])
    many = msgspec.structs.replace(course, skills=(course.skills[0],) * 300)
    assert len(find_problems(many, pictures=set())) == 200
