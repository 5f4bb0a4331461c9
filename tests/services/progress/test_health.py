"""Question health: sums that no order changes, and statistics as textbooks have them."""

import random
from math import isclose, sqrt

from hypothesis import given
from hypothesis import strategies as st

from services.progress.domain.health import (
    CLAIMED,
    Contribution,
    Share,
    contribution_of,
    dead_choices,
    discrimination,
    facility,
    flags,
    likely_key,
    shares,
    summed,
)
from services.progress.domain.lesson import First, LessonState, Report

VERSION = "v1"
KEYS = ("q1", "q2", "q3", "q4")
CHOICES = ("a", "b", "c")


def first(picked: str, *, right: str = "a", version: str = VERSION) -> First:
    order = (0, "device", 1, "id")
    return First(order=order, version=version, correct=picked == right, picks=(picked,))


def lesson(picks: dict[str, str], reasons: dict[str, str] | None = None) -> LessonState:
    reports = {
        key: Report(order=(0, "device", 1, "id"), reason=reason)
        for key, reason in (reasons or {}).items()
    }
    return LessonState(firsts={key: first(one) for key, one in picks.items()}, reports=reports)


def counted(*learners: dict[str, str]) -> dict[str, dict[str, int]]:
    """Return the counts of one lesson over learners, each by what they picked."""
    told = [contribution_of(VERSION, {"one": lesson(picks)}) for picks in learners]
    return summed([each.lessons.get("one", {}) for each in told])


PICKS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(CHOICES))
REASONS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["TYPO", "UNCLEAR"]))
STATES = st.builds(lesson, PICKS, REASONS)
LESSONS = st.dictionaries(st.sampled_from(["one", "two"]), STATES)
CONTRIBUTIONS = st.builds(contribution_of, st.sampled_from(["v1", "v2"]), LESSONS) | st.just(
    Contribution()
)


@given(st.lists(st.lists(CONTRIBUTIONS, max_size=4), max_size=5), st.randoms())
def test_counts_are_what_all_learners_add_whatever_the_order(
    learners: list[list[Contribution]], chance: random.Random
) -> None:
    """A question would report sick, or well, depending on who synced when."""
    steps: list[Share] = []
    for path in learners:
        for before, after in zip([Contribution(), *path], path, strict=False):
            steps += shares(before, after)
    chance.shuffle(steps)
    for version in ("v1", "v2"):
        for key in ("one", "two"):
            bit_by_bit = summed(
                [one.counts for one in steps if (one.version, one.lesson) == (version, key)]
            )
            afresh = summed(
                [
                    path[-1].lessons.get(key, {})
                    for path in learners
                    if path and path[-1].version == version
                ]
            )
            assert bit_by_bit == afresh


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, st.sampled_from("ab"))), min_size=20))
def test_discrimination_is_the_point_biserial_of_the_textbook(
    learners: list[dict[str, str]],
) -> None:
    """(M1 - M0) / s x sqrt(p q) with the share right of the other questions, in thousandths."""
    counts = counted(*learners)["q1"]
    rest = [1000 * sum(one[key] == "a" for key in KEYS[1:]) // 3 for one in learners]
    right = [r for r, one in zip(rest, learners, strict=True) if one["q1"] == "a"]
    wrong = [r for r, one in zip(rest, learners, strict=True) if one["q1"] != "a"]
    n, mean = len(rest), sum(rest) / len(rest)
    spread = sqrt(sum((r - mean) ** 2 for r in rest) / n)
    found = discrimination(counts)
    if not right or not wrong or spread == 0:
        assert found is None
        return
    share = len(right) / n
    textbook = (sum(right) / len(right) - sum(wrong) / len(wrong)) / spread
    assert found is not None
    assert isclose(found, textbook * sqrt(share * (1 - share)), abs_tol=6e-5)
    assert isclose(facility(counts), share, abs_tol=6e-5)


def test_strong_learners_who_agree_on_another_answer_make_the_key_suspect() -> None:
    """An author would not hear of a wrong key before a learner complains."""
    strong = {"q2": "a", "q3": "a", "q4": "a"}
    counts = counted(
        *[{"q1": "b", **strong}] * 9, *[{"q1": "a", **strong}] * 3, *[{"q1": "c"}] * 10
    )
    assert likely_key(counts["q1"]) == "b"
    assert likely_key(counts["q2"]) is None


def test_what_half_of_the_strong_or_fewer_choose_is_no_key() -> None:
    """A good distractor would be called the key."""
    strong = {"q2": "a", "q3": "a", "q4": "a"}
    counts = counted(*[{"q1": "b", **strong}] * 10, *[{"q1": "a", **strong}] * 10)
    assert likely_key(counts["q1"]) is None


def test_a_choice_that_hardly_anybody_picks_is_dead() -> None:
    """The key itself, or a choice that is new, would be called dead."""
    counts = counted(*[{"q1": "a"}] * 15, *[{"q1": "b"}] * (CLAIMED - 15))["q1"]
    assert dead_choices(counts, CHOICES) == ("c",)
    assert dead_choices(counted(*[{"q1": "a"}] * (CLAIMED - 1))["q1"], CHOICES) == ()
    assert dead_choices(counted(*[{"q1": "b"}] * CLAIMED)["q1"], CHOICES) == ()


def test_answers_in_another_version_than_the_learners_own_count_nowhere() -> None:
    """The choices of one version would be counted as those of another."""
    state = LessonState(firsts={"q1": first("a", version="v2")})
    assert contribution_of(VERSION, {"one": state}).lessons == {}


def test_flags_are_counted_by_reason_and_learner() -> None:
    """One learner who flags thrice would count thrice."""
    told = [
        contribution_of(VERSION, {"one": lesson({"q1": "a"}, {"q1": reason})})
        for reason in ("TYPO", "UNCLEAR", "TYPO")
    ]
    assert flags(summed([one.lessons["one"] for one in told])["q1"]) == {"TYPO": 2, "UNCLEAR": 1}
