"""GraphQL over HTTP: POST and GET, JSON only, a status and a code for all that can go wrong."""

from collections.abc import Mapping
from typing import Any

import structlog
from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.context import Context, Surroundings
from gateway.errors import FROM_SERVICE, ErrorCode, RequestRefused, masked
from gateway.execution import Execution
from gateway.execution.encoding import encode
from gateway.execution.requests import OperationRequest, decode, read_operation
from gateway.identity.subjects import Identity
from gateway.schema.languages import accepted
from services.kit.errors import ServiceError
from services.kit.records import Role

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
ALLOWED = {"Allow": "GET, POST"}
TRUSTED = frozenset({Role.AUTHOR, Role.ISSUER, Role.EMPLOYER})
"""Roles whose work comes in large pieces: courses, rolls of credentials."""

log = structlog.get_logger(__name__)


class GraphQLOverHTTP:
    """The ASGI endpoint at /graphql."""

    def __init__(
        self,
        execution: Execution,
        surroundings: Surroundings,
        *,
        max_body_bytes: int,
        max_trusted_body_bytes: int,
    ) -> None:
        """Answer with `execution`; trusted roles may send larger bodies."""
        self._execution = execution
        self._surroundings = surroundings
        self._max_body_bytes = max_body_bytes
        self._max_trusted_body_bytes = max_trusted_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that went away gets none."""
        try:
            response = await self.respond(Request(scope, receive))
        except ClientDisconnect:
            log.info("client went away")
            return
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """Return the answer, whatever happens."""
        media = negotiate(request.headers.get("accept"))
        try:
            return _reply(await self._answer(request, media), media or JSON)
        except RequestRefused as refused:
            return _refuse(refused, media or JSON)
        except ServiceError as error:
            code = FROM_SERVICE.get(error.code, ErrorCode.BAD_USER_INPUT)
            return _refuse(RequestRefused(code, error.message), media or JSON)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the edge: nothing of it may reach the client
            return _refuse(masked(error), media or JSON)

    async def _answer(self, request: Request, media: str | None) -> dict[str, Any]:
        _check_method(request)
        if media is None:
            raise _refusal(406, f"Accept {RESPONSE} or {JSON}.")
        identity = await self._identify(request)
        if request.method == "GET":
            operation = _from_query(request)
        else:
            operation = _operation(_decode(await self._body(request, identity)))
        prepared = self._execution.prepare(operation)
        if request.method == "GET" and prepared.type is not OperationType.QUERY:
            raise _refusal(405, "GET runs queries only: POST a mutation.", {"Allow": "POST"})
        if prepared.type is OperationType.SUBSCRIPTION:
            raise _refusal(400, "Subscribe over a WebSocket: graphql-transport-ws at this address.")
        languages = accepted(request.headers.get("accept-language", ""))
        return await self._execution.run(prepared, Context(self._surroundings, identity, languages))

    async def _identify(self, request: Request) -> Identity | None:
        authorization = request.headers.get("authorization")
        return await self._surroundings.authenticator.identify(authorization)

    async def _body(self, request: Request, identity: Identity | None) -> bytes:
        """Return the body; it is read in a stream, so that a huge one is never held."""
        _check_content_type(request)
        trusted = identity is not None and not TRUSTED.isdisjoint(identity.actor.roles)
        most = self._max_trusted_body_bytes if trusted else self._max_body_bytes
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise _refusal(413, f"A request may have {most} bytes.", {"Connection": "close"})
        return bytes(body)


def negotiate(accept: str | None) -> str | None:
    """Return the media type to answer with, None when the client takes neither of ours."""
    if not accept:
        return JSON
    ranges = _ranges(accept)
    wildcard = ranges.get("application/*", ranges.get("*/*", 0.0))

    def rank(media: str) -> tuple[float, bool, bool]:
        named = media in ranges
        return ranges.get(media, wildcard), named, named and media == RESPONSE

    best = max((JSON, RESPONSE), key=rank)
    return best if rank(best)[0] > 0 else None


def _ranges(accept: str) -> dict[str, float]:
    """Return the media ranges of an Accept header with their quality."""
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            ranges[name] = float(quality)
        except ValueError:
            ranges[name] = 0.0
    return ranges


def _check_method(request: Request) -> None:
    if request.method not in ("GET", "POST"):
        raise _refusal(405, "Use POST or GET.", ALLOWED)
    # a page elsewhere can make a browser GET with no preflight; a POST of JSON it cannot
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        raise RequestRefused(
            ErrorCode.FORBIDDEN, "GET from a page of another site is refused: use POST.", status=403
        )


def _check_content_type(request: Request) -> None:
    media, *parameters = request.headers.get("content-type", "").lower().split(";")
    charset = next((p.strip() for p in parameters if p.strip().startswith("charset=")), "")
    if media.strip() != JSON or charset.strip('"') not in ("", "charset=utf-8", 'charset="utf-8'):
        raise _refusal(415, f"Send {JSON} in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _refusal(415, "Send the body as it is, not compressed.")


def _decode(text: bytes | str) -> Any:
    try:
        return decode(text)
    except ValueError as error:
        raise _refusal(400, f"The body is not JSON: {error}.") from error


def _from_query(request: Request) -> OperationRequest:
    parameters: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _decode(parameters[name])
    return _operation(parameters)


def _operation(body: Any) -> OperationRequest:
    if not isinstance(body, dict):
        raise _refusal(400, "The body must be one JSON object; lists of operations are not taken.")
    try:
        return read_operation(body)
    except ValueError as error:
        raise _refusal(400, str(error)) from error


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> RequestRefused:
    return RequestRefused(ErrorCode.BAD_USER_INPUT, message, status=status, headers=headers)


def _refuse(refused: RequestRefused, media: str) -> Response:
    status = refused.status or (400 if media == RESPONSE else 200)
    headers = dict(refused.headers)
    if status == 401:  # noqa: PLR2004 - the number is the name
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return _reply({"errors": refused.formatted()}, media, status=status, headers=headers)


def _reply(
    body: dict[str, Any],
    media: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(
        encode(body),
        status,
        {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Authorization"}
        | dict(headers or {}),
        media_type=f"{media}; charset=utf-8",
    )
