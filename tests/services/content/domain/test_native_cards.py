"""Each form of the course format, read into the course document."""

import pytest

from services.content.domain.course import (
    CalloutBlock,
    ChoiceQuestion,
    CodeBlock,
    FlashcardBlock,
    GapQuestion,
    ImageBlock,
    LessonKind,
    MapEntry,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    QuestionBlock,
    TextBlock,
    TextEntryQuestion,
    Tone,
)
from tests.services.content.samples import (
    block,
    every_kind,
    folder,
    lesson,
    parsed,
    picture,
    question,
)


def test_a_card_without_question_is_text_with_its_heading() -> None:
    """A list to read stays prose; losing it would lose content silently."""
    only = block("## Three things\nSome *prose*.\n\n- one\n- two\n\n1. not\n2. a question\n")
    assert isinstance(only, TextBlock)
    assert only.key == "three-things"
    assert only.markdown == {
        "en": "## Three things\n\nSome *prose*.\n\n- one\n- two\n\n1. not\n2. a question"
    }


def test_what_stands_before_the_first_heading_is_a_card_too() -> None:
    """An introduction without heading must not vanish."""
    blocks = lesson("Hello there.\n\n## Next\nMore.\n").blocks
    assert [each.key for each in blocks] == ["hello-there", "next"]


def test_a_single_choice() -> None:
    """Box, feedback, hint, explanation, key and points each land in their field."""
    asked = block(
        "## Which? {#q points=2 skills=A1}\nLook closely.\n"
        "- [ ] wrong > because\n- [x] right {#yes}\n? think\n! so it is\n"
    )
    assert isinstance(asked, QuestionBlock)
    assert asked.key == "q"
    found = asked.question
    assert isinstance(found, ChoiceQuestion)
    assert found.prompt == {"en": "Which?\n\nLook closely."}
    assert found.points == 2.0
    assert len(found.skills) == 1
    assert [(o.key, o.text["en"], o.correct) for o in found.options] == [
        ("wrong", "wrong", False),
        ("yes", "right", True),
    ]
    assert found.options[0].feedback == {"en": "because"}
    assert (found.hint, found.explanation) == ({"en": "think"}, {"en": "so it is"})
    assert found.multiple is False


def test_several_right_choices_may_be_picked_together() -> None:
    """More than one box, or the class, makes it multiple."""
    two = question("## Q\n- [x] a\n- [X] b\n- [ ] c\n")
    one = question("## Q {.multiple}\n- [x] a\n- [ ] b\n")
    assert isinstance(two, ChoiceQuestion)
    assert isinstance(one, ChoiceQuestion)
    assert two.multiple
    assert one.multiple


def test_points_on_choices_are_a_mapping() -> None:
    """Partial credit by map, bounded below by 0."""
    found = question("## Q\n- [x] a {points=0.5}\n- [x] b {points=0.5}\n- [ ] c {points=-1}\n")
    assert found.mapping is not None
    assert found.mapping.lower == 0.0
    assert found.mapping.entries == (
        MapEntry(response=("a",), points=0.5),
        MapEntry(response=("b",), points=0.5),
        MapEntry(response=("c",), points=-1.0),
    )


def test_a_choice_goes_on_in_the_next_line_and_escapes_its_mark() -> None:
    """Authors wrap lines; an escaped mark is a plain sign, and so is one in code."""
    found = question("## Q\n- [x] 5 \\> 3\n  and more > yes,\n  well done\n- [ ] `a > b`\n")
    assert isinstance(found, ChoiceQuestion)
    assert found.options[0].text == {"en": "5 > 3 and more"}
    assert found.options[0].feedback == {"en": "yes, well done"}
    assert found.options[1].text == {"en": "`a > b`"}


def test_a_choice_may_be_a_picture() -> None:
    """The picture is found in the folder; its alt text stands in for a text."""
    found = question("## Q\n- [x] ![A cat](cat.png)\n- [ ] no\n", cat__png=picture())
    assert isinstance(found, ChoiceQuestion)
    image = found.options[0].image
    assert image is not None
    assert image.alt == {"en": "A cat"}
    assert found.options[0].text == {"en": "A cat"}


def test_an_order_question_is_a_numbered_list_alone() -> None:
    """The order written is the right one."""
    found = question("## Put in order\n1. Stop\n2) Check\n3. Report\n! In that order.\n")
    assert isinstance(found, OrderQuestion)
    assert [choice.key for choice in found.choices] == ["stop", "check", "report"]


def test_classes_say_what_a_numbered_list_is() -> None:
    """{.order} asks in spite of prose; {.text} reads in spite of standing alone."""
    assert isinstance(question("## Q {.order}\nProse.\n\n1. a\n2. b\n"), OrderQuestion)
    only = block("## Steps {.text}\n1. a\n2. b\n")
    assert isinstance(only, TextBlock)


def test_a_match_shares_targets() -> None:
    """Two sources with the same target share one choice, or ids would tell them apart."""
    found = question("## Match\n- cat => mammal\n- dog => mammal\n- ant => insect\n")
    assert isinstance(found, MatchQuestion)
    assert [target.key for target in found.targets] == ["mammal", "insect"]
    assert found.pairs == (("cat", "mammal"), ("dog", "mammal"), ("ant", "insect"))


