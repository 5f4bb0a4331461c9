"""Which courses to take: all that can be covered, near the least minutes, the same every time."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from services.progress.domain.covering import Option, cover
from services.progress.domain.pace import pace_of

SKILLS = "abcdef"
OPTIONS = st.lists(
    st.builds(
        Option,
        id=st.uuids().map(str),
        minutes=st.integers(1, 60).map(float),
        skills=st.frozensets(st.sampled_from(SKILLS), max_size=4),
    ),
    max_size=7,
    unique_by=lambda one: one.id,
)


def least(wanted: frozenset[str], options: list[Option]) -> float:
    """Return the least minutes that teach all of `wanted`, by trying everything."""
    return min(
        sum(one.minutes for one in some)
        for size in range(len(options) + 1)
        for some in combinations(options, size)
        if wanted <= frozenset[str]().union(*(one.skills for one in some))
    )


@given(st.frozensets(st.sampled_from(SKILLS)), OPTIONS, st.randoms())
def test_a_cover_is_whole_and_within_its_bound(
    wanted: frozenset[str], options: list[Option], chance: random.Random
) -> None:
    """A learner would be sent on a way that misses a skill, or is far too long."""
    chosen = cover(wanted, options)
    offered = frozenset[str]().union(*(one.skills for one in options)) & wanted
    taught = frozenset[str]().union(*(one.skills for one in chosen)) & wanted
    assert taught == offered
    most = max((len(one.skills & wanted) for one in options), default=0)
    bound = sum(1 / i for i in range(1, most + 1)) * least(offered, options)
    assert sum(one.minutes for one in chosen) <= bound + 1e-9
    shuffled = list(options)
    chance.shuffle(shuffled)
    assert cover(wanted, shuffled) == chosen


def test_what_became_superfluous_is_left_out() -> None:
    """A short course would stay though the long ones teach it all."""
    options = [
        Option(id="1", minutes=1, skills=frozenset("a")),
        Option(id="2", minutes=10, skills=frozenset("abc")),
    ]
    assert [one.id for one in cover("abc", options)] == ["2"]


def test_a_pace_needs_lessons_and_has_bounds() -> None:
    """A phone left open over night would make every course take days."""
    assert pace_of([(600, 5), (600, 5)]) == 1.0
    assert pace_of([(450, 5)] * 3) == 1.5
    assert pace_of([(90_000, 5)] * 3) == 2.0
    assert pace_of([(10, 5)] * 3) == 0.5
    assert pace_of([(300, 0), (0, 5), (600, 5), (600, 5)]) == 1.0
