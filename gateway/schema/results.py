"""What a mutation answers: its outcome, and the problems that a person can do something about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.contract_type import contract_enum
from gateway.schema.resolvers import AtRoot, Projected
from services.content.contract import Problem
from services.kit.errors import Code, ServiceError


class UserErrorCode(StrEnum):
    """Why something was not done."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    CONFLICT = "CONFLICT"
    STALE_REVISION = "STALE_REVISION"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    UNSUPPORTED = "UNSUPPORTED"


UserErrorCodes = contract_enum(
    UserErrorCode,
    {
        "INVALID": "A value is malformed or out of range; `path` names it.",
        "NOT_FOUND": "What an id or a slug names is not there, or not for this viewer.",
        "FORBIDDEN": "The viewer may not do this.",
        "CONFLICT": "It clashes with what is stored.",
        "STALE_REVISION": "Somebody else saved meanwhile: read again, then repeat.",
        "ALREADY_EXISTS": "The name is taken.",
        "LIMIT_REACHED": "More than is allowed at once; nothing was stored. Send less.",
        "NOT_PUBLISHED": "The course has no published version.",
        "UNSUPPORTED": "Known, but not done by Morsel; the message says what to use instead.",
    },
)


class UserError(graphene.ObjectType):
    """A problem with what was asked, in words a person can act on.

    Failures of the system are GraphQL errors instead, with extensions.code.
    """

    code = graphene.Field(
        graphene.NonNull(UserErrorCodes), description="Stable: decide by this, not by the message."
    )
    message = graphene.String(
        required=True, description="A sentence in English that says what to do about it."
    )
    path = graphene.List(
        graphene.NonNull(graphene.String),
        description='Where in the arguments it is, like ["input", "slug"]; null when nowhere.',
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """What UserError shows."""

    code: UserErrorCode
    message: str
    path: tuple[str, ...] | None


def user_code(code: Code | None) -> UserErrorCode | None:
    """Return the code as users see it, None for codes that are the system's own."""
    return UserErrorCode[code.name] if code and code.name in UserErrorCode.__members__ else None


def trouble_of(problem: Problem) -> Trouble:
    """Return a problem of a draft or an import as a user error."""
    return Trouble(user_code(problem.code) or UserErrorCode.INVALID, problem.message, problem.path)


def user_errors() -> Any:
    """Return the field that every payload has."""
    return many(
        UserError,
        resolver=Projected(lambda outcome, _: outcome.user_errors),
        description="Why it was not done; empty when it was.",
    )


def payload_field(
    payload: Any, given: Any, write: Callable[..., Awaitable[Any]], **options: Any
) -> Any:
    """Return a mutation `name(input: Given!): Payload!`, carried out by `write(context, given)`.

    A ServiceError that the caller can act on becomes `userErrors`, where the payload has a form for
    what was `refused`; all else stays a GraphQL error.
    """

    async def answer(context: Context, given: Any) -> Any:
        context.loaders.clear()
        try:
            return await write(context, given)
        except ServiceError as error:
            return told(payload, error)

    return graphene.Field(
        graphene.NonNull(payload),
        given=graphene.Argument(graphene.NonNull(given), name="input", description=given.__doc__),
        resolver=AtRoot(answer),
        **options,
    )


def told(payload: Any, error: ServiceError) -> Any:
    """Return the payload that tells of an error as `userErrors`; the error is raised if none can.

    None can where it is the system's own, or where the payload has no form for what was `refused`.
    """
    refused: Callable[[Trouble], Any] | None = getattr(payload, "refused", None)
    code = user_code(error.code)
    if code is None or refused is None:
        raise error
    faults = ((error.message, error.path), *error.others)
    troubles = [Trouble(code, text, ("input", *path) if path else None) for text, path in faults]
    return replace(refused(troubles[0]), user_errors=tuple(troubles))
