"""The explorer: a page to try the API and to read its reference, for people who build apps.

One HTML, one script and one style sheet of our own; nothing is fetched from elsewhere.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from graphql import GraphQLSchema
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.execution.encoding import encode
from gateway.explorer.reference import list_operations, list_types

PATH = "/explorer"
FOLDER = Path(__file__).parent / "page"
MEDIA_TYPES = {
    "html": "text/html",
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Explorer:
    """The page, its parts, and what it shows."""

    def __init__(
        self,
        schema: GraphQLSchema,
        registered: Mapping[str, str],
        *,
        allow_ad_hoc: bool,
        sign_in: str,
    ) -> None:
        """Show a schema and its registered operations.

        `sign_in` is where a development issuer gives tokens; empty: people bring their own.
        """
        self._shown = {
            "operations": list_operations(registered),
            "types": list_types(schema),
            "allowAdHoc": allow_ad_hoc,
            "signIn": sign_in or None,
        }

    def before(self, app: ASGIApp) -> ASGIApp:
        """Return an app that shows the page to browsers, and leaves all other requests to `app`."""
        return _PageOrApp(app)

    def routes(self) -> list[Route]:
        """Return the routes of the page's parts."""
        return [
            Route(f"{PATH}/explorer.js", _part),
            Route(f"{PATH}/explorer.css", _part),
            Route(f"{PATH}/icon.svg", _part),
            Route(f"{PATH}/reference.json", self._reference),
        ]

    async def _reference(self, _: Request) -> Response:
        return Response(encode(self._shown), headers=HEADERS, media_type="application/json")


class _PageOrApp:
    """The page for whoever opens the address, the app for whoever calls it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        shown = _page("index.html") if _is_navigation(scope) else self._app
        await shown(scope, receive, send)


def _is_navigation(scope: Scope) -> bool:
    """Return whether a person opens the address in a browser: only then is HTML asked for."""
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")


async def _part(request: Request) -> Response:
    return _page(request.url.path.rpartition("/")[2])


def _page(name: str) -> Response:
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(_read(name), headers=HEADERS | {"Vary": "Accept"}, media_type=media_type)


@cache
def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
