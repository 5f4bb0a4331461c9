"""Texts in several languages: which one to show.

The chain is what was asked for, each of its shorter forms, then the course's own language:
pt-BR -> pt -> en.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from graphql import GraphQLError

from gateway.schema.scalars import Locale
from services.kit.records import Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Shown(Generic[R]):
    """A record of a course and the chain of languages to show its texts in."""

    record: R
    languages: tuple[str, ...]


def chain(locale: str | None, language: str) -> tuple[str, ...]:
    """Return the languages to look for, best first."""
    if locale is None:
        return (language,)
    parts = locale.split("-")
    shorter = tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return (*shorter, language)


def pick(text: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return the text in the first language of the chain that it has, else in any that it has."""
    for language in languages:
        if language in text:
            return text[language]
    return next(iter(text.values()), "")


def pick_any(text: Mapping[str, str] | None, languages: Sequence[str]) -> str | None:
    """Return as `pick` does, None for no text."""
    return None if text is None else pick(text, languages)


def show(value: Any, languages: tuple[str, ...]) -> Any:
    """Return records, alone or in a tuple, to be shown in these languages; all else as it is."""
    if isinstance(value, Record):
        return Shown(value, languages)
    if isinstance(value, tuple) and value and isinstance(value[0], Record):
        return [Shown(record, languages) for record in value]
    return value


def accepted(header: str) -> tuple[str, ...]:
    """Return ten tags of an Accept-Language header with their shorter forms, best first."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        with suppress(ValueError, GraphQLError):
            weighed.append((-float(quality or 1), Locale.parse_value(tag.strip())))
    ordered = [tag for _, tag in sorted(weighed, key=lambda each: each[0])][:10]
    return tuple(dict.fromkeys(form for tag in ordered for form in chain(tag, tag)))
