"""Metrics for Prometheus: the page at `/metrics`, and what every process measures of itself.

Whatever is counted elsewhere is defined there, on prometheus-client's one registry. Labels come
from bounded sets: method names, registered operations, codes; never from what a client sends.
"""

import asyncio
import platform
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import TypeAlias

from prometheus_client import Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Measure: TypeAlias = Callable[[], Awaitable[None]]
"""Sets gauges that cost a question to the database; awaited when somebody looks."""

METRICS_PATH = "/metrics"
LAG_PAUSE_SECONDS = 0.5
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Buckets for whatever somebody waits for."""

LOOP_LAG = Histogram(
    "morsel_loop_lag_seconds",
    "How much later than asked the event loop went on, looked at twice a second.",
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2.0),
)
# A start time for each series would be as much text again, and nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the package has no types for it
BUILD = Gauge("morsel_build_info", "What runs: always 1.", ["version", "python"])
BUILD.labels(version("morsel"), platform.python_version()).set(1)


def metrics_route(*measures: Measure) -> Route:
    """Return the page; it waits for the measures, each of which answers for its own failures."""

    async def page(_request: Request) -> Response:
        await asyncio.gather(*(measure() for measure in measures))
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    return Route(METRICS_PATH, page)


@asynccontextmanager
async def loop_watched(*, pause: float = LAG_PAUSE_SECONDS) -> AsyncIterator[None]:
    """Measure the event loop's lag as long as the block lasts."""
    watch = asyncio.create_task(_watch(pause), name="loop lag")
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _watch(pause: float) -> None:
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time() + pause
        await asyncio.sleep(pause)
        LOOP_LAG.observe(max(0.0, loop.time() - asked))
