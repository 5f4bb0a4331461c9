"""Over HTTP: calls of the gateway and of other services."""

from starlette.routing import Route

from services.kit.identity import Identity
from services.kit.records import FeedApi
from services.kit.rpc import serve
from services.progress.contract import ImpactApi, LearnerApi, TrackingApi


def internal_routes(
    *,
    tracking: TrackingApi,
    learners: LearnerApi,
    impact: ImpactApi,
    feed: FeedApi,
    identity: Identity,
) -> list[Route]:
    """Return the routes that other services call, each refused without an internal token."""
    return [
        *serve(TrackingApi, tracking, identity=identity),
        *serve(LearnerApi, learners, identity=identity),
        *serve(ImpactApi, impact, identity=identity),
        *serve(FeedApi, feed, identity=identity),
    ]
