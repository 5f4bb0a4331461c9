"""Checks of questions."""

import math
import re
from collections.abc import Iterable, Sequence

from services.content.domain.course import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MatchQuestion,
    NumericQuestion,
    Option,
    OrderQuestion,
    TextEntryQuestion,
)
from services.content.domain.grading import right_marks
from services.content.domain.scoring import Value, bounds
from services.content.domain.validation.findings import Findings, Path

MIN_CHOICES = 2
MAX_CHOICES = 50
MAX_POINTS = 1000.0
MAX_NUMBER = 1e15
MAX_ANSWER = 500
_TOKEN = re.compile(r"\{(gap-\d+|[a-z0-9][a-z0-9._-]*)\}")


def check_question(question: AnyQuestion, path: Path, found: Findings) -> None:
    """Report what is wrong with a question."""
    found.check(question.prompt, (*path, "prompt"), "A question needs a prompt.")
    points = question.points
    found.check(0 <= points <= MAX_POINTS, (*path, "points"), "Points are 0 to 1000.")
    match question:
        case ChoiceQuestion():
            _check_options(question.options, (*path, "options"), found)
            right = sum(option.correct for option in question.options)
            message = "One choice is right: mark one, or let several be picked."
            found.check(question.multiple or right <= 1, (*path, "options"), message)
        case OrderQuestion():
            _check_choices(question.choices, (*path, "choices"), found)
        case MatchQuestion():
            _check_match(question, path, found)
        case TextEntryQuestion():
            _check_accepted(question.accepted, (*path, "accepted"), found)
        case NumericQuestion():
            _check_number(question, path, found)
        case GapQuestion():
            _check_gaps(question, path, found)
    if question.mapping is not None:
        _check_mapping(question, path, found)


def _check_options(options: Sequence[Option], path: Path, found: Findings) -> None:
    _check_choices(options, path, found)
    right = [option for option in options if option.correct]
    found.check(right, path, "No choice is marked as right.")


def _check_choices(choices: Sequence[Choice], path: Path, found: Findings) -> None:
    found.keys((choice.key for choice in choices), path, "choice")
    enough = MIN_CHOICES <= len(choices) <= MAX_CHOICES
    found.check(
        enough,
        path,
        f"{MIN_CHOICES} to {MAX_CHOICES} choices are needed; there are {len(choices)}.",
    )
    _check_looks(choices, path, found)


def _check_looks(choices: Sequence[Choice], path: Path, found: Findings) -> None:
    seen: set[object] = set()
    for index, choice in enumerate(choices):
        look = (tuple(sorted(choice.text.items())), choice.image and choice.image.hash)
        found.check(look not in seen, (*path, str(index)), "Two choices look the same.")
        seen.add(look)


def _check_match(question: MatchQuestion, path: Path, found: Findings) -> None:
    sides = (("sources", question.sources), ("targets", question.targets))
    for name, choices in sides:
        few = 1 <= len(choices) <= MAX_CHOICES
        found.check(few, (*path, name), f"1 to {MAX_CHOICES} {name} are needed.")
        _check_looks(choices, (*path, name), found)
    keys = [choice.key for _, choices in sides for choice in choices]
    found.keys(keys, path, "source or target")
    sources = {choice.key for choice in question.sources}
    targets = {choice.key for choice in question.targets}
    found.check(question.pairs, (*path, "pairs"), "No pair is given as right.")
    for index, (source, target) in enumerate(question.pairs):
        known = source in sources and target in targets
        message = f"The pair {source!r}, {target!r} names what is not there."
        found.check(known, (*path, "pairs", str(index)), message)
        first = question.pairs.index((source, target)) == index
        found.check(first, (*path, "pairs", str(index)), "The pair is given twice.")


def _check_accepted(accepted: Iterable[str], path: Path, found: Findings) -> None:
    texts = list(accepted)
    found.check(texts, path, "No answer is accepted.")
    for index, text in enumerate(texts):
        found.check(text.strip(), (*path, str(index)), "An accepted answer is empty.")
        message = f"An accepted answer has at most {MAX_ANSWER} characters."
        found.check(len(text) <= MAX_ANSWER, (*path, str(index)), message)


