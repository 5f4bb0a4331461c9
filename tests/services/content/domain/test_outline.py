"""What differs between two versions of a course."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.content.contract import Difference, QuestionChange
from services.content.domain.course import Course, Lesson, LessonKind, Module, QuestionBlock
from services.content.domain.freezing import freeze, thaw
from services.content.domain.outline import NOTHING, compare, keep_keys, outline
from tests.services.content.samples import every_kind, lesson

COURSE = every_kind("practice")
SAME, REWORDED, REKEYED = (
    QuestionChange.SAME,
    QuestionChange.REWORDED,
    QuestionChange.REKEYED,
)


FEW = settings(max_examples=40, deadline=None)  # a course is large to draw


def between(before: str, after: str) -> QuestionChange:
    """Return what became of a question, from two cards."""
    courses = [
        outline(replace(COURSE, modules=(Module(key="m", title={}, lessons=(lesson(text),)),)))
        for text in (before, after)
    ]
    (change,) = compare(*courses).questions.values()
    return change


CHANGES = {
    "same": ("## Q {#q}\n= 4\n", "## Q {#q}\n= 4\n", SAME),
    "prompt": ("## Q {#q}\n= 4\n", "## Which number? {#q}\n= 4\n", REWORDED),
    "number": ("## Q {#q}\n= 4\n", "## Q {#q}\n= 5\n", REKEYED),
    "tolerance": ("## Q {#q}\n= 4\n", "## Q {#q}\n= 4 +- 0.5\n", REKEYED),
    "points": ("## Q {#q}\n= 4\n", "## Q {#q points=2}\n= 4\n", REKEYED),
    "unit": ("## Q {#q}\n= 4 m\n", "## Q {#q}\n= 4 km\n", REWORDED),
    "type": ("## Q {#q}\n= 4\n", "## Q {#q}\n= four\n", REKEYED),
    "accepted": ("## Q {#q}\n= one | two\n", "## Q {#q}\n= one | uno\n", REKEYED),
    "accepted order": ("## Q {#q}\n= one | two\n", "## Q {#q}\n= two | one\n", REWORDED),
    "accepted case": ("## Q {#q}\n= one\n", "## Q {#q}\n= One\n", REWORDED),
    "minds case": ("## Q {#q}\n= one\n", "## Q {#q}\n== one\n", REKEYED),
    "hint": ("## Q {#q}\n= 4\n? A\n", "## Q {#q}\n= 4\n? B\n", REWORDED),
    "explanation": ("## Q {#q}\n= 4\n! A\n", "## Q {#q}\n= 4\n! B\n", REWORDED),
    "options turned": ("## Q {#q}\n- [x] A\n- [ ] B\n", "## Q {#q}\n- [ ] B\n- [x] A\n", REWORDED),
    "other right": ("## Q {#q}\n- [x] A\n- [ ] B\n", "## Q {#q}\n- [ ] A\n- [x] B\n", REKEYED),
    "distractor": ("## Q {#q}\n- [x] A\n- [ ] B\n", "## Q {#q}\n- [x] A\n- [ ] C\n", REWORDED),
    "feedback": ("## Q {#q}\n- [x] A\n- [ ] B\n", "## Q {#q}\n- [x] A > y\n- [ ] B\n", REWORDED),
    "order": ("## Q {#q}\n1. A\n2. B\n", "## Q {#q}\n1. B\n2. A\n", REKEYED),
    "pairs turned": (
        "## Q {#q}\n- a => x\n- b => y\n",
        "## Q {#q}\n- b => y\n- a => x\n",
        REWORDED,
    ),
    "pairs": ("## Q {#q}\n- a => x\n- b => y\n", "## Q {#q}\n- a => y\n- b => x\n", REKEYED),
    "gap": ("## Q {#q}\nIt is {{a}}.\n", "## Q {#q}\nIt is {{b}}.\n", REKEYED),
    "gap words": ("## Q {#q}\nIt is {{a}}.\n", "## Q {#q}\nThis is {{a}}.\n", REWORDED),
    "gap pick": ("## Q {#q}\nIt is [[*a|b]].\n", "## Q {#q}\nIt is [[a|*b]].\n", REKEYED),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_is_marked_decides(case: str) -> None:
    """A typo in a hint would regrade a whole course, or a wrong key would never be noticed."""
    before, after, change = CHANGES[case]
    assert between(before, after) is change
    assert between(after, before) is change


def asked(course: Course) -> list[tuple[str, Any]]:
    """Return the questions of a course by path."""
    return [
        (f"{lesson.key}/{block.key}", block.question)
        for lesson in course.lessons
        for block in lesson.blocks
        if isinstance(block, QuestionBlock)
    ]


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Draw a version of one course: some of its questions, some reworded, some rekeyed."""
    lessons = []
    for key in draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1)):
        blocks = []
        for block in draw(st.permutations(COURSE.lessons[0].blocks)):
            assert isinstance(block, QuestionBlock)
            fate = draw(st.sampled_from(["as it is", "other words", "other points", "out"]))
            question = block.question
            if fate == "other words":
                question = replace(question, prompt={"en": "Other words"})
            elif fate == "other points":
                question = replace(question, points=7.0)
            if fate != "out":
                blocks.append(replace(block, question=question))
        lessons.append(Lesson(key=key, title={"en": key}, blocks=tuple(blocks)))
    return replace(COURSE, modules=(Module(key="m", title={"en": "M"}, lessons=tuple(lessons)),))


