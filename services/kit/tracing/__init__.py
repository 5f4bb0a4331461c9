"""Traces, off unless a collector's address is set: requests and calls as spans, across processes.

Only what a log line may hold is ever in a span. While off, OpenTelemetry is not even imported, and
a request costs one look at `tracing`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Protocol, TypeAlias

from starlette.types import Scope

from services.kit.errors import SettingsError

QUIET_PATHS = frozenset({"/livez", "/readyz", "/metrics", "/rpc/FeedApi/claim"})
"""What is asked all day long, by probes and by consumers that wait: never traced,
and logged for debugging only."""
RPC_PREFIX = "/rpc/"
DEFAULT_RATIO = 0.1
"""The share of traces that is kept; whether one is, its first process decides."""

HELP = {
    "otlp_endpoint": "where traces go, over OTLP/HTTP, such as http://collector:4318; empty: off",
    "trace_ratio": "the share of requests that are traced, 0 to 1; 0.1 unless set",
}
"""What is allowed in the settings of traces, which every process has."""

Span: TypeAlias = AbstractContextManager[None]
Answered: TypeAlias = Callable[[int], None]
"""Told the status of an answer, when it is known."""
RequestSpan: TypeAlias = AbstractContextManager[Answered]


class Spans(Protocol):
    """Makes spans and sends them; each is the current one, others' parent, in its block."""

    def request(self, scope: Scope, request_id: str) -> RequestSpan:
        """Return the span of a request from outside: the first of its trace, whatever it says."""

    def call(self, path: str, peer: str, request_id: str | None) -> Span:
        """Return the span of a call to another service, as its caller sees it."""

    def answer(self, path: str, headers: Mapping[str, str], request_id: str | None) -> Span:
        """Return the span of a call as the called service sees it: a child of its caller's."""

    def headers(self) -> dict[str, str]:
        """Return the headers that name the current span to a peer."""

    def stop(self) -> None:
        """Send what waits; takes some seconds at most."""


def _ignore(_status: int) -> None:
    """Take a status that no span waits for."""


UNTRACED: Span = nullcontext()
UNTRACED_REQUEST: RequestSpan = nullcontext(_ignore)


class Tracing:
    """The process's one switch: without `Spans` nothing is traced."""

    def __init__(self) -> None:
        """Be off."""
        self._spans: Spans | None = None

    def start(self, service: str, *, endpoint: str, ratio: float = DEFAULT_RATIO) -> None:
        """Trace from now on, unless the endpoint is empty; SettingsError where that cannot be."""
        if not endpoint:
            return
        if not endpoint.startswith(("http://", "https://")):
            raise SettingsError(f"MORSEL_OTLP_ENDPOINT is wrong: it is {HELP['otlp_endpoint']}")
        if not 0 <= ratio <= 1:
            raise SettingsError(f"MORSEL_TRACE_RATIO is wrong: it is {HELP['trace_ratio']}")
        try:
            otlp = import_module("services.kit.tracing.otlp")
        except ImportError as error:
            raise SettingsError(
                "MORSEL_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: "
                "install morsel[traces]"
            ) from error
        self._spans = otlp.OtlpSpans(service, endpoint=endpoint, ratio=ratio)

    def stop(self) -> None:
        """Send what waits, and be off."""
        if self._spans is not None:
            self._spans.stop()
            self._spans = None

    def request(self, scope: Scope, request_id: str) -> RequestSpan:
        """Return the span of a request; a call of another service gets its own in `answer`."""
        path = scope["path"]
        if self._spans is None or path in QUIET_PATHS or path.startswith(RPC_PREFIX):
            return UNTRACED_REQUEST
        return self._spans.request(scope, request_id)

    def call(self, path: str, peer: str, request_id: str | None) -> Span:
        """Return the span of a call to a peer."""
        if self._spans is None or path in QUIET_PATHS:
            return UNTRACED
        return self._spans.call(path, peer, request_id)

    def answer(self, path: str, headers: Mapping[str, str], request_id: str | None) -> Span:
        """Return the span of a peer's call; only for peers that showed who they are."""
        if self._spans is None or path in QUIET_PATHS:
            return UNTRACED
        return self._spans.answer(path, headers, request_id)

    def headers(self) -> dict[str, str]:
        """Return what a call carries, for its span to be continued: `traceparent`, or nothing."""
        return {} if self._spans is None else self._spans.headers()


tracing = Tracing()
"""The switch of this process."""
