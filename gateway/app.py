"""The gateway, wired: read it first."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

from gateway.clients import Clients
from gateway.context import Surroundings
from gateway.documents import Documents, read_registered
from gateway.execution import Execution
from gateway.http import GraphQLOverHTTP
from gateway.identity import Authenticator
from gateway.identity.guests import Guests
from gateway.identity.keyring import Keyring, KeySource, PublishedKeys
from gateway.identity.oidc import Provider
from gateway.identity.subjects import ClaimNames
from gateway.schema import build_schema
from gateway.settings import Settings
from services.content.contract import AuthoringApi, CatalogApi
from services.credentials.contract import CredentialsApi, VerifyingApi
from services.kit.health import Health
from services.kit.identity import Identity as PeerIdentity
from services.kit.rpc import Peer, connect
from services.kit.settings import SettingsError
from services.kit.telemetry import RequestLog
from services.progress.contract import LearnerApi, TrackingApi

Closing: TypeAlias = Callable[[], Awaitable[None]]

KEY_BYTES = 32
WELCOME = """Morsel: lessons, progress and credentials for phones.

POST /graphql   the API
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
) -> Starlette:
    """Return the gateway over these services.

    `routes` are public routes of services in the same process; `keys` gives the issuer's keys where
    it runs in this process too, otherwise they are fetched from the issuer; `close` is awaited when
    the app ends.
    """
    guests = Guests(
        _key("guest_key", settings.guest_key), _learner_key(settings), settings.public_url
    )
    surroundings = Surroundings(
        clients, Authenticator(guests, _provider(settings, keys)), guests, settings.public_url
    )
    health = Health(settings.mongo_uri, app_name="gateway")
    return Starlette(
        routes=[
            Route("/", _welcome),
            Route("/graphql", _endpoint(settings, surroundings)),
            *health.routes(),
            *routes,
        ],
        middleware=[Middleware(RequestLog), *_cors(settings)],
        lifespan=_ending(health, close),
    )


def create_standalone_app(settings: Settings) -> Starlette:
    """Return the gateway as a process of its own, with the services behind it over HTTP."""
    identity = PeerIdentity("gateway", internal_key=settings.internal_key)
    content = Peer("content", settings.content_url, identity=identity)
    progress = Peer("progress", settings.progress_url, identity=identity)
    credentials = Peer("credentials", settings.credentials_url, identity=identity)
    clients = Clients(
        catalog=connect(CatalogApi, content, reads=True),
        authoring=connect(AuthoringApi, content),
        tracking=connect(TrackingApi, progress),
        learners=connect(LearnerApi, progress, reads=True),
        credentials=connect(CredentialsApi, credentials, reads=True),
        verifying=connect(VerifyingApi, credentials, reads=True),
    )
    return create_app(settings, clients, close=(content.close, progress.close, credentials.close))


def _endpoint(settings: Settings, surroundings: Surroundings) -> GraphQLOverHTTP:
    schema = build_schema().graphql_schema
    documents = Documents(
        schema,
        read_registered(Path(settings.documents_file)),
        hide_suggestions=settings.hide_suggestions,
        allow_introspection=settings.allow_introspection,
    )
    execution = Execution(
        schema,
        documents,
        allow_ad_hoc=settings.allow_ad_hoc,
        hide_suggestions=settings.hide_suggestions,
        deadline_seconds=settings.deadline_seconds,
    )
    return GraphQLOverHTTP(
        execution,
        surroundings,
        max_body_bytes=settings.max_body_bytes,
        max_trusted_body_bytes=settings.max_trusted_body_bytes,
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


def _cors(settings: Settings) -> list[Middleware]:
    if not settings.origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Accept", "Authorization", "Content-Type", "X-Request-Id"],
            expose_headers=["X-Request-Id"],
            max_age=86_400,
        )
    ]


def _ending(
    health: Health, close: Sequence[Closing]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.gather(*(end() for end in close))
        health.close()

    return lifespan


async def _welcome(_: Request) -> PlainTextResponse:
    return PlainTextResponse(WELCOME)