@FEW
@given(courses())
def test_a_version_does_not_differ_from_itself(course: Course) -> None:
    """Publishing the same again would send downloads and regrading through a whole course."""
    known = outline(course)
    assert compare(known, known) == Difference(
        questions=dict.fromkeys((path for path, _ in asked(course)), SAME)
    )


@FEW
@given(courses())
def test_what_is_frozen_is_outlined_as_the_draft_was(course: Course) -> None:
    """A default that was written out, or left out, would be a change that nobody made."""
    frozen = freeze(course, course_id="crs_AA", secret=bytes(32))
    assert outline(thaw(frozen.canonical).course) == outline(course)


@FEW
@given(courses(), courses(), st.randoms(use_true_random=False))
def test_the_order_of_things_does_not_matter(
    before: Course, after: Course, rng: random.Random
) -> None:
    """Moving a lesson would make its questions new."""

    def mixed(course: Course) -> Course:
        lessons = list(course.lessons)
        rng.shuffle(lessons)
        return replace(
            course,
            modules=tuple(
                Module(key=each.key, title={"en": "M"}, lessons=(each,)) for each in lessons
            ),
        )

    plain = compare(outline(before), outline(after))
    other = compare(outline(mixed(before)), outline(mixed(after)))
    assert other.questions == plain.questions
    for name in ("lessons_new", "lessons_changed", "lessons_removed"):
        assert sorted(getattr(other, name)) == sorted(getattr(plain, name))
    assert other.lesson_bytes == plain.lesson_bytes


@FEW
@given(courses(), courses())
def test_the_way_back_is_the_mirror(before: Course, after: Course) -> None:
    """A rollback would be told as something else than what it undoes."""
    there = compare(outline(before), outline(after))
    back = compare(outline(after), outline(before))
    turned = {
        QuestionChange.NEW: QuestionChange.REMOVED,
        QuestionChange.REMOVED: QuestionChange.NEW,
    }
    assert back.questions == {path: turned.get(c, c) for path, c in there.questions.items()}
    assert (back.lessons_new, back.lessons_removed) == (there.lessons_removed, there.lessons_new)
    assert set(back.lessons_changed) == set(there.lessons_changed)


def test_lessons_and_bytes_are_those_that_changed() -> None:
    """A phone would be said to download a whole course for one word."""
    one, two = (lesson(f"Text {n}.") for n in (1, 2))
    one, two = replace(one, key="one"), replace(two, key="two")
    three = replace(two, key="three")

    def course(*lessons: Lesson) -> Course:
        return replace(COURSE, modules=(Module(key="m", title={}, lessons=lessons),))

    changed = replace(one, title={"en": "Another"})
    before, after = outline(course(one, two)), outline(course(three, changed))
    found = compare(before, after)

    assert (found.lessons_new, found.lessons_changed, found.lessons_removed) == (
        ("three",),
        ("one",),
        ("two",),
    )
    assert found.lessons_touched == 3
    assert found.lesson_bytes == sum(each.bytes for each in after.lessons.values())
    assert compare(NOTHING, before).lesson_bytes == sum(
        each.bytes for each in before.lessons.values()
    )


def test_a_question_of_another_kind_of_lesson_is_the_same() -> None:
    """Whether a lesson is an assessment says nothing of how its questions are marked."""
    exam = every_kind("assessment")
    assert exam.lessons[0].kind is LessonKind.ASSESSMENT
    assert set(compare(outline(COURSE), outline(exam)).questions.values()) == {SAME}


def test_the_author_says_that_a_question_is_only_reworded() -> None:
    """The mending of a typo in an accepted text would count as another key, now or one later."""

    def course(accepted: str) -> Course:
        only = replace(lesson(f"## Q {{#q}}\n= {accepted}\n"), key="l")
        return replace(COURSE, modules=(Module(key="m", title={}, lessons=(only,)),))

    # given a typo that was mended, as the author said
    typo, mended, other = (course(text) for text in ("recieve", "receive", "accept"))
    first = outline(typo)
    kept = keep_keys(first, outline(mended), reworded={"l/q"})
    second = outline(mended, kept=kept)
    # then the question is reworded, and stays so while nobody touches its key
    assert compare(first, second).questions == {"l/q": REWORDED}
    carried = keep_keys(second, outline(mended))
    assert compare(first, outline(mended, kept=carried)).questions == {"l/q": REWORDED}
    # but a change after that is a change of the key
    assert keep_keys(second, outline(other)) == {}
    assert compare(second, outline(other)).questions == {"l/q": REKEYED}
