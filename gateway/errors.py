"""What a client is told when an operation fails: a code from one list, and words.

What nobody foresaw is masked, and logged under an id that the client is given.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import structlog
from graphql import GraphQLError

from services.kit.errors import Code, ServiceError
from services.kit.ids import uuid7

log = structlog.get_logger(__name__)


class ErrorCode(StrEnum):
    """Every `extensions.code` that the gateway answers with."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    TOO_COSTLY = "TOO_COSTLY"
    RATE_LIMITED = "RATE_LIMITED"
    TIMEOUT = "TIMEOUT"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


FROM_SERVICE = {
    Code.UNAUTHENTICATED: ErrorCode.UNAUTHENTICATED,
    Code.FORBIDDEN: ErrorCode.FORBIDDEN,
    Code.UNAVAILABLE: ErrorCode.UNAVAILABLE,
}
"""Codes that keep their name; others are BAD_USER_INPUT, with the service's code as `reason`."""


STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.TIMEOUT: 504,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.INTERNAL: 500,
}
"""HTTP statuses of whole requests; of all other codes the media type decides."""


class RequestRefused(Exception):
    """A request that is answered before anything of it is executed, with every reason."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        errors: list[GraphQLError] | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Refuse with one message, or with the positioned errors of a document.

        `status` is the HTTP status where it is the same for every media type.
        """
        super().__init__(message)
        self.code = code
        self.status = status or STATUS.get(code)
        self.headers = headers or {}
        self.errors = errors or [GraphQLError(message)]

    def formatted(self) -> list[dict[str, Any]]:
        """Return the errors as the response holds them."""
        return [
            {**error.formatted, "extensions": {**(error.extensions or {}), "code": self.code}}
            for error in self.errors
        ]


def refusal_of(errors: Sequence[GraphQLError]) -> RequestRefused:
    """Return the refusal of an operation that failed before it had anything to answer."""
    told = [formatted(error) for error in errors]
    return RequestRefused(
        ErrorCode(told[0]["extensions"]["code"]),
        told[0]["message"],
        errors=[
            GraphQLError(
                each["message"],
                nodes=error.nodes,
                path=error.path,
                extensions=each["extensions"],
            )
            for each, error in zip(told, errors, strict=True)
        ],
    )


def formatted(error: GraphQLError) -> dict[str, Any]:
    """Return an error of execution as the response holds it: with a code, and without secrets."""
    cause = _cause(error)
    if isinstance(cause, ServiceError):
        return _told(error, FROM_SERVICE.get(cause.code, ErrorCode.BAD_USER_INPUT), cause.code)
    if isinstance(cause, UnicodeEncodeError):  # which JSON can carry and UTF-8 cannot
        told = _told(error, ErrorCode.BAD_USER_INPUT)
        return {**told, "message": "A text holds half a character (a lone surrogate)."}
    if _is_callers(error, cause):
        return _told(error, ErrorCode.BAD_USER_INPUT)
    return _masked(error, cause)


def _cause(error: GraphQLError) -> Exception | None:
    """Return what was raised first, below every location that graphql-core put around it."""
    cause: Exception | None = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _is_callers(error: GraphQLError, cause: Exception | None) -> bool:
    """Tell a value that the caller sent from one that a resolver returned.

    Only the former has a place in the document.
    """
    return isinstance(cause, GraphQLError) and (error.path is None or bool(cause.nodes))


def _told(error: GraphQLError, code: ErrorCode, reason: Code | None = None) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": code}
    if reason is not None and reason.name != code.name:
        extensions["reason"] = reason
    return {**error.formatted, "extensions": extensions}


def masked(error: Exception) -> RequestRefused:
    """Return what is told of a request that failed as nobody foresaw; the log has the rest."""
    incident = _log(error)
    told = GraphQLError(_sentence(incident), extensions={"id": incident})
    return RequestRefused(ErrorCode.INTERNAL, told.message, errors=[told])


def _masked(error: GraphQLError, cause: Exception | None) -> dict[str, Any]:
    incident = _log(cause, path=error.path)
    extensions = {"code": ErrorCode.INTERNAL, "id": incident}
    return {**error.formatted, "message": _sentence(incident), "extensions": extensions}


def _log(cause: Exception | None, **where: Any) -> str:
    incident = str(uuid7())
    log.error("operation failed", incident=incident, exc_info=cause, **where)
    return incident


def _sentence(incident: str) -> str:
    return f"Something went wrong on our side. It is logged as {incident}."
