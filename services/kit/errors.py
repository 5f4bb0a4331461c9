"""The one error tree.

ServiceError
    Invalid              what was asked is malformed; names the field and what is allowed
    NotFound
    Forbidden            the actor may not do this
    Conflict             it clashes with what is stored
    StaleRevision        the draft moved on since it was read
    AlreadyExists
    LimitReached
    NotPublished
    Unsupported
    Unauthenticated      no token, or one that is invalid or expired
    Unavailable          a part of the system is away or too slow: try again

Raised by the domain or a use-case, mapped once at each edge; codes are stable.

SettingsError            stops the start of a process, so it has no code and crosses no edge
"""

from enum import StrEnum
from typing import ClassVar, TypeAlias

Fault: TypeAlias = tuple[str, tuple[str, ...]]
"""One more thing that is wrong: a sentence, and the path of the field."""


class Code(StrEnum):
    """Stable error codes, the same on every edge."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    CONFLICT = "CONFLICT"
    STALE_REVISION = "STALE_REVISION"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    UNSUPPORTED = "UNSUPPORTED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    UNAVAILABLE = "UNAVAILABLE"


class SettingsError(Exception):
    """The environment lacks what a process needs; names the variable and what is allowed."""


class ServiceError(Exception):
    """A failure with a code, words that a person can act on, and the path of the field at fault."""

    code: ClassVar[Code]

    def __init__(
        self, message: str, *, path: tuple[str, ...] = (), others: tuple[Fault, ...] = ()
    ) -> None:
        """Keep the message, the path and what `others` are wrong; all travel over every edge."""
        super().__init__(message)
        self.message = message
        self.path = path
        self.others = others


class Invalid(ServiceError):
    """What was asked is malformed."""

    code = Code.INVALID


class NotFound(ServiceError):
    """What was asked for is not there, or not for this actor."""

    code = Code.NOT_FOUND


class Forbidden(ServiceError):
    """The actor may not do this."""

    code = Code.FORBIDDEN


class Conflict(ServiceError):
    """It clashes with what is stored."""

    code = Code.CONFLICT


class StaleRevision(ServiceError):
    """The draft moved on since it was read."""

    code = Code.STALE_REVISION


class AlreadyExists(ServiceError):
    """Something of that name is there already."""

    code = Code.ALREADY_EXISTS


class LimitReached(ServiceError):
    """More than is allowed at once; nothing was stored."""

    code = Code.LIMIT_REACHED


class NotPublished(ServiceError):
    """The course has no published version."""

    code = Code.NOT_PUBLISHED


class Unsupported(ServiceError):
    """A known thing that Morsel does not do."""

    code = Code.UNSUPPORTED


class Unauthenticated(ServiceError):
    """No token, or one that is invalid or expired."""

    code = Code.UNAUTHENTICATED


class Unavailable(ServiceError):
    """A part of the system is away or too slow; the same request may succeed later."""

    code = Code.UNAVAILABLE


BY_CODE: dict[Code, type[ServiceError]] = {
    error.code: error
    for error in (
        Invalid,
        NotFound,
        Forbidden,
        Conflict,
        StaleRevision,
        AlreadyExists,
        LimitReached,
        NotPublished,
        Unsupported,
        Unauthenticated,
        Unavailable,
    )
}
