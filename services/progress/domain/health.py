"""Question health: what one learner adds to the counts of a lesson's questions, and what they say.

All counts are whole numbers, so that their sums are the same in any order. Classical item analysis
(Crocker & Algina, Introduction to Classical and Modern Test Theory, 1986) over first answers: the
share right, and the point-biserial correlation with the rest score, which here is the share right,
in thousandths, of the other questions of the lesson.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import TypeAlias

from services.kit.records import Record
from services.progress.domain.lesson import First, LessonState

LISTED = 5
"""First answers from which a question is told of at all: fewer would be about single people."""
CLAIMED = 20
"""Answers from which something is claimed: discrimination and suspicions."""
REST = 2
"""Other questions of the lesson that must be answered for a rest score."""
STRONG = 750
"""Rest score from which a learner counts as strong, in thousandths."""
STRONG_LEARNERS = 10
"""Strong learners needed to suspect a key."""
SAME_CHOICE = 0.5
"""Share of the strong learners from which the same other choice makes the key suspect."""
DEAD = 0.02
"""Share of picks below which a choice distracts nobody."""
PRECISION = 4

Counts: TypeAlias = Mapping[str, int]
"""Of one question: `n` answers, `x` right; with a rest score `m`, `mx` right, `r` its sum, `rr` of
its squares, `xr` over those right; `s` strong learners; `p:`, `k:`, `w:` and a choice's id for
picks by all, by those right, by strong learners who were wrong; `f:` and a reason for flags."""
Lessons: TypeAlias = Mapping[str, Mapping[str, Counts]]
"""By lesson key and question key."""


class Contribution(Record):
    """What one learner adds to the counts of a course: nothing of it says who."""

    version: str = ""
    """Hash of the version that they are pinned to; empty: nothing is added."""
    lessons: Lessons = {}
    learners: int = 0
    """1: a learner with an account took the course up."""


class Share(Record):
    """What changes in the counts of one lesson of a version."""

    version: str
    lesson: str
    counts: Mapping[str, Counts]
    """By question key; without zeros."""


def contribution_of(version: str, lessons: Mapping[str, LessonState]) -> Contribution:
    """Return what a learner who is pinned to a version adds; answers in others count nowhere."""
    told = {key: _lesson(version, state) for key, state in lessons.items()}
    kept = {key: counts for key, counts in told.items() if counts}
    return Contribution(version=version, lessons=kept, learners=1)


def shares(before: Contribution, after: Contribution) -> list[Share]:
    """Return what changes in which counts when `after` takes the place of `before`."""
    if before == after:
        return []
    found = []
    for version in sorted({before.version, after.version} - {""}):
        old = before.lessons if before.version == version else {}
        new = after.lessons if after.version == version else {}
        for lesson in sorted({*old, *new}):
            counts = _difference(old.get(lesson, {}), new.get(lesson, {}))
            if counts:
                found.append(Share(version=version, lesson=lesson, counts=counts))
    return found


def summed(parts: Sequence[Mapping[str, Counts]]) -> dict[str, dict[str, int]]:
    """Return the sums of counts by question key, without zeros."""
    sums: dict[str, Counter[str]] = {}
    for part in parts:
        for question, counts in part.items():
            sums.setdefault(question, Counter()).update(counts)
    kept = {key: {name: n for name, n in one.items() if n} for key, one in sums.items()}
    return {key: counts for key, counts in kept.items() if counts}


def facility(counts: Counts) -> float:
    """Return the share of first answers that were right."""
    return round(counts.get("x", 0) / counts["n"], PRECISION)


def discrimination(counts: Counts) -> float | None:
    """Return the point-biserial correlation with the rest score, -1 to 1.

    None below CLAIMED answers with a rest score, and where all are alike.
    """
    n, right = counts.get("m", 0), counts.get("mx", 0)
    rest, squares = counts.get("r", 0), counts.get("rr", 0)
    spread = (n * right - right * right) * (n * squares - rest * rest)
    if n < CLAIMED or spread <= 0:
        return None
    return round((n * counts.get("xr", 0) - right * rest) / sqrt(spread), PRECISION)


def likely_key(counts: Counts) -> str | None:
    """Return the choice that most strong learners picked though it counts as wrong; else None."""
    strong = counts.get("s", 0)
    if counts.get("n", 0) < CLAIMED or strong < STRONG_LEARNERS:
        return None
    wrong = {name[2:]: n for name, n in counts.items() if name.startswith("w:")}
    suspects = {id_: n for id_, n in wrong.items() if not counts.get(f"k:{id_}")}
    best = min(suspects, key=lambda id_: (-suspects[id_], id_), default=None)
    return best if best is not None and suspects[best] > SAME_CHOICE * strong else None


def dead_choices(counts: Counts, choices: Sequence[str]) -> tuple[str, ...]:
    """Return the choices that hardly anybody picks and that are no part of a right answer."""
    n = counts.get("n", 0)
    if n < CLAIMED or not counts.get("x"):
        return ()
    return tuple(
        id_
        for id_ in choices
        if not counts.get(f"k:{id_}") and counts.get(f"p:{id_}", 0) < DEAD * n
    )


def flags(counts: Counts) -> dict[str, int]:
    """Return by reason how many learners flag it."""
    return {name[2:]: n for name, n in sorted(counts.items()) if name.startswith("f:")}


def _lesson(version: str, state: LessonState) -> dict[str, Counts]:
    firsts = {key: one for key, one in state.firsts.items() if one.version == version}
    counts = {key: _answer(firsts, key) for key in firsts}
    for key, report in state.reports.items():
        counts.setdefault(key, Counter())[f"f:{report.reason}"] += 1
    return {key: {name: n for name, n in one.items() if n} for key, one in counts.items()}


def _answer(firsts: Mapping[str, First], key: str) -> Counter[str]:
    """Return what the first answer to one question adds."""
    first = firsts[key]
    others = [one.correct for other, one in firsts.items() if other != key]
    counts = Counter(n=1, x=int(first.correct))
    for choice in first.picks:
        counts[f"p:{choice}"] += 1
        if first.correct:
            counts[f"k:{choice}"] += 1
    if len(others) >= REST:
        rest = 1000 * sum(others) // len(others)
        right = int(first.correct)
        counts.update(m=1, mx=right, r=rest, rr=rest * rest, xr=right * rest)
        if rest >= STRONG:
            counts["s"] += 1
            counts.update(f"w:{choice}" for choice in first.picks if not right)
    return counts


def _difference(old: Mapping[str, Counts], new: Mapping[str, Counts]) -> dict[str, dict[str, int]]:
    negative = {key: {name: -n for name, n in counts.items()} for key, counts in old.items()}
    return summed([new, negative])
