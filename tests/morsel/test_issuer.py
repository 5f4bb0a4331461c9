"""The development issuer: tokens that a stock library verifies against the published keys."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from starlette.applications import Starlette

from morsel import main as command
from morsel.data import Data
from morsel.issuer import TOKEN_PATH, Issuer, development_issuer
from services.kit.health import Server
from services.kit.records import Role
from tests.support.asgi import get

URL = "http://localhost:8000/dev/issuer"


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(URL, os.urandom(32), now=lambda: 1_800_000_000.0)


async def _keys(issuer: Issuer) -> Any:
    return await issuer.keys()


async def test_a_token_verifies_against_the_published_keys(issuer: Issuer) -> None:
    """Breaks when discovery, key set and signature do not fit together, or a claim is lost."""
    app = Starlette(routes=issuer.routes("http://localhost:8000"))
    metadata = (await get(app, "/dev/issuer/.well-known/openid-configuration")).json()
    path = metadata["jwks_uri"].removeprefix("http://localhost:8000")
    keys = KeySet.import_key_set((await get(app, path)).json())
    token = issuer.token(
        "ann",
        roles=(Role.LEARNER, Role.AUTHOR),
        organisation="acme",
        name="Ann",
        email="ann@example.org",
        hours=2,
    )

    with pytest.warns(match="EdDSA"):
        read = jwt.decode(token, keys, algorithms=["EdDSA"])

    assert metadata["issuer"] == URL
    assert read.claims == {
        "iss": URL,
        "aud": "morsel",
        "sub": "ann",
        "iat": 1_800_000_000,
        "nbf": 1_800_000_000,
        "exp": 1_800_007_200,
        "roles": ["LEARNER", "AUTHOR"],
        "org": "acme",
        "name": "Ann",
        "email": "ann@example.org",
    }


async def test_private_halves_are_not_published(issuer: Issuer) -> None:
    """Breaks when anybody could sign tokens."""
    (key,) = (await issuer.keys())["keys"]

    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}


@pytest.mark.filterwarnings("ignore:.*EdDSA.*")
async def test_another_folders_token_is_refused(issuer: Issuer) -> None:
    """Breaks when data folders share a key."""
    keys = KeySet.import_key_set(await _keys(Issuer(URL, os.urandom(32))))
    token = issuer.token("ann")
    keys.keys[0]._dict_value["kid"] = (await _keys(issuer))["keys"][0]["kid"]

    with pytest.raises(BadSignatureError):
        jwt.decode(token, keys, algorithms=["EdDSA"])


def test_the_issuers_url_stays(tmp_path: Path) -> None:
    """Breaks when another port makes everybody a new learner: ids come from issuer and subject."""
    first = development_issuer(Data(tmp_path), "http://localhost:9000").url

    assert first == "http://localhost:9000/dev/issuer"
    assert development_issuer(Data(tmp_path), "http://localhost:9001").url == first


@pytest.mark.filterwarnings("ignore:.*EdDSA.*")
async def test_the_command_prints_a_token_of_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaks when `morsel token` prints anything but a token that the folder's issuer signed."""
    arguments = ["token", "--subject", "ann", "--role", "LEARNER", "--role", "AUTHOR"]
    code = command.main([*arguments, "--org", "acme", "--data", str(tmp_path)])
    token = capsys.readouterr().out.strip()

    keys = KeySet.import_key_set(await _keys(development_issuer(Data(tmp_path))))
    claims = jwt.decode(token, keys, algorithms=["EdDSA"]).claims

    assert code == 0
    assert (claims["sub"], claims["roles"], claims["org"]) == ("ann", ["LEARNER", "AUTHOR"], "acme")


@pytest.fixture
async def asked(issuer: Issuer) -> AsyncIterator[aiohttp.ClientSession]:
    """A session at a running issuer."""
    server = Server(Starlette(routes=issuer.routes("http://localhost:8000")), port=0)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session
    await server.shutdown()


async def test_the_explorer_is_given_a_token_for_whom_it_names(
    issuer: Issuer, asked: aiohttp.ClientSession
) -> None:
    """Breaks when nobody can try what a role sees without the command line."""
    person = {"subject": "ann", "roles": ["AUTHOR"], "org": "acme", "name": "Ann"}
    async with asked.post(TOKEN_PATH, json=person) as response:
        answer = await response.json()

    assert response.status == 200
    assert answer == {
        "access_token": issuer.token("ann", roles=(Role.AUTHOR,), organisation="acme", name="Ann"),
        "token_type": "Bearer",
        "expires_in": 86_400,
    }


@pytest.mark.parametrize(
    "body,media_type,status",
    [
        ('{"subject": "ann"}', "text/plain", 415),
        ("{}", "application/json", 400),
        ('{"subject": ""}', "application/json", 400),
        ('{"subject": "ann", "roles": ["KING"]}', "application/json", 400),
        ("{", "application/json", 400),
    ],
)
async def test_a_malformed_wish_is_refused(
    asked: aiohttp.ClientSession, body: str, media_type: str, status: int
) -> None:
    """Breaks when a form of another site's page could sign somebody in, or a fault is a crash."""
    async with asked.post(TOKEN_PATH, data=body, headers={"Content-Type": media_type}) as response:
        answer = await response.json()

    assert (response.status, answer["error"]) == (status, "invalid_request")
