"""Forms of the course format for what is rare: pictures to sort, distractors, recordings."""

import pytest

from services.content.domain.course import (
    AudioBlock,
    Caption,
    ChoiceQuestion,
    GapQuestion,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    Rendition,
    TextEntryQuestion,
    VideoBlock,
)
from tests.services.content.samples import (
    FRONT,
    block,
    folder,
    lesson,
    parsed,
    picture,
    problems,
    question,
)

VIDEO = """::: video
- file: https://media.example/a.mp4 {height=720 bytes=120000}
- file: https://media.example/a {type=video/webm}
- captions: https://media.example/a.en.vtt {locale=en}
- poster: ![Two people](cat.png)
- seconds: 75

Hello.

- not a field
:::
"""


def test_what_is_put_in_order_or_matched_may_be_a_picture() -> None:
    """Signs and parts are known by their looks."""
    order = question(
        "## Q\n1. ![A cat](cat.png)\n2. ![](cat.png) Dog\n".replace("![]", "![Dog]"),
        cat__png=picture(),
    )
    assert isinstance(order, OrderQuestion)
    assert [(c.text["en"], c.image is not None) for c in order.choices] == [
        ("A cat", True),
        ("Dog", True),
    ]
    match = question(
        "## Q\n- ![A cat](cat.png) => meows\n- dog => ![Bone](cat.png)\n", cat__png=picture()
    )
    assert isinstance(match, MatchQuestion)
    assert [(c.text["en"], c.image is not None) for c in (*match.sources, *match.targets)] == [
        ("A cat", True),
        ("dog", False),
        ("meows", False),
        ("Bone", True),
    ]


def test_a_match_may_have_more_on_either_side() -> None:
    """Without something left over the last pair answers itself."""
    found = question(
        "## Q\n- cat => meows\n- dog => barks\n- => sings\n- stone =>\n- cat => purrs\n"
    )
    assert isinstance(found, MatchQuestion)
    assert [c.key for c in found.sources] == ["cat", "dog", "stone"]
    assert [c.key for c in found.targets] == ["meows", "barks", "sings", "purrs"]
    assert found.pairs == (("cat", "meows"), ("dog", "barks"), ("cat", "purrs"))


@pytest.mark.parametrize(
    "line,number,tolerance,unit",
    [
        ("= 200 ~ 5%", 200.0, 10.0, None),
        ("= 200 ~ 5 % kg", 200.0, 10.0, "kg"),
        ("= -0.3 ~ 10% m", -0.3, 0.03, "m"),
        ("= 40 ~ 5% %", 40.0, 2.0, "%"),
    ],
)
def test_a_tolerance_may_be_a_share(
    line: str, number: float, tolerance: float, unit: str | None
) -> None:
    """It is kept as an absolute one, which is all that a phone knows."""
    found = question(f"## How much?\n{line}\n")
    assert isinstance(found, NumericQuestion)
    assert (found.number, found.tolerance, found.unit) == (number, tolerance, unit)


def test_a_bar_in_an_answer_is_escaped() -> None:
    """Pipes are answers too, of a course on shells."""
    text = question("## Sign?\n= \\| | pipe\n")
    assert isinstance(text, TextEntryQuestion)
    assert text.accepted == ("|", "pipe")
    gaps = question("## Fill\nUse {{\\||pipe}} or [[*a\\|b|c]].\n")
    assert isinstance(gaps, GapQuestion)
    assert gaps.gaps[0].accepted == ("|", "pipe")
    assert [option.text["en"] for option in gaps.gaps[1].options] == ["a|b", "c"]


def test_gaps_mind_case_and_say_why() -> None:
    """What a choice and a text entry can do, a gap can."""
    found = question("## Fill\nThe {{==URL|URI}} is [[a name > No.|*an address {#addr} > Yes.]].\n")
    assert isinstance(found, GapQuestion)
    typed, picked = found.gaps
    assert (typed.accepted, typed.case_sensitive) == (("URL", "URI"), True)
    assert picked.case_sensitive is False
    assert [(o.key, o.text["en"], o.correct, o.feedback) for o in picked.options] == [
        ("a-name", "a name", False, {"en": "No."}),
        ("addr", "an address", True, {"en": "Yes."}),
    ]


