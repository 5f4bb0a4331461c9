"""Every kind of block of a document, as everybody sees it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.content import contract
from services.content.domain.course import Course
from services.content.domain.freezing import freeze
from services.content.domain.pictures import StoredPicture
from services.content.domain.validation import find_problems
from services.content.use_cases.projection import Release, project

HASH = "ab" * 32
STORED = {HASH: StoredPicture(hash=HASH, width=800, height=600, widths=(360, 720, 800))}
PICTURE = {"hash": HASH, "alt": {"en": "A cat"}}
RELEASE = Release(organisation="school", number=1, published_at=datetime(2026, 11, 23, tzinfo=UTC))


def course(*blocks: dict[str, Any]) -> Course:
    lesson = {"key": "l", "title": {"en": "L"}, "blocks": blocks}
    module = {"key": "m", "title": {"en": "M"}, "lessons": [lesson]}
    head = {"slug": "s", "language": "en", "title": {"en": "T"}, "summary": {"en": "S"}}
    return msgspec.convert({**head, "modules": [module]}, Course)


def shown(block: dict[str, Any]) -> tuple[contract.AnyBlock, ...]:
    """Return the public blocks of a course of one block, which has no problems."""
    made = course(block)
    assert find_problems(made, pictures=STORED.keys()) == ()
    frozen = freeze(made, course_id="crs_AAAA", secret=bytes(32))
    return project(frozen, RELEASE, media=STORED).modules[0].lessons[0].blocks


@pytest.mark.parametrize(
    "block,kind,fields",
    [
        (
            {"type": "text", "markdown": {"en": "*Hi*"}},
            contract.TextBlock,
            {"markdown": {"en": "*Hi*"}, "html": {"en": "<p><em>Hi</em></p>\n"}},
        ),
        (
            {"type": "callout", "tone": "danger", "markdown": {"en": "Hot"}},
            contract.CalloutBlock,
            {"tone": "danger", "html": {"en": "<p>Hot</p>\n"}},
        ),
        (
            {"type": "code", "language": "sql", "source": "SELECT 1"},
            contract.CodeBlock,
            {"language": "sql", "source": "SELECT 1"},
        ),
        (
            {"type": "audio", "url": "https://x/y", "transcript": {"en": "La"}, "seconds": 9},
            contract.AudioBlock,
            {"url": "https://x/y", "transcript": {"en": "La"}, "seconds": 9},
        ),
        (
            {
                "type": "video",
                "renditions": [{"url": "https://x/v", "mediaType": "video/mp4", "height": 720}],
                "captions": [{"url": "https://x/c", "locale": "en"}],
                "poster": PICTURE,
            },
            contract.VideoBlock,
            {
                "renditions": (
                    contract.Rendition(url="https://x/v", media_type="video/mp4", height=720),
                ),
                "captions": (contract.Caption(url="https://x/c", locale="en"),),
                "seconds": None,
            },
        ),
    ],
)
def test_a_block(block: dict[str, Any], kind: type, fields: dict[str, object]) -> None:
    """Each field arrives where the contract promises it."""
    (found,) = shown({"key": "k", **block})
    assert isinstance(found, kind)
    values = msgspec.structs.asdict(found)
    assert values["key"] == "k"
    assert values["id"].startswith("blk_")
    assert {name: values[name] for name in fields} == fields


def test_a_picture_and_flashcards() -> None:
    """A picture says its renditions; each flashcard has an id of its own."""
    (image,) = shown({"type": "image", "key": "k", "image": PICTURE, "caption": {"en": "C"}})
    assert isinstance(image, contract.ImageBlock)
    assert image.image.widths == (360, 720, 800)
    assert image.image.id.startswith("img_")
    assert image.caption == {"en": "C"}
    cards = [{"key": "a", "front": {"en": "F"}, "back": {"en": "B"}}]
    (block,) = shown({"type": "flashcards", "key": "k", "cards": cards})
    assert isinstance(block, contract.FlashcardBlock)
    assert (block.cards[0].front, block.cards[0].back) == ({"en": "F"}, {"en": "B"})
    assert block.cards[0].id.startswith("crd_")


def test_a_mapping_of_gaps_matches_and_texts_is_told_by_ids() -> None:
    """A phone looks up what was picked by id, and what was typed by its text."""
    question = {
        "prompt": {"en": "Fill"},
        "type": "gap",
        "text": {"en": "{gap-1} {gap-2}"},
        "gaps": [
            {"key": "gap-1", "accepted": ["tap"]},
            {
                "key": "gap-2",
                "options": [
                    {"key": "x", "text": {"en": "x"}, "correct": True},
                    {"key": "y", "text": {"en": "y"}},
                ],
            },
        ],
        "mapping": {
            "entries": [
                {"response": ["gap-1", "tap"], "points": 1},
                {"response": ["gap-2", "x"], "points": 2},
            ]
        },
    }
    (block,) = shown({"type": "question", "key": "k", "question": question})
    assert isinstance(block, contract.QuestionBlock)
    found = block.question
    assert isinstance(found, contract.GapQuestion)
    picked = found.gaps[1].choices
    assert picked is not None
    assert found.mapping is not None
    assert [entry["response"] for entry in found.mapping["entries"]] == [
        [found.gaps[0].id, "tap"],
        [found.gaps[1].id, picked[0].id],
    ]
    assert (found.min_score, found.max_score) == (0.0, 3.0)
    typed = {
        "type": "text_entry",
        "prompt": {"en": "Word"},
        "accepted": ["a"],
        "mapping": {"entries": [{"response": ["a"], "points": 1}]},
    }
    (block,) = shown({"type": "question", "key": "k", "question": typed})
    assert isinstance(block, contract.QuestionBlock)
    assert block.question.mapping is not None
    assert block.question.mapping["entries"][0]["response"] == ["a"]
