"""A running gateway over services in memory, spoken to over real HTTP."""

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from starlette.applications import Starlette

from gateway.app import create_app
from gateway.settings import Settings
from services.kit.health import Server
from tests.support.versions import rich_version
from tests.support.world import World

ISSUER = "https://id.example"
FAR = 4_102_444_800
SECRET = urlsafe_b64encode(bytes(range(32))).decode()


def settings_of(**changes: Any) -> Settings:
    """Return settings of a development gateway, changed where a test says so."""
    settings = Settings(
        mongo_uri="mongodb://127.0.0.1:1",
        public_url="https://learn.example",
        learner_key=SECRET,
        guest_key=SECRET,
        oidc_issuer=ISSUER,
        oidc_audience="morsel",
        allow_ad_hoc=True,
        allow_introspection=True,
        hide_suggestions=False,
    )
    return msgspec.structs.replace(settings, **changes)


class AccountIssuer:
    """An OpenID provider in memory: its key set, and tokens signed with it."""

    def __init__(self) -> None:
        self.key = OKPKey.generate_key("Ed25519", {"kid": "k1"})
        self.fetched = 0

    async def keys(self) -> Any:
        """Return the public key set."""
        self.fetched += 1
        return {"keys": [self.key.as_dict(private=False)]}

    def token(self, subject: str = "ada", **claims: Any) -> str:
        """Return a token; `claims` add to what every token says, or change it."""
        told = {"iss": ISSUER, "aud": "morsel", "sub": subject, "exp": FAR, **claims}
        header = {"alg": "Ed25519", "kid": self.key.kid}
        return jwt.encode(header, told, self.key, algorithms=["Ed25519"])

    def author(self) -> str:
        """Return the token of an author of `academy`."""
        return self.token("author", roles=["author"], org="academy", name="Ann Author")


@dataclass
class Answer:
    """A response, read."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        """Return the body."""
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        """Return `data` of an answer without errors."""
        body = self.json
        assert "errors" not in body, body["errors"]
        return body["data"]

    @property
    def codes(self) -> list[str]:
        """Return the code of each error."""
        return [error["extensions"]["code"] for error in self.json["errors"]]


@dataclass
class Gateway:
    """A client of a running gateway."""

    url: str
    world: World
    accounts: AccountIssuer
    session: aiohttp.ClientSession = field(repr=False)

    async def send(self, method: str = "POST", path: str = "/graphql", **options: Any) -> Answer:
        """Send any request."""
        async with self.session.request(method, self.url + path, **options) as response:
            return Answer(response.status, response.headers, await response.text())

    async def run(
        self, query: str, variables: Any = None, *, token: str | None = None, **headers: str
    ) -> Answer:
        """POST an ad-hoc document."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = {"query": query, "variables": variables}
        return await self.send(json=body, headers={"Accept": "application/json", **headers})

    async def guest(self, device: str = "00000000-0000-7000-8000-000000000001") -> str:
        """Return the token of a new guest on a device."""
        document = "mutation($d: UUID!) { startGuest(input: {deviceId: $d}) { token } }"
        answer = await self.run(document, {"d": device})
        token: str = answer.data["startGuest"]["token"]
        return token

    async def sync(self, *ids: str, token: str | None = None) -> None:
        """Push events of these ids, as ada unless somebody else's token is given."""
        pushed = {
            "deviceId": "00000000-0000-7000-8000-000000000001",
            "deviceTime": "2026-11-22T18:03:07Z",
            "events": [{"id": id_} for id_ in ids],
        }
        document = "mutation($i: SyncInput!) { sync(input: $i) { digest } }"
        await self.run(document, {"i": pushed}, token=token or self.accounts.token())


@asynccontextmanager
async def started(
    world: World, accounts: AccountIssuer, *, app: Starlette | None = None, **changes: Any
) -> AsyncIterator[Gateway]:
    """Run a gateway on a free port of the loopback: over the world, unless an app is given."""
    app = app or create_app(settings_of(**changes), world.clients, keys=accounts.keys)
    server = Server(app, port=0, lifespan="on")
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:
        yield Gateway(f"http://127.0.0.1:{port}", world, accounts, session)
    await server.shutdown()


@pytest.fixture
def world() -> World:
    """Services that hold the course `wiring`."""
    made = World()
    made.shelf._put(rich_version())
    return made


@pytest.fixture
async def gateway(world: World) -> AsyncIterator[Gateway]:
    """A running development gateway."""
    async with started(world, AccountIssuer()) as running:
        yield running
