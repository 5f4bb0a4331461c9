"""Marking: one pure function from a question and a response to a mark.

A response has the shape of its question, or `mark` gives None and never an exception:

- choice: `choices`, at most one for a single choice; repeats count once; none chosen is wrong
- order: `choices`, each of the question's exactly once; its values are choices with their places
- match: `pairs` of a source and a target; repeats count once
- text entry: one text
- gap: one text a gap, in order, "" for one left empty; a picked gap takes an option's key
- numeric: a finite `number`

Only one of the four fields may be given, and only keys of the question. Without a mapping a
question is all or nothing. With one the score is QTI's map_response: the points of each distinct
response value, summed, then held between `lower` and `upper`; to be correct still takes the whole
answer.
"""

import math
from collections.abc import Iterator

from services.content.domain.course import (
    AnyQuestion,
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    TextEntryQuestion,
    Texts,
)
from services.content.domain.scoring import Value, bounds, score, worth
from services.content.domain.typed import accepts, is_near
from services.kit.records import Record


class Response(Record):
    """A raw answer by keys."""

    choices: tuple[str, ...] | None = None
    pairs: tuple[tuple[str, str], ...] | None = None
    texts: tuple[str, ...] | None = None
    number: float | None = None


class Mark(Record):
    """What a response earned, between the question's bounds; feedback is for who gave it."""

    correct: bool
    score: float
    max_score: float
    feedback: Texts | None = None


def mark(question: AnyQuestion, response: Response) -> Mark | None:
    """Return the mark of a response, or None where it has not the question's shape."""
    values = _values(question, response)
    if values is None:
        return None
    correct = _is_correct(question, values, response)
    return Mark(
        correct=correct,
        score=score(question, values, correct=correct),
        max_score=bounds(question)[1],
        feedback=_feedback(question, values),
    )


def right_marks(question: AnyQuestion) -> tuple[Mark, ...]:
    """Return the marks of right responses: one for each way of being right that may earn its own.

    Of the texts and options that are right in gaps, those are combined that earn the most.
    """
    marks = (mark(question, response) for response in _right_responses(question))
    return tuple(found for found in marks if found is not None and found.correct)


def _right_responses(question: AnyQuestion) -> Iterator[Response]:
    match question:
        case ChoiceQuestion():
            yield Response(choices=tuple(each.key for each in question.options if each.correct))
        case OrderQuestion():
            yield Response(choices=tuple(choice.key for choice in question.choices))
        case MatchQuestion():
            yield Response(pairs=question.pairs)
        case TextEntryQuestion():
            yield from (Response(texts=(text,)) for text in question.accepted)
        case NumericQuestion():
            yield Response(number=question.number)
        case GapQuestion():
            yield Response(texts=tuple(_best_filling(question, gap) for gap in question.gaps))


def _best_filling(question: GapQuestion, gap: Gap) -> str:
    right = (
        tuple(option.key for option in gap.options if option.correct)
        if gap.options
        else gap.accepted
    )
    return max(right, key=lambda text: worth(question, (gap.key, text)), default="")


# ---------------------------------------------------------------- the shape of a response


def _values(question: AnyQuestion, response: Response) -> tuple[Value, ...] | None:
    """Return the values of a response as given, or None where it has not the question's shape."""
    given = [response.choices, response.pairs, response.texts, response.number]
    if sum(value is not None for value in given) != 1:
        return None
    match question:
        case ChoiceQuestion():
            return _chosen(question, response.choices)
        case OrderQuestion():
            return _ordered(question, response.choices)
        case MatchQuestion():
            return _paired(question, response.pairs)
        case GapQuestion():
            return _filled(question, response.texts)
        case TextEntryQuestion() | NumericQuestion():
            return _typed(question, response)


def _chosen(question: ChoiceQuestion, chosen: Value | None) -> tuple[Value, ...] | None:
    if chosen is None or not set(chosen) <= {option.key for option in question.options}:
        return None
    if not question.multiple and len(set(chosen)) > 1:
        return None
    return tuple((key,) for key in dict.fromkeys(chosen))


def _ordered(question: OrderQuestion, ordered: Value | None) -> tuple[Value, ...] | None:
    if ordered is None or sorted(ordered) != sorted(choice.key for choice in question.choices):
        return None
    return tuple((key, str(place)) for place, key in enumerate(ordered, start=1))


def _paired(
    question: MatchQuestion, pairs: tuple[tuple[str, str], ...] | None
) -> tuple[Value, ...] | None:
    sources = {choice.key for choice in question.sources}
    targets = {choice.key for choice in question.targets}
    if pairs is None or not all(left in sources and right in targets for left, right in pairs):
        return None
    return tuple(dict.fromkeys(pairs))


def _typed(
    question: TextEntryQuestion | NumericQuestion, response: Response
) -> tuple[Value, ...] | None:
    texts = response.texts
    if isinstance(question, NumericQuestion):
        number = response.number
        texts = None if number is None or not math.isfinite(number) else (repr(number),)
    return (texts,) if texts is not None and len(texts) == 1 else None


def _filled(question: GapQuestion, texts: Value | None) -> tuple[Value, ...] | None:
    if texts is None or len(texts) != len(question.gaps):
        return None
    for gap, text in zip(question.gaps, texts, strict=True):
        if gap.options and text not in {"", *(option.key for option in gap.options)}:
            return None
    return tuple((gap.key, text) for gap, text in zip(question.gaps, texts, strict=True))


# ---------------------------------------------------------------- right or wrong


def _is_correct(question: AnyQuestion, values: tuple[Value, ...], response: Response) -> bool:
    match question:
        case ChoiceQuestion():
            return set(values) == {(option.key,) for option in question.options if option.correct}
        case OrderQuestion():
            return [key for key, _ in values] == [choice.key for choice in question.choices]
        case MatchQuestion():
            return set(values) == set(question.pairs)
        case TextEntryQuestion():
            typed = values[0][0]
            return accepts(question.accepted, typed, case_sensitive=question.case_sensitive)
        case GapQuestion():
            given = zip(question.gaps, values, strict=True)
            return all(_fills(gap, text) for gap, (_, text) in given)
        case NumericQuestion():
            return response.number is not None and is_near(
                response.number, question.number, question.tolerance
            )


def _fills(gap: Gap, text: str) -> bool:
    if gap.options:
        return any(option.correct and option.key == text for option in gap.options)
    return accepts(gap.accepted, text, case_sensitive=gap.case_sensitive)


# ---------------------------------------------------------------- feedback


def _feedback(question: AnyQuestion, values: tuple[Value, ...]) -> Texts | None:
    """Return the feedback of a wrong option picked, or of the only one, else the explanation."""
    match question:
        case ChoiceQuestion():
            picked = [option for option in question.options if (option.key,) in values]
        case GapQuestion():
            picked = [o for gap in question.gaps for o in gap.options if (gap.key, o.key) in values]
        case _:
            return question.explanation
    wrong = [option.feedback for option in picked if option.feedback and not option.correct]
    only = [option.feedback for option in picked if option.feedback and len(picked) == 1]
    return next(iter(wrong + only), question.explanation)
