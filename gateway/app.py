"""The gateway, wired: read it first."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.broadcast import Broadcast
from gateway.clients import Clients
from gateway.context import Surroundings
from gateway.documents import Documents, read_registered
from gateway.execution import Execution
from gateway.explorer import Explorer
from gateway.http import GraphQLOverHTTP
from gateway.identity import Authenticator
from gateway.identity.guests import Guests
from gateway.identity.keyring import Keyring, KeySource, PublishedKeys
from gateway.identity.oidc import Provider
from gateway.identity.subjects import ClaimNames
from gateway.published import Published
from gateway.schema import build_schema
from gateway.settings import Settings
from gateway.ws import GraphQLOverWebSocket
from services.content.contract import AuthoringApi, CatalogApi, PathwaysApi, UploadsApi
from services.credentials.contract import (
    BulkApi,
    CredentialsApi,
    EndorsingApi,
    IssuedApi,
    IssuersApi,
    RefreshApi,
    SharingApi,
    StatusApi,
    TalentApi,
    VerifyingApi,
)
from services.kit.cors import cors
from services.kit.health import Health
from services.kit.identity import Identity as PeerIdentity
from services.kit.metrics import Measure, metrics_route
from services.kit.rpc import Peer, connect
from services.kit.settings import SettingsError
from services.kit.telemetry import RequestLog
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

Closing: TypeAlias = Callable[[], Awaitable[None]]

KEY_BYTES = 32
WELCOME = """Morsel: lessons, progress and credentials for phones.

