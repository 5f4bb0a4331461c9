"""Vectors of what is picked: choice, order, match and picked gaps."""

import math

from morsel.vectors.cases import (
    Vector,
    choices,
    counted,
    no_answer,
    option,
    paired,
    picked,
    right,
    says,
    typed,
    wrong,
)
from services.content.domain.course import (
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MapEntry,
    MatchQuestion,
    OrderQuestion,
    PointMap,
)

PAIRS = (("cat", "mammal"), ("dog", "mammal"), ("ant", "insect"))
EVEN = (
    option("two", correct=True),
    option("four", correct=True),
    option("three", feedback="Three is odd."),
    option("five"),
)

SINGLE = Vector(
    name="single-choice",
    question=ChoiceQuestion(
        prompt=says("Which is a mammal?"),
        points=2.0,
        explanation=says("Bats suckle their young."),
        options=(
            option("bird", feedback="Birds lay eggs."),
            option("bat", correct=True, feedback="Right, bats are."),
            option("bee"),
        ),
    ),
    cases=(
        right("the right one", picked("bat"), score=2.0, feedback="Right, bats are."),
        right("named twice", picked("bat", "bat"), score=2.0, feedback="Right, bats are."),
        wrong("a wrong one, with feedback of its own", picked("bird"), feedback="Birds lay eggs."),
        wrong("a wrong one without", picked("bee")),
        wrong("none", picked()),
        no_answer("two where one may be picked", picked("bat", "bee")),
        no_answer("a choice of another question", picked("fish")),
        no_answer("a text", typed("bat")),
    ),
)
MULTIPLE = Vector(
    name="multiple-choice",
    question=ChoiceQuestion(
        prompt=says("Which are even?"),
        explanation=says("Halves are whole."),
        multiple=True,
        options=EVEN,
    ),
    cases=(
        right("all that are right, in any order", picked("four", "two")),
        right("one of them twice", picked("two", "four", "two")),
        wrong("one is missing", picked("two")),
        wrong("one too many", picked("two", "four", "three"), feedback="Three is odd."),
        wrong("all of them", picked("two", "four", "three", "five"), feedback="Three is odd."),
        wrong("none", picked()),
    ),
)
MAPPED = Vector(
    name="multiple-choice-with-partial-credit",
    question=ChoiceQuestion(
        prompt=says("Which are even? Each one counts, and mistakes cost."),
        multiple=True,
        options=EVEN,
        mapping=PointMap(
            entries=(
                MapEntry(response=("two",), points=1.0),
                MapEntry(response=("four",), points=1.0),
            ),
            default=-1.0,
            lower=0.0,
            upper=1.5,
        ),
    ),
    cases=(
        right("all: held at the upper bound", picked("two", "four"), score=1.5),
        wrong("one of two", picked("two"), score=1.0),
        wrong("named twice counts once", picked("two", "two"), score=1.0),
        wrong("one right, one wrong", picked("two", "five"), score=0.0),
        wrong(
            "wrong ones: held at the lower bound", picked("three", "five"), feedback="Three is odd."
        ),
        wrong("none", picked()),
    ),
)
NEGATIVE = Vector(
    name="single-choice-that-may-cost",
    question=ChoiceQuestion(
        prompt=says("Sure? A wrong guess costs half a point."),
        options=(option("yes", correct=True), option("no"), option("perhaps")),
        mapping=PointMap(
            entries=(
                MapEntry(response=("yes",), points=1.0),
                MapEntry(response=("no",), points=-0.5),
            ),
        ),
    ),
    cases=(
        right("right", picked("yes")),
        wrong("wrong, below zero", picked("no"), score=-0.5),
        wrong("what no entry names gets the default", picked("perhaps")),
    ),
)
ORDER = Vector(
    name="order",
    question=OrderQuestion(
        prompt=says("First to last?"),
        explanation=says("By the alphabet."),
        choices=choices("alpha", "beta", "gamma"),
    ),
    cases=(
        right("the right order", picked("alpha", "beta", "gamma")),
        wrong("two of three in place earn nothing", picked("alpha", "gamma", "beta")),
        wrong("backwards", picked("gamma", "beta", "alpha")),
        no_answer("one is missing", picked("alpha", "beta")),
        no_answer("one is there twice", picked("alpha", "beta", "beta")),
        no_answer("none", picked()),
    ),
)
ORDER_MAPPED = Vector(
    name="order-with-partial-credit",
    question=OrderQuestion(
        prompt=says("First to last? Each one in its place counts."),
        choices=choices("alpha", "beta", "gamma"),
        mapping=PointMap(
            entries=(
                MapEntry(response=("alpha", "1"), points=1.0),
                MapEntry(response=("beta", "2"), points=1.0),
                MapEntry(response=("gamma", "3"), points=1.0),
                MapEntry(response=("gamma", "1"), points=-2.0),
            ),
            lower=-1.5,
        ),
    ),
    cases=(
        right("the right order", picked("alpha", "beta", "gamma"), score=3.0),
        wrong("one of three in its place", picked("alpha", "gamma", "beta"), score=1.0),
        wrong("none in its place", picked("beta", "gamma", "alpha"), score=0.0),
        wrong("a place that costs", picked("gamma", "beta", "alpha"), score=-1.0),
        wrong("held at the lower bound", picked("gamma", "alpha", "beta"), score=-1.5),
        no_answer("one is there twice", picked("alpha", "beta", "beta")),
    ),
)
MATCH = Vector(
    name="match",
    question=MatchQuestion(
        prompt=says("What is what?"),
        points=3.0,
        sources=choices("cat", "dog", "ant"),
        targets=choices("mammal", "insect"),
        pairs=PAIRS,
    ),
    cases=(
        right("all pairs, in any order", paired(PAIRS[2], PAIRS[0], PAIRS[1]), score=3.0),
        right("a pair twice", paired(*PAIRS, PAIRS[0]), score=3.0),
        wrong("a pair is missing", paired(*PAIRS[:2])),
        wrong("a pair too many", paired(*PAIRS, ("cat", "insect"))),
        wrong("a wrong pair", paired(("cat", "insect"), *PAIRS[1:])),
        wrong("none", paired()),
        no_answer("the wrong way round", paired(("mammal", "cat"))),
        no_answer("choices", picked("cat")),
    ),
)
MATCH_MAPPED = Vector(
    name="match-with-partial-credit",
    question=MatchQuestion(
        prompt=says("What is what? Each pair counts."),
        sources=choices("cat", "dog", "ant"),
        targets=choices("mammal", "insect"),
        pairs=PAIRS,
        mapping=PointMap(
            entries=tuple(MapEntry(response=pair, points=0.5) for pair in PAIRS), lower=0.0
        ),
    ),
    cases=(
        right("all", paired(*PAIRS), score=1.5),
        wrong("two of three", paired(*PAIRS[:2]), score=1.0),
        wrong("two right, one wrong", paired(*PAIRS[:2], ("ant", "mammal")), score=1.0),
    ),
)
MATCH_BOUNDED = Vector(
    name="match-whose-wrong-pairs-cost",
    question=MatchQuestion(
        prompt=says("What is what? Mistakes cost."),
        sources=choices("cat", "dog", "ant"),
        targets=choices("mammal", "insect", "fish"),
        pairs=PAIRS,
        mapping=PointMap(
            entries=tuple(MapEntry(response=pair, points=1.0) for pair in PAIRS),
            default=-1.0,
            lower=-0.5,
            upper=2.5,
        ),
    ),
    cases=(
        right("all: held at the upper bound", paired(*PAIRS), score=2.5),
        wrong("two right", paired(*PAIRS[:2]), score=2.0),
        wrong("two right, one wrong", paired(*PAIRS[:2], ("ant", "fish")), score=1.0),
        wrong("a wrong pair twice costs once", paired(PAIRS[0], *[("ant", "fish")] * 2), score=0.0),
        wrong("all wrong: held at the lower bound", paired(("ant", "fish")), score=-0.5),
        wrong("none", paired()),
    ),
)
BEST = Vector(
    name="multiple-choice-without-bounds",
    question=ChoiceQuestion(
        prompt=says("Which are even? Nothing holds the sum."),
        multiple=True,
        options=EVEN,
        mapping=PointMap(
            entries=(
                MapEntry(response=("two",), points=0.1),
                MapEntry(response=("four",), points=0.2),
            ),
            default=-0.7,
        ),
    ),
    cases=(
        right("all: the exact sum of decimals", picked("two", "four"), score=math.fsum((0.1, 0.2))),
        wrong(
            "all wrong: below zero",
            picked("three", "five"),
            score=-1.4,
            feedback="Three is odd.",
        ),
        wrong("none", picked()),
    ),
)
GAPS = Vector(
    name="picked-gaps",
    question=GapQuestion(
        prompt=says("Fill the gaps."),
        text=says("The {gap-1} of {gap-2}."),
        gaps=(
            Gap(
                key="gap-1",
                options=(
                    option("capital", correct=True, feedback="It is."),
                    option("colour", feedback="Of what?"),
                ),
            ),
            Gap(key="gap-2", options=(option("Peru", correct=True), option("red"))),
        ),
        explanation=says("Lima is."),
    ),
    cases=(
        right("both", typed("capital", "Peru")),
        wrong("one of two earns nothing", typed("capital", "red")),
        wrong(
            "a wrong one, with feedback of its own", typed("colour", "Peru"), feedback="Of what?"
        ),
        wrong("the only one picked has feedback", typed("capital", ""), feedback="It is."),
        wrong("the only one picked has none", typed("", "Peru")),
        wrong("both left empty", typed("", "")),
        no_answer("an option of the other gap", typed("capital", "colour")),
        no_answer("a gap is missing", typed("capital")),
        no_answer("a number", counted(1.0)),
    ),
)
PICKING = (
    SINGLE,
    MULTIPLE,
    MAPPED,
    BEST,
    NEGATIVE,
    ORDER,
    ORDER_MAPPED,
    MATCH,
    MATCH_MAPPED,
    MATCH_BOUNDED,
    GAPS,
)
"""Every vector of what is picked."""