def _check_number(question: NumericQuestion, path: Path, found: Findings) -> None:
    fits = math.isfinite(question.number) and abs(question.number) <= MAX_NUMBER
    found.check(fits, (*path, "number"), "The number is up to 1e15.")
    fits = 0 <= question.tolerance <= MAX_NUMBER
    found.check(fits, (*path, "tolerance"), "The tolerance is a number from 0 to 1e15.")


def _check_gaps(question: GapQuestion, path: Path, found: Findings) -> None:
    keys = [gap.key for gap in question.gaps]
    found.check(keys, (*path, "gaps"), "A text with gaps needs a gap.")
    found.keys(keys, (*path, "gaps"), "gap")
    for locale, text in question.text.items():
        tokens = [token for token in _TOKEN.findall(text) if token in set(keys)]
        message = "Each gap stands once in the text, as {its key}."
        found.check(sorted(tokens) == sorted(keys), (*path, "text", locale), message)
    for index, gap in enumerate(question.gaps):
        _check_gap(gap, (*path, "gaps", str(index)), found)


def _check_gap(gap: Gap, path: Path, found: Findings) -> None:
    if gap.options:
        _check_options(gap.options, (*path, "options"), found)
        message = "A gap is picked (options) or typed (accepted), not both."
        found.check(not gap.accepted, path, message)
    else:
        _check_accepted(gap.accepted, (*path, "accepted"), found)


def _check_mapping(question: AnyQuestion, path: Path, found: Findings) -> None:
    mapping, path = question.mapping, (*path, "mapping")
    assert mapping is not None
    known, named = _values(question), set()
    fit = True
    for index, entry in enumerate(mapping.entries):
        at = (*path, "entries", str(index))
        found.check(abs(entry.points) <= MAX_POINTS, at, "Points are -1000 to 1000.")
        message = f"{list(entry.response)} is no response to this question."
        fits = entry.response in known or _is_typed(question, entry.response)
        found.check(fits, at, message)
        fit = fit and fits
        value = (*entry.response, str(entry.case_sensitive))
        found.check(value not in named, at, f"{list(entry.response)} is mapped twice.")
        named.add(value)
    if mapping.lower is not None and mapping.upper is not None:
        message = "The lower bound is not above the upper one."
        found.check(mapping.lower <= mapping.upper, (*path, "lower"), message)
    for name, limit in (("lower", mapping.lower), ("upper", mapping.upper)):
        held = limit is None or abs(limit) <= MAX_POINTS
        found.check(held, (*path, name), "Bounds are -1000 to 1000.")
    usual = abs(mapping.default) <= MAX_POINTS
    found.check(usual, (*path, "default"), "Points are -1000 to 1000.")
    low, high = bounds(question)
    found.check(low < high, path, "No response can earn a point: look at entries, lower and upper.")
    if fit and low < high:
        _check_reach(question, path, found)


def _check_reach(question: AnyQuestion, path: Path, found: Findings) -> None:
    """Report a mapping by which the right answer earns less than another might."""
    best = max((mark.score for mark in right_marks(question)), default=None)
    high = bounds(question)[1]
    if best is not None and best < high:
        message = (
            f"The right answer earns {best:g} of {high:g} points: give its values the most, "
            f"or set `upper` to {best:g}."
        )
        found.add(path, message)


def _values(question: AnyQuestion) -> set[Value]:
    """Return the values that may be picked in response."""
    match question:
        case ChoiceQuestion():
            return {(option.key,) for option in question.options}
        case MatchQuestion():
            return {(s.key, t.key) for s in question.sources for t in question.targets}
        case GapQuestion():
            return {(gap.key, option.key) for gap in question.gaps for option in gap.options}
        case OrderQuestion():
            places = range(1, len(question.choices) + 1)
            return {(choice.key, str(place)) for choice in question.choices for place in places}
        case _:
            return set()


def _is_typed(question: AnyQuestion, response: Value) -> bool:
    """Return whether a value is one that would be typed in."""
    if isinstance(question, NumericQuestion):
        return len(response) == 1 and _is_number(response[0])
    if isinstance(question, GapQuestion):
        typed = {gap.key for gap in question.gaps if not gap.options}
        return len(response) == 2 and response[0] in typed  # noqa: PLR2004 - gap and text
    return isinstance(question, TextEntryQuestion) and len(response) == 1


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
