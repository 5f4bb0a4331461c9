"""Over HTTP: calls of the gateway and of other services, reports as files, and invitations."""

from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from services.kit.errors import Code, ServiceError
from services.kit.identity import Identity
from services.kit.records import FeedApi
from services.kit.rpc import serve
from services.progress.contract import CohortApi, ImpactApi, LearnerApi, TrackingApi
from services.progress.use_cases.cohort_reports import Reports

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


def internal_routes(
    *,
    tracking: TrackingApi,
    learners: LearnerApi,
    impact: ImpactApi,
    cohorts: CohortApi,
    feed: FeedApi,
    identity: Identity,
) -> list[Route]:
    """Return the routes that other services call, each refused without an internal token."""
    return [
        *serve(TrackingApi, tracking, identity=identity),
        *serve(LearnerApi, learners, identity=identity),
        *serve(ImpactApi, impact, identity=identity),
        *serve(CohortApi, cohorts, identity=identity),
        *serve(FeedApi, feed, identity=identity),
    ]


def public_routes(reports: Reports) -> list[BaseRoute]:
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
            body = {"error": {"code": error.code, "message": error.message}}
            return JSONResponse(body, status_code=_STATUS.get(error.code, 400))
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

    return [Route("/reports/{cohort_id}.csv", report), Route("/join/{code}", invitation)]
