"""What a client's pool of connections tells Prometheus."""

from prometheus_client import Counter, Gauge, Histogram
from pymongo import monitoring

OPEN = Gauge("morsel_mongo_connections", "Connections to MongoDB that are open.", ["client"])
IN_USE = Gauge("morsel_mongo_connections_in_use", "Connections that an operation has.", ["client"])
WAIT = Histogram(
    "morsel_mongo_pool_wait_seconds",
    "How long an operation waited for a connection.",
    ["client"],
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2.0),
)
REFUSED = Counter(
    "morsel_mongo_pool_refusals", "Operations that got no connection in time.", ["client"]
)


class PoolMetrics(monitoring.ConnectionPoolListener):
    """Counts one client's connections; the driver calls it on whichever thread it uses."""

    def __init__(self, client: str) -> None:
        """Count under the client's name."""
        self._open = OPEN.labels(client)
        self._in_use = IN_USE.labels(client)
        self._wait = WAIT.labels(client)
        self._refused = REFUSED.labels(client)

    def connection_created(self, event: monitoring.ConnectionCreatedEvent) -> None:
        """Count one more that is open."""
        self._open.inc()

    def connection_closed(self, event: monitoring.ConnectionClosedEvent) -> None:
        """Count one less."""
        self._open.dec()

    def connection_checked_out(self, event: monitoring.ConnectionCheckedOutEvent) -> None:
        """Count one that an operation has, and its wait."""
        self._in_use.inc()
        self._wait.observe(event.duration or 0.0)

    def connection_checked_in(self, event: monitoring.ConnectionCheckedInEvent) -> None:
        """Count one that was given back."""
        self._in_use.dec()

    def connection_check_out_failed(self, event: monitoring.ConnectionCheckOutFailedEvent) -> None:
        """Count an operation that got none in time."""
        self._refused.inc()

    def connection_check_out_started(
        self, event: monitoring.ConnectionCheckOutStartedEvent
    ) -> None:
        """Say nothing: its end tells how long it took."""

    def connection_ready(self, event: monitoring.ConnectionReadyEvent) -> None:
        """Say nothing: it counts from its creation on."""

    def pool_created(self, event: monitoring.PoolCreatedEvent) -> None:
        """Say nothing: pools come and go with the servers that the driver finds."""

    def pool_ready(self, event: monitoring.PoolReadyEvent) -> None:
        """Say nothing: what matters of it is told by name."""

    def pool_cleared(self, event: monitoring.PoolClearedEvent) -> None:
        """Say nothing: each of its connections is closed by name."""

    def pool_closed(self, event: monitoring.PoolClosedEvent) -> None:
        """Say nothing: what matters of it is told by name."""
