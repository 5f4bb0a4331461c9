"""The gateway wired: what stops its start, and what it trusts over the network."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from gateway.app import create_app, create_standalone_app
from gateway.identity.keyring import PublishedKeys
from services.kit.settings import SettingsError
from tests.gateway.conftest import SECRET, AccountIssuer, settings_of, started
from tests.support.world import World


@pytest.mark.parametrize(
    "changes,variable",
    [
        ({"guest_key": "short"}, "MORSEL_GUEST_KEY"),
        ({"learner_key": "%%%"}, "MORSEL_LEARNER_KEY"),
        ({"oidc_audience": ""}, "MORSEL_OIDC_AUDIENCE"),
    ],
    ids=str,
)
def test_a_wrong_setting_stops_the_start_by_its_name(
    changes: dict[str, str], variable: str
) -> None:
    """Whoever runs it would look for the mistake in a stack trace."""
    with pytest.raises(SettingsError, match=variable):
        create_app(settings_of(**changes), World().clients)


async def test_a_process_of_its_own_says_what_it_lacks() -> None:
    """A pod would crash and nobody would know why."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway",
        env={"PATH": os.environ["PATH"], "MORSEL_PUBLIC_URL": "http://localhost"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()

    assert process.returncode == 1
    assert told.decode().startswith("MORSEL_MONGO_URI is not set")


async def test_a_gateway_whose_services_are_away_says_so() -> None:
    """Phones would be told of a fault, and would not try again."""
    away = "http://127.0.0.1:1"
    settings = settings_of(
        content_url=away, progress_url=away, credentials_url=away, internal_key=SECRET
    )
    app = create_standalone_app(settings)

    async with started(World(), AccountIssuer(), app=app) as gateway:
        answer = await gateway.run('{ course(slug: "wiring") { id } }')

    assert (answer.status, answer.codes) == (200, ["UNAVAILABLE"])


async def test_without_a_provider_only_guests_sign_in(world: World) -> None:
    """A deployment without accounts would trust anybody's."""
    accounts = AccountIssuer()

    async with started(world, accounts, oidc_issuer="") as gateway:
        guest = await gateway.run("{ viewer { isGuest } }", token=await gateway.guest())
        account = await gateway.run("{ viewer { isGuest } }", token=accounts.token())

    assert guest.data == {"viewer": {"isGuest": True}}
    assert account.status == 401


async def test_a_provider_that_never_answered_is_unavailable(world: World) -> None:
    """A learner would be signed out for an outage of somebody else."""

    class Away(AccountIssuer):
        async def keys(self) -> Any:
            raise OSError("no route")

    accounts = Away()
    async with started(world, accounts) as gateway:
        answer = await gateway.run("{ viewer { id } }", token=accounts.token())

    assert (answer.status, answer.codes) == (503, ["UNAVAILABLE"])


async def test_a_fault_before_anything_runs_is_masked_too(world: World) -> None:
    """A secret in the message of a library would reach the public."""

    class Broken(AccountIssuer):
        async def keys(self) -> Any:
            raise ZeroDivisionError("secret")

    accounts = Broken()
    async with started(world, accounts) as gateway:
        answer = await gateway.run("{ viewer { id } }", token=accounts.token())

    assert (answer.status, answer.codes) == (500, ["INTERNAL"])
    assert "secret" not in answer.text


@pytest.fixture
async def provider() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """An OpenID provider's public pages on the loopback, and what they say."""
    pages: dict[str, Any] = {}

    async def page(request: web.Request) -> web.Response:
        return web.json_response(pages[request.path])

    runner = web.ServerRunner(web.Server(page))  # type: ignore[arg-type]  # aiohttp's own example
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    pages["/.well-known/openid-configuration"] = {"issuer": url, "jwks_uri": f"{url}/keys"}
    pages["/keys"] = {"keys": []}
    yield url, pages
    await runner.cleanup()


async def test_keys_are_found_by_discovery(provider: tuple[str, dict[str, Any]]) -> None:
    """Every provider keeps them at an address of its own."""
    url, pages = provider

    assert await PublishedKeys(url)() == pages["/keys"]


async def test_metadata_of_another_issuer_is_refused(
    provider: tuple[str, dict[str, Any]],
) -> None:
    """A page that redirects discovery would decide who is who (OpenID Discovery 1.0, 4.3)."""
    url, pages = provider
    pages["/.well-known/openid-configuration"]["issuer"] = "https://evil.example"

    with pytest.raises(ValueError, match=r"speaks for .https://evil\.example"):
        await PublishedKeys(url)()
