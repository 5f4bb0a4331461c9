"""What a test vector of marking is: a question, and what responses to it earn."""

from services.content.domain.course import AnyQuestion, Choice, Option
from services.content.domain.grading import Response
from services.kit.records import Record

LANGUAGE = "en"
EXPLAINED = "(the explanation)"
"""Stands for the question's own explanation, or for none where it has none."""


class Case(Record):
    """A response by keys, with what it must earn; no score: it has not the question's shape."""

    name: str
    response: Response
    correct: bool = False
    score: float | None = None
    feedback: str = EXPLAINED


class Vector(Record):
    """A question with its cases."""

    name: str
    question: AnyQuestion
    cases: tuple[Case, ...]


def says(text: str) -> dict[str, str]:
    """Return a text of the vectors' one language."""
    return {LANGUAGE: text}


def option(key: str, *, correct: bool = False, feedback: str | None = None) -> Option:
    """Return a choice to pick; its text is its key."""
    told = None if feedback is None else says(feedback)
    return Option(key=key, text=says(key), correct=correct, feedback=told)


def choices(*keys: str) -> tuple[Choice, ...]:
    """Return things to order or to match; their texts are their keys."""
    return tuple(Choice(key=key, text=says(key)) for key in keys)


def picked(*keys: str) -> Response:
    """Return a response by choices."""
    return Response(choices=keys)


def paired(*pairs: tuple[str, str]) -> Response:
    """Return a response by pairs."""
    return Response(pairs=pairs)


def typed(*texts: str) -> Response:
    """Return a response by texts."""
    return Response(texts=texts)


def counted(number: float) -> Response:
    """Return a response by number."""
    return Response(number=number)


def right(name: str, response: Response, *, score: float = 1.0, feedback: str = EXPLAINED) -> Case:
    """Return a case that is wholly right."""
    return Case(name=name, response=response, correct=True, score=score, feedback=feedback)


def wrong(name: str, response: Response, *, score: float = 0.0, feedback: str = EXPLAINED) -> Case:
    """Return a case that is not wholly right, with what it earns all the same."""
    return Case(name=name, response=response, score=score, feedback=feedback)


def no_answer(name: str, response: Response) -> Case:
    """Return a case that has not the shape of an answer: it gets no mark."""
    return Case(name=name, response=response)
