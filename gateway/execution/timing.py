"""Rate, errors and duration of operations, by their registered names."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from prometheus_client import Counter, Histogram

from gateway.errors import RequestRefused
from services.kit.metrics import SECONDS

Body: TypeAlias = dict[str, Any]

OPERATION_SECONDS = Histogram(
    "morsel_operation_seconds",
    "How long operations took, by name.",
    ["operation"],
    buckets=SECONDS,
)
OPERATIONS = Counter(
    "morsel_operations",
    "Operations run, by name and how they ended: ok, errors, refused (too slow or unfit).",
    ["operation", "outcome"],
)
REFUSALS = Counter(
    "morsel_operation_refusals", "Requests that were no operation to run, by code.", ["code"]
)


@contextmanager
def timed(operation: str) -> Iterator[Callable[[Body], Body]]:
    """Measure the block as one operation; it passes its answer through what it is given."""
    begun, outcome = time.perf_counter(), "refused"

    def answered(body: Body) -> Body:
        nonlocal outcome
        outcome = "errors" if "errors" in body else "ok"
        return body

    try:
        yield answered
    finally:
        OPERATION_SECONDS.labels(operation).observe(time.perf_counter() - begun)
        OPERATIONS.labels(operation, outcome).inc()


@contextmanager
def refusals_counted() -> Iterator[None]:
    """Count what is refused in the block."""
    try:
        yield
    except RequestRefused as refused:
        REFUSALS.labels(refused.code).inc()
        raise