POST /graphql   the API; WebSockets too: graphql-transport-ws
GET  /livez     this process is alive
GET  /readyz    this process can be given work
"""


def create_app(
    settings: Settings,
    clients: Clients,
    *,
    routes: Sequence[BaseRoute] = (),
    keys: KeySource | None = None,
    close: Sequence[Closing] = (),
    measures: Sequence[Measure] = (),
) -> Starlette:
    """Return the gateway over these services.

    `routes` are public routes of services in the same process; `keys` gives the issuer's keys where
    it runs in this process too, otherwise they are fetched from the issuer; `close` is awaited when
    the app ends, `measures` when somebody looks at the metrics.
    """
    guests = Guests(
        _key("guest_key", settings.guest_key), _learner_key(settings), settings.public_url
    )
    surroundings = Surroundings(
        clients=clients,
        authenticator=Authenticator(guests, _provider(settings, keys)),
        guests=guests,
        broadcast=Broadcast(clients.learners),
        published=Published(clients.catalog),
        public_url=settings.public_url,
    )
    health = Health(settings.mongo_uri, app_name="gateway", driver=settings.mongo_driver)
    return Starlette(
        routes=[
            *_graphql(settings, surroundings),
            *health.routes(),
            metrics_route(*measures),
            *routes,
        ],
        middleware=[Middleware(RequestLog), *cors(settings.origins)],
        lifespan=_ending(
            health, (surroundings.broadcast.stop, surroundings.published.stop, *close)
        ),
    )


def create_standalone_app(
    settings: Settings,
    *,
    routes: Sequence[BaseRoute] = (),
    keys: KeySource | None = None,
    close: Sequence[Closing] = (),
) -> Starlette:
    """Return the gateway as a process of its own, with the services behind it over HTTP."""
    identity = PeerIdentity("gateway", internal_key=settings.internal_key)
    content = Peer("content", settings.content_url, identity=identity)
    progress = Peer("progress", settings.progress_url, identity=identity)
    credentials = Peer("credentials", settings.credentials_url, identity=identity)
    clients = Clients(
        catalog=connect(CatalogApi, content, reads=True),
        authoring=connect(AuthoringApi, content),
        pathways=connect(PathwaysApi, content),
        tracking=connect(TrackingApi, progress),
        learners=connect(LearnerApi, progress, reads=True),
        homes=connect(HomeApi, progress, reads=True),
        impact=connect(ImpactApi, progress, reads=True),
        cohorts=connect(CohortApi, progress),
        leaving=connect(LeavingApi, progress),
        advice=connect(AdviceApi, progress, reads=True),
        health=connect(HealthApi, progress, reads=True),
        credentials=connect(CredentialsApi, credentials, reads=True),
        sharing=connect(SharingApi, credentials),
        talent=connect(TalentApi, credentials),
        issued=connect(IssuedApi, credentials, reads=True),
        bulk=connect(BulkApi, credentials, seconds=settings.deadline_seconds),
        statuses=connect(StatusApi, credentials),
        refreshing=connect(RefreshApi, credentials),
        issuers=connect(IssuersApi, credentials),
        endorsing=connect(EndorsingApi, credentials),
        verifying=connect(VerifyingApi, credentials, reads=True),
        uploads=connect(UploadsApi, content),
    )
    peers = (content.close, progress.close, credentials.close)
    return create_app(settings, clients, routes=routes, keys=keys, close=(*close, *peers))


def _graphql(settings: Settings, surroundings: Surroundings) -> list[BaseRoute]:
    """Return the API over HTTP and over WebSocket."""
    schema = build_schema().graphql_schema
    registered = read_registered(Path(settings.documents_file))
    execution = _execution(settings, schema, registered)
    http = GraphQLOverHTTP(
        execution,
        surroundings,
        max_body_bytes=settings.max_body_bytes,
        max_trusted_body_bytes=settings.max_trusted_body_bytes,
    )
    sockets = GraphQLOverWebSocket(execution, surroundings, origins=settings.origins)
    return [
        *_explored(settings, schema, registered, http),
        WebSocketRoute("/graphql", sockets),
    ]


def _explored(
    settings: Settings, schema: GraphQLSchema, registered: Mapping[str, str], http: ASGIApp
) -> list[BaseRoute]:
    """Return the API and the bare origin; with the explorer on, browsers are shown it at both."""
    if not settings.explorer:
        return [Route("/", _Welcome(), methods=["GET"]), Route("/graphql", http)]
    explorer = Explorer(
        schema,
        registered,
        allow_ad_hoc=settings.allow_ad_hoc,
        sign_in=settings.explorer_sign_in,
    )
    return [
        Route("/", explorer.before(_Welcome()), methods=["GET"]),
        Route("/graphql", explorer.before(http)),
        *explorer.routes(),
    ]


def _execution(
    settings: Settings, schema: GraphQLSchema, registered: Mapping[str, str]
) -> Execution:
    documents = Documents(
        schema,
        registered,
        hide_suggestions=settings.hide_suggestions,
        allow_introspection=settings.allow_introspection,
    )
    return Execution(
        schema,
        documents,
        allow_ad_hoc=settings.allow_ad_hoc,
        hide_suggestions=settings.hide_suggestions,
        deadline_seconds=settings.deadline_seconds,
    )


def _provider(settings: Settings, keys: KeySource | None) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_audience:
        raise SettingsError("MORSEL_OIDC_AUDIENCE is not set: tokens must name who they are for")
    return Provider(
        Keyring(keys or PublishedKeys(settings.oidc_issuer)),
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        learner_key=_learner_key(settings),
        names=ClaimNames(
            settings.roles_claim, settings.org_claim, settings.name_claim, settings.email_claim
        ),
    )


def _learner_key(settings: Settings) -> bytes:
    return _key("learner_key", settings.learner_key)


def _key(name: str, text: str) -> bytes:
    """Return a secret of 32 bytes; SettingsError when it is not that."""
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"MORSEL_{name.upper()} is wrong: it is {Settings.HELP[name]}")
    return key


def _ending(
    health: Health, close: Sequence[Closing]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.gather(*(end() for end in close))
        await health.close()

    return lifespan


class _Welcome:
    """What a client is told that calls the bare origin."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await PlainTextResponse(WELCOME)(scope, receive, send)
