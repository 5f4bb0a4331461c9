"""Spans with OpenTelemetry, sent in batches over OTLP/HTTP; imported only where traces are on.

No exception is recorded in a span, only its kind: its text may hold what a learner wrote.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from services.kit.errors import Code, ServiceError
from services.kit.tracing import RPC_PREFIX, Answered

EXPORT_SECONDS = 3
"""How long a batch may take; what a collector takes no sooner is lost, and the process stops."""
SERVER_FAULT = 500

W3C = TraceContextTextMapPropagator()


class OtlpSpans:
    """Spans of one process, for a collector at an address."""

    def __init__(self, service: str, *, endpoint: str, ratio: float) -> None:
        """Start the thread that sends; nothing waits for it before the end."""
        resource = {"service.name": f"morsel-{service}", "service.version": version("morsel")}
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(ratio)),
            resource=Resource.create(resource),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("morsel")

    def stop(self) -> None:
        """Send what waits."""
        self._provider.shutdown()

    @contextmanager
    def request(self, scope: Scope, request_id: str) -> Iterator[Answered]:
        """Trace a request, under its route's name once a router found one."""
        method = scope["method"]
        attributes = {"http.request.method": method, "url.path": scope["path"]}
        with self._span(method, SpanKind.SERVER, attributes, request_id, Context()) as span:
            try:
                yield partial(_note_status, span)
            finally:
                if route := getattr(scope.get("route"), "path", None):
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)

    @contextmanager
    def call(self, path: str, peer: str, request_id: str | None) -> Iterator[None]:
        """Trace a call from its first try to its last."""
        attributes = {"rpc.system": "morsel", "server.address": peer}
        with self._span(_method(path), SpanKind.CLIENT, attributes, request_id):
            yield

    @contextmanager
    def answer(
        self, path: str, headers: Mapping[str, str], request_id: str | None
    ) -> Iterator[None]:
        """Trace the work for a peer, in the trace that its headers name."""
        parent = W3C.extract(headers, Context())
        attributes = {"rpc.system": "morsel"}
        with self._span(_method(path), SpanKind.SERVER, attributes, request_id, parent):
            yield

    def headers(self) -> dict[str, str]:
        """Return the current span as W3C headers."""
        carrier: dict[str, str] = {}
        W3C.inject(carrier)
        return carrier

    @contextmanager
    def _span(
        self,
        name: str,
        kind: SpanKind,
        attributes: dict[str, str],
        request_id: str | None,
        parent: Context | None = None,
    ) -> Iterator[Span]:
        if request_id:
            attributes["morsel.request_id"] = request_id
        with self._tracer.start_as_current_span(
            name,
            parent,
            kind,
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Exception as error:
                _note_error(span, error)
                raise


def _method(path: str) -> str:
    """Return Protocol/method of the path of a call."""
    return path.removeprefix(RPC_PREFIX)


def _note_status(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= SERVER_FAULT:
        span.set_status(StatusCode.ERROR)


def _note_error(span: Span, error: Exception) -> None:
    """Say what kind of error ended a span; a refusal is an answer and no failure."""
    code = error.code if isinstance(error, ServiceError) else None
    span.set_attribute("error.type", code or type(error).__name__)
    if code in {None, Code.UNAVAILABLE}:
        span.set_status(StatusCode.ERROR)
