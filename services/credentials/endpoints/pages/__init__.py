"""Pages for people: a shared credential, and the verification of anybody's.

Server-rendered, without anything from elsewhere; all of it works without a script.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.credentials.contract import Verification, VerifyingApi, VerifyInput
from services.credentials.endpoints.pages import views
from services.credentials.endpoints.pages.handed import handed_over
from services.credentials.endpoints.pages.languages import Texts, all_texts, texts_for
from services.credentials.use_cases.showing import Showing
from services.kit.errors import Code, Invalid, LimitReached, NotFound, Unavailable

HERE = Path(__file__).parent
ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
SIGNED = ("application/vc+ld+json", "application/vc", "application/ld+json", "application/json")
"""What a program asks for that wants the credential instead of the page."""
STATUS: Mapping[Code, int] = {
    Code.INVALID: 400,
    Code.NOT_FOUND: 404,
    Code.LIMIT_REACHED: 413,
    Code.UNAVAILABLE: 503,
}
PREVIEW_SECONDS = 300
"""How long a picture may be shown after its link was taken back, by whoever fetched it."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Vary": "Accept, Accept-Language",
}
_MARKDOWN = MarkdownIt("js-default").disable("image")


class Pages:
    """The pages, their parts, and what they show."""

    def __init__(self, showing: Showing, verifying: VerifyingApi, *, origin: str) -> None:
        """Keep whom to ask, and the origin that addresses are made under."""
        self._showing = showing
        self._verifying = verifying
        self._origin = origin

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the pages and of their parts."""
        return [
            Route("/c/{token}", self.shared),
            Route("/c/{token}/preview.png", self.preview),
            Route("/verify", self.ask, methods=["GET"]),
            Route("/verify", self.verify, methods=["POST"]),
            Route("/verify/assets/{name}", asset),
        ]

    async def shared(self, request: Request) -> Response:
        """Return the page of a shared credential, or its JSON to a program that asks for it."""
        token, texts = request.path_params["token"], texts_for(request)
        try:
            if _wants_signed(request):
                return _signed(await self._showing.signed(token))
            page = await self._showing.page(token)
        except NotFound:
            return _page("missing", texts, request, status=404, told="missing")
        except Unavailable:
            return _page("missing", texts, request, status=503, told="away")
        return _page("shared", texts, request, **views.shared(page, texts, origin=self._origin))

    async def preview(self, request: Request) -> Response:
        """Return the picture that previews of a link show."""
        try:
            picture = await self._showing.preview(request.path_params["token"])
        except (NotFound, Unavailable) as error:
            return Response(status_code=STATUS[error.code], headers=HEADERS)
        kept = {"Cache-Control": f"private, max-age={PREVIEW_SECONDS}"}
        return Response(picture, media_type="image/png", headers=HEADERS | kept)

    async def ask(self, request: Request) -> Response:
        """Return the page that takes a credential."""
        return _page("verify", texts_for(request), request, problem=None, result=None)

    async def verify(self, request: Request) -> Response:
        """Return the checks of what was handed over; nothing of it is kept."""
        texts = texts_for(request)
        try:
            verification = await self._verified(await handed_over(request))
        except (Invalid, LimitReached, Unavailable) as error:
            problem = "away" if isinstance(error, Unavailable) else error.message
            status = STATUS[error.code]
            return _page("verify", texts, request, status=status, problem=problem, result=None)
        result = views.result(verification, texts)
        return _page("verify", texts, request, problem=None, result=result)

    async def _verified(self, given: VerifyInput) -> Verification:
        """Return the verification; a link to a page of ours is followed without a call."""
        token = (given.url or "").removeprefix(f"{self._origin}/c/")
        if given.url is not None and token != given.url:
            try:
                given = VerifyInput(json=await self._showing.signed(token.partition("?")[0]))
            except NotFound as error:
                raise Invalid("not_shared") from error
        (verification,) = await self._verifying.verify((given,))
        return verification


async def asset(request: Request) -> Response:
    """Return a part of the pages; its address names its content, so it is kept for ever."""
    name = request.path_params["name"]
    if name not in ASSETS:
        return Response(status_code=404, headers=HEADERS)
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_read(name), media_type=ASSETS[name], headers=HEADERS | kept)


def _wants_signed(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" not in accepted and any(kind in accepted for kind in SIGNED)


def _signed(content: bytes) -> Response:
    return Response(content, media_type=SIGNED[0], headers=HEADERS)


def _page(
    name: str, texts: Texts, request: Request, *, status: int = 200, **shown: Any
) -> Response:
    page = (
        _templates()
        .get_template(f"{name}.html")
        .render(
            **shown,
            texts=texts,
            say=texts.said,
            languages=all_texts().values(),
            path=request.url.path,
        )
    )
    return Response(page, status_code=status, media_type="text/html", headers=HEADERS)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["markdown"] = _markdown
    environment.globals["part"] = _address
    return environment


def _markdown(text: str) -> Markup:
    """Return Markdown as HTML: raw HTML in it is shown as text, pictures as links."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes what it is given


@cache
def _address(name: str) -> str:
    return f"/verify/assets/{name}?{hashlib.sha256(_read(name)).hexdigest()[:12]}"


@cache
def _read(name: str) -> bytes:
    return (HERE / "assets" / name).read_bytes()
