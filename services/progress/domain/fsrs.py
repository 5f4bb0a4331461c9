"""FSRS-6 by whole study days, with the published default weights: `fsrs6@1`.

Expertium and Ye, "The FSRS algorithm" (open-spaced-repetition); without short-term steps and fuzz.
Values are rounded to 8 decimals, half up, where phones' implementations round: both agree to the
last digit.
"""

from math import exp, floor
from typing import NamedTuple

NAME = "fsrs6@1"
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
_WEIGHTS = (
    "0.212 1.2931 2.3065 8.2956 6.4133 0.8334 3.0194 0.001 1.8722 0.1666 0.796 "
    "1.4835 0.0614 0.2629 1.6483 0.6014 1.8729 0.5425 0.0912 0.0658 0.1542"
)
WEIGHTS = tuple(map(float, _WEIGHTS.split()))
"""w0 to w20."""
S_MIN, S_MAX = 0.001, 36_500.0
LONGEST_INTERVAL = 36_500
RETENTION = 0.9
"""The chance of recall at which a card falls due."""


class Memory(NamedTuple):
    """How a card stands after a review."""

    stability: float
    """Days after which the chance of recall has fallen to 0.9."""
    difficulty: float
    """From 1 to 10."""
    interval: int
    """Whole study days until it is due."""


def _rounded(value: float) -> float:
    return floor(value * 1e8 + 0.5) / 1e8


DECAY = -WEIGHTS[20]
FACTOR = _rounded(RETENTION ** (1 / DECAY) - 1)
_PER_STABILITY = _rounded((RETENTION ** (1 / DECAY) - 1) / FACTOR)


def first(grade: int) -> Memory:
    """Return the memory after the very first review."""
    stability, difficulty = WEIGHTS[grade - 1], _clamped(_first_difficulty(grade))
    return Memory(stability, difficulty, interval_of(stability))


def review(memory: Memory, elapsed: int, grade: int) -> Memory:
    """Return the memory after a review `elapsed` study days after the one before."""
    stability, difficulty, _ = memory
    recall = retrievability(stability, elapsed)
    after = _forgotten if grade == AGAIN else _recalled
    stability = min(max(after(stability, difficulty, recall, grade), S_MIN), S_MAX)
    return Memory(stability, _next_difficulty(difficulty, grade), interval_of(stability))


def retrievability(stability: float, elapsed: float) -> float:
    """Return the chance of recall after so many days: R(t, S) = (1 + f t / S)^-w20."""
    return _rounded((1 + FACTOR * elapsed / stability) ** DECAY)


def interval_of(stability: float) -> int:
    """Return the whole days until the chance of recall has fallen to RETENTION."""
    return min(max(1, floor(stability * _PER_STABILITY + 0.5)), LONGEST_INTERVAL)


def _recalled(stability: float, difficulty: float, recall: float, grade: int) -> float:
    w = WEIGHTS
    bonus = {HARD: w[15], EASY: w[16]}.get(grade, 1.0)
    gain = exp(w[8]) * (11 - difficulty) * stability ** -w[9] * (exp((1 - recall) * w[10]) - 1)
    return _rounded(stability * (1 + gain * bonus))


def _forgotten(stability: float, difficulty: float, recall: float, grade: int) -> float:
    del grade
    w = WEIGHTS
    left = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * exp((1 - recall) * w[14])
    return min(_rounded(left), stability)


def _first_difficulty(grade: int) -> float:
    return _rounded(WEIGHTS[4] - exp((grade - 1) * WEIGHTS[5]) + 1)


def _next_difficulty(difficulty: float, grade: int) -> float:
    """Damp the step towards 10, then lean a little towards the difficulty of an easy card."""
    damped = _rounded(-WEIGHTS[6] * (grade - GOOD) * (10 - difficulty) / 9)
    lean = WEIGHTS[7]
    return _clamped(_rounded(lean * _first_difficulty(EASY) + (1 - lean) * (difficulty + damped)))


def _clamped(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)