def test_a_choice_is_a_picture_with_feedback_and_points() -> None:
    """All that an item may carry at once."""
    found = question(
        "## Q\n- [x] ![A cat](cat.png) Tom {#tom points=2} > Right.\n- [ ] Spike\n",
        cat__png=picture(),
    )
    assert isinstance(found, ChoiceQuestion)
    tom = found.options[0]
    assert (tom.key, tom.text, tom.feedback) == ("tom", {"en": "Tom"}, {"en": "Right."})
    assert tom.image is not None
    assert tom.image.alt == {"en": "A cat"}


def test_a_recording_with_its_transcript() -> None:
    """What stands below the list is said in the recording."""
    only = block("::: audio\n- file: https://media.example/a.mp3\n- seconds: 30\n\nHello.\n:::\n")
    assert only == AudioBlock(
        key="audio",
        url="https://media.example/a.mp3",
        transcript={"en": "Hello."},
        seconds=30,
    )


def test_a_video_with_all_that_belongs_to_it() -> None:
    """Files by type, captions by language, a poster with its alt text."""
    only = block(VIDEO, cat__png=picture())
    assert isinstance(only, VideoBlock)
    assert only.renditions == (
        Rendition(
            url="https://media.example/a.mp4", media_type="video/mp4", height=720, bytes=120_000
        ),
        Rendition(url="https://media.example/a", media_type="video/webm"),
    )
    assert only.captions == (Caption(url="https://media.example/a.en.vtt", locale="en"),)
    assert only.poster is not None
    assert only.poster.alt == {"en": "Two people"}
    assert (only.seconds, only.transcript) == (75, {"en": "Hello.\n\n- not a field"})


def test_a_transcript_is_translated() -> None:
    """The files stay, the words change."""
    text = "::: audio\n- file: https://media.example/a.mp3\n\nHello.\n:::\n"
    files = folder(FRONT + text, lesson__es__md=FRONT + text.replace("Hello", "Hola"))
    only = parsed(files).lessons[0].blocks[0]
    assert isinstance(only, AudioBlock)
    assert only.transcript == {"en": "Hello.", "es": "Hola."}


def test_a_key_without_a_heading() -> None:
    """A card that shows no heading can be named all the same."""
    (only,) = lesson("## {#intro}\nHello.\n").blocks
    assert only.key == "intro"


@pytest.mark.parametrize(
    "text,message",
    [
        ("::: audio\nHello.\n:::\n", "lesson.md, line 4: a recording has one line `- file: https"),
        (
            "::: audio\n- file: https://x/a.mp3\n- poster: x\n:::\n",
            "lesson.md, line 6: `poster` is not known here; allowed: file, seconds",
        ),
        (
            "::: video\n- file: https://x/a\n:::\n",
            "lesson.md, line 5: say what the file is: `{type=video/mp4}`",
        ),
        (
            "::: video\n- file: https://x/a.mp4 {width=3}\n:::\n",
            "lesson.md, line 5: `width=` is not known here; allowed: type=, height=, bytes=",
        ),
        (
            "::: video\n- file: https://x/a.mp4 {height=tall}\n:::\n",
            "lesson.md, line 5: `tall` is no whole number of 1 or more",
        ),
        (
            "::: video\n- file: https://x/a.mp4\n- captions: https://x/a.vtt\n:::\n",
            "lesson.md, line 6: `captions` says its `{locale=...}`",
        ),
        (
            "::: video\n- file: https://x/a.mp4\n- poster: cat.png\n:::\n",
            "lesson.md, line 6: a poster is a picture: `- poster: ![alt text](file.png)`",
        ),
        (
            "## Q\n- cat => meows\n- =>\n",
            "lesson.md, line 6: every item of this list is written `- s",
        ),
    ],
)
def test_a_mistake_in_a_rare_form(text: str, message: str) -> None:
    """Line and what is allowed, as everywhere."""
    (found,) = problems(text)
    assert found.startswith(message)
