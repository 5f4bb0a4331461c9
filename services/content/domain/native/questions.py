"""Questions of the course document from what cards ask, in all their languages."""

import msgspec

from services.content.domain.course import AnyQuestion
from services.content.domain.native.bodies import MULTIPLE, BodyBuilder
from services.content.domain.native.cards import ORDER
from services.content.domain.native.credit import BOUNDS, build_mapping
from services.content.domain.native.pieces import Asked, Card
from services.content.domain.native.scanner import PLAIN
from services.content.domain.native.scope import Scope
from services.content.domain.native.sides import Sides

_VALUES = ("points", "skills", *BOUNDS)
_CLASSES = frozenset({MULTIPLE, ORDER, PLAIN})


def build_question(scope: Scope, card: Card, asked: Sides[Asked]) -> AnyQuestion:
    """Return the question that a card asks; its attributes say points and skills."""
    at = (asked.file, asked.source.line)
    if not asked.source.prompt:
        scope.report.add(*at, "a question needs a prompt: a `##` heading or a text above it")
    bodies = asked.map(lambda side: side.body)
    bodies.agree(type, "the kind of question", scope.report, line=lambda side: side.line)
    alike = {t: b for t, b in bodies.by_locale.items() if type(b) is type(bodies.source)}
    body = BodyBuilder(scope, card).build(Sides(asked.language, alike, asked.files))
    mapping = build_mapping(scope, card, body, asked)
    points = card.attributes.get("points")
    return msgspec.structs.replace(
        body,
        prompt=asked.texts(lambda side: side.prompt),
        points=1.0 if points is None else scope.points(points, at=at),
        mapping=mapping,
        skills=_skills(scope, card, at),
        hint=scope.optional(asked, lambda side: side.hint, "hint `?`", _line),
        explanation=scope.optional(asked, lambda side: side.explanation, "explanation `!`", _line),
    )


def check_attributes(scope: Scope, card: Card, file: str) -> None:
    """Report what the braces of a card's heading say that nothing reads."""
    attributes = card.attributes
    unread = [attributes.unread] if attributes.unread else []
    unread += [f".{name}" for name in sorted(attributes.classes - _CLASSES)]
    unread += [f"{name}=" for name, _ in attributes.values if name not in _VALUES]
    for what in unread:
        allowed = (
            "#key, points=2, skills=code, default=0, lower=0, upper=1, .multiple, .order, .text"
        )
        scope.report.add(file, card.line, f"`{what}` is not known here; allowed: {allowed}")


def _skills(scope: Scope, card: Card, at: tuple[str, int]) -> tuple[str, ...]:
    names = (card.attributes.get("skills") or "").split(",")
    return scope.skills(tuple(name.strip() for name in names if name.strip()), at=at)


def _line(side: Asked) -> int:
    return side.line
