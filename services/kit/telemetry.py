"""Structured logs: JSON in production, readable on a laptop, and one line for each request.

Never a token, a body, a query string or a person's name.
"""

import logging
import re
import sys
import time
from contextvars import ContextVar
from typing import Any

import orjson
import structlog
from prometheus_client import Counter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.dev import plain_traceback
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from services.kit.ids import uuid7
from services.kit.tracing import QUIET_PATHS, tracing

REQUEST_ID_HEADER = "x-request-id"
REQUEST_ID_SHAPE = re.compile(r"[A-Za-z0-9._-]{8,64}")
NOISY = ("uvicorn.error", "pymongo", "aiohttp.access", "asyncio")
"""Loggers of libraries whose word counts from WARNING on only."""

REQUESTS = Counter(
    "morsel_http_requests", "Requests answered, by method and status.", ["method", "status"]
)

# Local variables hold tokens and answers, so a traceback never shows them.
WITHOUT_LOCALS = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that this task works for; it travels over every edge."""

log = structlog.get_logger(__name__)


def configure(service: str, *, level: str = "info", json: bool = True) -> None:
    """Send all logs, the standard library's too, to standard error; the last call counts.

    What differs between calls sits in the handler: a logger keeps the processors of its first line.
    """
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=_json_lines(service) if json else _lines_for_people(),
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _json_lines(service: str) -> list[Processor]:
    def add_origin(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        if (current := request_id.get()) is not None:
            event["request_id"] = current
        return event

    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return [add_origin, strip, WITHOUT_LOCALS, structlog.processors.JSONRenderer(_dumps)]


def _lines_for_people() -> list[Processor]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=plain_traceback
        ),
    ]


def _dumps(value: Any, **_options: Any) -> str:
    return orjson.dumps(value, default=str).decode()


class RequestLog:
    """ASGI middleware: gives each request its id and logs method, path, status, milliseconds."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a client's own request id is kept where it has the shape of one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current = _given_id(scope) or uuid7().hex
        token = request_id.set(current)
        begun = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answered(status)
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = current
            await send(message)

        try:
            with tracing.request(scope, current) as answered:
                await self._app(scope, receive, send_with_id)
        finally:
            _log_request(scope, status, (time.perf_counter() - begun) * 1000)
            request_id.reset(token)


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == REQUEST_ID_HEADER.encode():
            text: str = value.decode("latin-1")
            return text if REQUEST_ID_SHAPE.fullmatch(text) else None
    return None


def _log_request(scope: Scope, status: int, millis: float) -> None:
    REQUESTS.labels(scope["method"], status).inc()
    write = log.debug if scope["path"] in QUIET_PATHS else log.info
    write(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        ms=round(millis, 1),
    )