@pytest.mark.parametrize(
    "line,number,tolerance,unit",
    [
        ("= 12.5 +- 0.5 %", 12.5, 0.5, "%"),
        ("= 12.5% ", 12.5, 0.0, "%"),
        ("= -3", -3.0, 0.0, None),
        ("= 9.81 ± 0.05 m/s2", 9.81, 0.05, "m/s2"),
        ("= 6e3 +/- 1e2", 6000.0, 100.0, None),
        ("= 2 hours", 2.0, 0.0, "hours"),
    ],
)
def test_a_number_with_tolerance_and_unit(
    line: str, number: float, tolerance: float, unit: str | None
) -> None:
    """Each way to write a number."""
    found = question(f"## How much?\n{line}\n")
    assert isinstance(found, NumericQuestion)
    assert (found.number, found.tolerance, found.unit) == (number, tolerance, unit)


@pytest.mark.parametrize(
    "line,accepted,minds_case",
    [
        ("= spoofing | sender spoofing", ("spoofing", "sender spoofing"), False),
        ("== pH", ("pH",), True),
        ("== 42", ("42",), True),
        ("= 2FA", ("2FA",), False),
        ("= 2 | two", ("2", "two"), False),
    ],
)
def test_a_text_entry(line: str, accepted: tuple[str, ...], *, minds_case: bool) -> None:
    """What is no plain number is text; `==` minds case and makes a number a text."""
    found = question(f"## Word?\n{line}\n")
    assert isinstance(found, TextEntryQuestion)
    assert (found.accepted, found.case_sensitive) == (accepted, minds_case)


def test_gaps_are_numbered_and_never_named_after_their_answer() -> None:
    """A gap's key is public: made from the answer it would tell it."""
    found = question("## Fill\nNever {{click|tap}} under [[*pressure|sun|pressure]].\n")
    assert isinstance(found, GapQuestion)
    assert found.text == {"en": "Never {gap-1} under {gap-2}."}
    assert [gap.key for gap in found.gaps] == ["gap-1", "gap-2"]
    assert found.gaps[0].accepted == ("click", "tap")
    assert [(o.text["en"], o.correct) for o in found.gaps[1].options] == [
        ("pressure", True),
        ("sun", False),
    ]


def test_code_holds_what_looks_like_marks() -> None:
    """Braces, brackets and headings in code mean nothing."""
    blocks = lesson(
        "## Code\nSee `{{x}}` and [[link]].\n\n```python\n## no card\n{{y}}\n```\n"
    ).blocks
    assert isinstance(blocks[0], TextBlock)
    assert blocks[1] == CodeBlock(key="code-python", language="python", source="## no card\n{{y}}")


@pytest.mark.parametrize("opening", ["::: tip", ":::: {.tip}", "::: {.tip}"])
def test_a_callout(opening: str) -> None:
    """Both ways in which pandoc writes a div."""
    only = block(f"{opening}\nMind **this**.\n:::\n")
    assert only == CalloutBlock(key="mind-this", tone=Tone.TIP, markdown={"en": "Mind **this**."})


def test_flashcards() -> None:
    """Front and back, with keys of their own."""
    heading, cards = lesson(
        "## Words {#w}\n- un chat :: a cat {#cat}\n- un chien :: a dog\n"
    ).blocks
    assert heading == TextBlock(key="words", markdown={"en": "## Words"})
    assert cards.key == "w"
    assert isinstance(cards, FlashcardBlock)
    assert [(c.key, c.front["en"], c.back["en"]) for c in cards.cards] == [
        ("cat", "un chat", "a cat"),
        ("un-chien", "un chien", "a dog"),
    ]


def test_a_picture_with_caption() -> None:
    """Alone on its line it is a block of its own."""
    only = block('![A cat](cat.png "On a mat")\n', cat__png=picture())
    assert isinstance(only, ImageBlock)
    assert only.image.alt == {"en": "A cat"}
    assert only.image.file == "cat.png"
    assert only.caption == {"en": "On a mat"}


def test_a_card_of_several_blocks_keeps_their_order() -> None:
    """Pictures and callouts around a question stay around it; its key is the card's."""
    blocks = lesson(
        "## Which? {#q}\nIntro.\n\n![A cat](cat.png)\n\nNow say.\n- [x] a\n- [ ] b\n\nAfter.\n",
        cat__png=picture(),
    ).blocks
    assert [(type(each).__name__, each.key) for each in blocks] == [
        ("TextBlock", "intro"),
        ("ImageBlock", "cat"),
        ("QuestionBlock", "q"),
        ("TextBlock", "after"),
    ]
    asked = blocks[2]
    assert isinstance(asked, QuestionBlock)
    assert asked.question.prompt == {"en": "Which?\n\nNow say."}


def test_made_keys_are_told_apart() -> None:
    """The same words twice give two keys, in a fixed order."""
    blocks = lesson("## Same\nA.\n\n## Same\nB.\n").blocks
    assert [each.key for each in blocks] == ["same", "same-2"]


def test_every_kind_in_one_assessment() -> None:
    """All question kinds of the model come from the format."""
    course = every_kind("assessment")
    assert course.lessons[0].kind is LessonKind.ASSESSMENT
    kinds = [type(b.question) for b in course.lessons[0].blocks if isinstance(b, QuestionBlock)]
    assert kinds == [
        ChoiceQuestion,
        ChoiceQuestion,
        OrderQuestion,
        MatchQuestion,
        NumericQuestion,
        TextEntryQuestion,
        GapQuestion,
    ]


def test_a_windows_file_reads_the_same() -> None:
    """Byte order mark and carriage returns are no content."""
    unix = folder("---\ntitle: L\n---\n## A\nText.\n")
    windows = {name: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") for name, data in unix.items()}
    assert parsed(windows) == parsed(unix)
