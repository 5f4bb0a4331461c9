"""Which courses to take for some skills: a set cover of least minutes.

Greedy by minutes per skill not covered yet, then without what became superfluous: at most
1 + 1/2 + ... + 1/k times the least minutes, k being the most skills that one course teaches
(Chvatal, A Greedy Heuristic for the Set-Covering Problem, 1979).
"""

from collections.abc import Collection, Iterable

from services.kit.records import Record


class Option(Record):
    """A course to choose."""

    id: str
    minutes: float
    skills: frozenset[str]


def cover(wanted: Collection[str], options: Iterable[Option]) -> tuple[Option, ...]:
    """Return options that teach what of `wanted` any of them teaches, shortest first."""
    lacking = set(wanted)
    useful = sorted((one for one in options if one.skills & lacking), key=lambda one: one.id)
    chosen: list[Option] = []
    while open_ := [one for one in useful if one.skills & lacking]:
        best = min(open_, key=lambda one: (one.minutes / len(one.skills & lacking), one.id))
        chosen.append(best)
        lacking -= best.skills
    return tuple(sorted(_needed(set(wanted), chosen), key=lambda one: (one.minutes, one.id)))


def _needed(wanted: set[str], chosen: list[Option]) -> list[Option]:
    """Return the chosen without those whose skills the others teach; the longest go first."""
    kept = list(chosen)
    for one in sorted(chosen, key=lambda one: (-one.minutes, one.id)):
        others = [other for other in kept if other is not one]
        taught = frozenset[str]().union(*(other.skills for other in others))
        if one.skills & wanted <= taught:
            kept = others
    return kept
