"""Over HTTP: calls of the gateway and of other services, reports as files, and invitations."""

from html import escape
from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from services.kit.errors import Code, ServiceError
from services.kit.identity import Identity
from services.kit.records import FeedApi
from services.kit.rpc import serve
from services.progress.contract import (
    AdviceApi,
    CohortApi,
    HealthApi,
    HomeApi,
    ImpactApi,
    LearnerApi,
    LeavingApi,
    TrackingApi,
)
from services.progress.use_cases.cohort_reports import Reports
from services.progress.use_cases.exporting import Exporting

CSV = "text/csv; charset=utf-8; header=present"
"""RFC 4180, 3."""
_STATUS = {Code.NOT_FOUND: 404, Code.UNAVAILABLE: 503}
INVITED = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Join a cohort</title>
<h1>You are invited</h1>
<p>Open your learning app, sign in, and enter this code:</p>
<p><strong>{code}</strong></p>
</html>
"""


class Roles(Protocol):
    """What the service does for others, role by role."""

    @property
    def tracking(self) -> TrackingApi:
        """The writes."""

    @property
    def learners(self) -> LearnerApi:
        """Where learners are."""

    @property
    def homes(self) -> HomeApi:
        """What learners see of their own."""

    @property
    def impact(self) -> ImpactApi:
        """What publishing would do."""

    @property
    def cohorts(self) -> CohortApi:
        """Cohorts, for managers."""

    @property
    def leaving(self) -> LeavingApi:
        """Taking one's data along, or having it erased."""

    @property
    def advice(self) -> AdviceApi:
        """What learners know, lack and may do next."""

    @property
    def health(self) -> HealthApi:
        """How questions are, for authors."""

    @property
    def feed(self) -> FeedApi:
        """What happened."""


def internal_routes(service: Roles, *, identity: Identity) -> list[Route]:
    """Return the routes that other services call, each refused without an internal token."""
    return [
        *serve(TrackingApi, service.tracking, identity=identity),
        *serve(LearnerApi, service.learners, identity=identity),
        *serve(HomeApi, service.homes, identity=identity),
        *serve(ImpactApi, service.impact, identity=identity),
        *serve(CohortApi, service.cohorts, identity=identity),
        *serve(LeavingApi, service.leaving, identity=identity),
        *serve(AdviceApi, service.advice, identity=identity),
        *serve(HealthApi, service.health, identity=identity),
        *serve(FeedApi, service.feed, identity=identity),
    ]


def public_routes(reports: Reports, exporting: Exporting) -> list[BaseRoute]:
    """Return the routes under the contract's PUBLIC_PATHS."""

    async def report(request: Request) -> Response:
        """Answer with a cohort's report: /reports/{cohort}.csv, as `csvUrl` gave it."""
        query = request.query_params
        try:
            name, rows = await reports.csv(
                request.path_params["cohort_id"],
                expires=query.get("expires", ""),
                signature=query.get("signature", ""),
            )
        except ServiceError as error:
            return _refusal(error)
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.csv",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(rows, media_type=CSV, headers=headers)

    async def invitation(request: Request) -> Response:
        """Answer who opens an invitation without the app; whether the code is good is not told."""
        page = INVITED.format(code=escape(request.path_params["code"][:40]))
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'",
            "Referrer-Policy": "no-referrer",
        }
        return HTMLResponse(page, headers=headers)

    return [
        _export_route(exporting),
        Route("/reports/{cohort_id}.csv", report),
        Route("/join/{code}", invitation),
    ]


def _export_route(exporting: Exporting) -> Route:
    async def export(request: Request) -> Response:
        """Answer with a learner's export: /exports/{learner}.zip, as `exportMyData` gave it."""
        query = request.query_params
        try:
            parts = await exporting.file(
                request.path_params["learner_id"],
                expires=query.get("expires", ""),
                signature=query.get("signature", ""),
            )
        except ServiceError as error:
            return _refusal(error)
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'attachment; filename="morsel-export.zip"',
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(parts, media_type="application/zip", headers=headers)

    return Route("/exports/{learner_id}.zip", export)


def _refusal(error: ServiceError) -> JSONResponse:
    body = {"error": {"code": error.code, "message": error.message}}
    return JSONResponse(body, status_code=_STATUS.get(error.code, 400))
