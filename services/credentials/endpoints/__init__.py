"""Over HTTP: calls of other services, and the documents that verifiers may fetch."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.credentials.domain.instants import parse_instant
from services.credentials.domain.statuslist import TTL_SECONDS
from services.credentials.use_cases.forms import VC, Forms
from services.credentials.use_cases.reading import Reading
from services.kit.errors import Code, ServiceError
from services.kit.identity import Identity
from services.kit.rpc import serve

TOKENS = ("application/vc+jwt", "application/jwt", "text/plain")
"""Media types under which a credential is asked for as a token."""
PAST_SECONDS = 60
"""How long a list of a past time may be held: what is asked as of now may still change."""
_ANYBODY = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
_PICTURE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
}
"""A picture runs nothing, on a page of its own either."""
_STATUS = {Code.NOT_FOUND: 404, Code.UNAVAILABLE: 503}


def internal_routes(doors: Mapping[Callable[..., Any], Any], *, identity: Identity) -> list[Route]:
    """Return the routes that other services call, each refused without an internal token.

    `doors` are the contract's Protocols, each with what keeps its promises.
    """
    return [
        route
        for protocol, implementation in doors.items()
        for route in serve(protocol, implementation, identity=identity)
    ]


def public_routes(reading: Reading, forms: Forms, *, organisation: str) -> list[BaseRoute]:
    """Return the routes under PUBLIC_PATHS; `organisation` is whose DID stands for the host."""
    public = _Public(reading, forms, organisation)
    return [
        Route("/credentials/{name}", public.credential),
        Route("/credentials/{credential_id}/newest", public.newest),
        Route("/status/{list_id}", public.status_list),
        Route("/issuers/{organisation}", public.profile),
        Route("/issuers/{organisation}/did.json", public.did_document),
        Route(
            "/issuers/{organisation}/achievements/{achievement}/{version:path}",
            public.achievement,
        ),
        Route("/issuers/{organisation}/endorsements/{endorsement}", public.endorsement),
        Route("/issuers/{organisation}/badges/{achievement}/{file:path}", public.badge),
        Route("/.well-known/did.json", public.own_did_document),
    ]


class _Public:
    def __init__(self, reading: Reading, forms: Forms, organisation: str) -> None:
        self._reading = reading
        self._forms = forms
        self._organisation = organisation

    async def credential(self, request: Request) -> Response:
        name, query = request.path_params["name"], request.query_params
        try:
            form = await self._forms.file(
                name, expires=query.get("expires", ""), signature=query.get("signature", "")
            )
        except ServiceError as error:
            return _refusal(error)
        headers = {
            "ETag": _tag(form.content),
            "Cache-Control": "private, no-cache",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        }
        if _has_tag(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(form.content, media_type=form.media_type, headers=headers)

    async def newest(self, request: Request) -> Response:
        """Answer in JSON, or as a token where that is what the verifier accepts."""
        credential_id, key = request.path_params["credential_id"], request.query_params.get("key")
        try:
            found = await self._reading.newest(credential_id, key=key or "")
        except ServiceError as error:
            return _refusal(error)
        accepted = request.headers.get("accept", "")
        as_token = next((kind for kind in TOKENS if kind in accepted), None)
        headers = {
            "Cache-Control": "private, no-store",
            "Access-Control-Allow-Origin": "*",
            "Vary": "Accept",
            "X-Content-Type-Options": "nosniff",
        }
        content = found.jwt.encode() if as_token else found.json
        return Response(content, media_type=as_token or VC, headers=headers)

    async def status_list(self, request: Request) -> Response:
        list_id, asked = request.path_params["list_id"], request.query_params.get("timestamp")
        try:
            if asked is None:
                signed, seconds = (await self._reading.status_list(list_id)).signed, TTL_SECONDS
            else:
                # a + of a zone that nobody escaped arrives as a space
                moment = parse_instant(asked.replace(" ", "+"))
                signed = await self._reading.status_list_at(list_id, moment)
                seconds = PAST_SECONDS
        except ServiceError as error:
            return _problem(error)
        headers = {
            "ETag": _tag(signed),
            "Cache-Control": f"public, max-age={seconds}",
            "Access-Control-Allow-Origin": "*",
        }
        if _has_tag(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(signed, media_type=VC, headers=headers)

    async def did_document(self, request: Request) -> Response:
        try:
            document = await self._reading.did_document(request.path_params["organisation"])
        except ServiceError as error:
            return _refusal(error)
        return _public(document, "application/did+json")

    async def profile(self, request: Request) -> Response:
        try:
            profile = await self._reading.profile(request.path_params["organisation"])
        except ServiceError as error:
            return _refusal(error)
        return _public(profile, "application/json")

    async def achievement(self, request: Request) -> Response:
        try:
            achievement = await self._reading.achievement(
                request.path_params["achievement"], request.path_params["version"]
            )
        except ServiceError as error:
            return _refusal(error)
        return _public(achievement, "application/json")

    async def endorsement(self, request: Request) -> Response:
        try:
            signed = await self._reading.endorsement(
                request.path_params["organisation"], request.path_params["endorsement"]
            )
        except ServiceError as error:
            return _refusal(error)
        return Response(signed, media_type=VC, headers=_ANYBODY)

    async def badge(self, request: Request) -> Response:
        found = request.path_params
        try:
            form = await self._forms.badge(
                found["organisation"], found["achievement"], found["file"]
            )
        except ServiceError as error:
            return _refusal(error)
        headers = {**_ANYBODY, "ETag": _tag(form.content), **_PICTURE}
        if _has_tag(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(form.content, media_type=form.media_type, headers=headers)

    async def own_did_document(self, _request: Request) -> Response:
        return RedirectResponse(f"/issuers/{self._organisation}/did.json", status_code=307)


def _public(document: dict[str, object], media_type: str) -> Response:
    return JSONResponse(document, media_type=media_type, headers=_ANYBODY)


def _refusal(error: ServiceError) -> Response:
    body = {"error": {"code": error.code, "message": error.message}}
    return JSONResponse(body, status_code=_STATUS.get(error.code, 400))


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _problem(error: ServiceError) -> Response:
    """Return why there is no list to give, as Bitstring Status List has it (RFC 9457)."""
    malformed = error.code is Code.INVALID
    name = "MALFORMED_VALUE_ERROR" if malformed else "STATUS_RETRIEVAL_ERROR"
    status = _STATUS.get(error.code, 400)
    body = {
        "type": f"https://www.w3.org/ns/credentials/status-list#{name}",
        "title": "No list can be given for this timestamp."
        if malformed
        else "There is no list to give.",
        "status": status,
        "detail": error.message,
    }
    headers = {"Access-Control-Allow-Origin": "*"}
    return JSONResponse(
        body, status_code=status, media_type="application/problem+json", headers=headers
    )


def _has_tag(header: str, tag: str) -> bool:
    """Return whether an If-None-Match names the tag, weak or strong, or is `*`."""
    listed = [part.strip().removeprefix("W/") for part in header.split(",")]
    return tag in listed or header.strip() == "*"
