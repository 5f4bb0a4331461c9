"""Partial credit in the course format: points of items, `~` lines, and the heading's bounds."""

import pytest

from services.content.domain.course import MapEntry, PointMap
from services.content.domain.course import TextEntryQuestion as TextEntry
from tests.services.content.samples import FRONT, folder, parsed, problems, question


def entry(*response: str, points: float = 1.0, case: bool = False) -> MapEntry:
    return MapEntry(response=response, points=points, case_sensitive=case)


@pytest.mark.parametrize(
    "text,mapping",
    [
        (
            "## Order\n1. Stop {points=1}\n2. Look {#l points=0.5}\n3. Go\n",
            PointMap(entries=(entry("stop", "1"), entry("l", "2", points=0.5)), lower=0.0),
        ),
        (
            "## Order\n1. Stop\n2. Look\n~ 1 = Stop => 1\n~ 0.5 = look => 1\n",
            PointMap(entries=(entry("stop", "1"), entry("look", "1", points=0.5)), lower=0.0),
        ),
        (
            "## Match {lower=-2 upper=1.5}\n- a => x {points=1}\n- b => y {#why points=1}\n",
            PointMap(entries=(entry("a", "x"), entry("b", "why")), lower=-2.0, upper=1.5),
        ),
        (
            "## Match {default=-0.5}\n- a => x\n- b => y\n~ 1 = a => x\n~ 1 = b => y\n",
            PointMap(entries=(entry("a", "x"), entry("b", "y")), default=-0.5, lower=0.0),
        ),
        (
            "## Word {default=0.25 lower=none}\n= York\n~ 1 == York\n~ 0.5 = Yorck\n",
            PointMap(entries=(entry("York", case=True), entry("Yorck", points=0.5)), default=0.25),
        ),
        (
            "## How many?\n= 12.5 +- 0.5 %\n~ 2 = 12.5\n~ 1 = 0.125\n",
            PointMap(entries=(entry("12.5", points=2.0), entry("0.125")), lower=0.0),
        ),
        (
            "## Fill\n{{stop}} and [[*look {points=2}|run {#r points=-1}]].\n~ 1 = gap-1 => stop\n",
            PointMap(
                entries=(
                    entry("gap-1", "stop"),
                    entry("gap-2", "look", points=2.0),
                    entry("gap-2", "r", points=-1.0),
                ),
                lower=0.0,
            ),
        ),
        (
            "## Fill\nThen [[*look|run]].\n~ 2 = gap-1 => look\n",
            PointMap(entries=(entry("gap-1", "look", points=2.0),), lower=0.0),
        ),
        (
            "## Choose\n- [x] Two apples {#two}\n- [ ] three\n~ 1 = two\n~ -1 = three\n",
            PointMap(entries=(entry("two"), entry("three", points=-1.0)), lower=0.0),
        ),
        (
            "## Choose\n- [x] Two apples {#two}\n- [ ] three\n~ 1 = Two apples\n",
            PointMap(entries=(entry("two"),), lower=0.0),
        ),
    ],
)
def test_partial_credit_of_every_kind(text: str, mapping: PointMap) -> None:
    """What the document can say of points, a folder can say."""
    assert question(text).mapping == mapping


def test_without_points_a_question_is_all_or_nothing() -> None:
    """A mapping that nobody asked for would change what right answers earn."""
    assert question("## Q {points=3}\n= York\n").mapping is None


def test_a_translation_gives_points_to_its_own_words() -> None:
    """Texts that a translation accepts are worth what it says."""
    files = folder(
        f"{FRONT}## City?\n= London\n~ 1 = London\n",
        lesson__es__md=f"{FRONT}## ¿Ciudad?\n= Londres\n~ 1 = Londres\n",
    )
    asked = parsed(files).lessons[0].blocks[0].question  # type: ignore[union-attr] # it asks
    assert isinstance(asked, TextEntry)
    assert asked.accepted == ("London", "Londres")
    assert asked.mapping == PointMap(entries=(entry("London"), entry("Londres")), lower=0.0)


@pytest.mark.parametrize(
    "text,message",
    [
        (
            "## T\nText.\n~ 1 = x\n",
            "lesson.md, line 6: `~` gives the points of a question, and this",
        ),
        (
            "## Q\n= 1\n~ 1 = one\n",
            "lesson.md, line 6: `one` is no response to this question: write a n",
        ),
        (
            "## Q\n= 1\n~ many = 1\n",
            "lesson.md, line 6: points=many: points are a number up to 1000",
        ),
        (
            "## Q\n1. a\n2. b\n~ 1 = a => 3\n",
            "lesson.md, line 7: `a => 3` is no response to this question: write `item => place`",
        ),
        (
            "## Q\n- a => x\n- b => y\n~ 1 = x => a\n",
            "lesson.md, line 7: `x => a` is no response to this question: write `source => target`",
        ),
        (
            "## Q\n{{a}}\n~ 1 = gap-2 => a\n",
            "lesson.md, line 6: `gap-2 => a` is no response to this question: write `gap-1",
        ),
        (
            "## Q\n- [x] a\n- [ ] b\n~ 1 = c\n",
            "lesson.md, line 7: `c` is no response to this question: write a choice by its text",
        ),
        ("## Q {lower=low}\n= 1\n", "lesson.md, line 4: points=low: points are a number up to"),
        (
            "## Q {worth=1}\n= 1\n",
            "lesson.md, line 4: `worth=` is not known here; allowed: #key, poi",
        ),
    ],
)
def test_a_mistake_in_partial_credit(text: str, message: str) -> None:
    """An entry that nothing can match would pay nobody, silently."""
    (found,) = problems(text)
    assert found.startswith(message)
