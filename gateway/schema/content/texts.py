"""Fields whose text stands in several languages."""

from collections.abc import Callable
from typing import Any

import graphene

from gateway.schema.languages import chain, pick
from gateway.schema.resolvers import Projected
from gateway.schema.scalars import Locale
from services.content.contract import LocalText

FALLBACK = (
    "The language wanted. Falls back to its shorter forms, then to the course's own language."
)


def locale_argument() -> Any:
    """Return the argument `locale`."""
    return Locale(description=FALLBACK)


def localised(text_of: Callable[[Any], tuple[LocalText, str]], description: str) -> Any:
    """Return a field `String!` with a locale.

    `text_of(parent)` gives the texts and the course's own language.
    """

    def project(parent: Any, _: Any, locale: str | None = None) -> str:
        text, language = text_of(parent)
        return pick(text, chain(locale, language))

    return graphene.String(
        required=True,
        locale=locale_argument(),
        resolver=Projected(project),
        description=description,
    )
