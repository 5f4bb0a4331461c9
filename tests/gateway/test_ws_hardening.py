"""Sockets of clients that mean harm, or whose right to be here ends; and the end of a process."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from gateway.app import create_app
from services.kit.health import MAX_FRAME_BYTES, Server
from tests.gateway.conftest import AccountIssuer, Gateway, settings_of, started
from tests.support.sockets import CHANGED, Socket, next_of, opened
from tests.support.world import World


@pytest.mark.parametrize("legacy", ["graphql-ws", "graphql-subscriptions"])
async def test_the_legacy_subprotocol_is_refused(gateway: Gateway, legacy: str) -> None:
    """Its clients would send messages that mean something else in ours."""
    async with opened(gateway.url, legacy) as socket:
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_a_page_of_another_origin_is_refused(gateway: Gateway) -> None:
    """Any page that somebody visits could open a socket from their browser."""
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with opened(gateway.url, Origin=origin):
                pass
        assert refused.value.status == 403


async def test_pages_of_our_own_and_of_allowed_origins_are_welcome(world: World) -> None:
    """A web app on an address of its own, and the explorer here, could not subscribe."""
    async with started(world, AccountIssuer(), cors_origins="https://app.example") as gateway:
        for origin in ("https://app.example", "https://learn.example", gateway.url):
            async with opened(gateway.url, Origin=origin) as socket:
                await socket.init()


async def test_a_client_that_never_inits_is_closed_after_three_seconds(gateway: Gateway) -> None:
    """Sockets that cost their opener nothing would fill a process."""
    begun = time.monotonic()
    async with opened(gateway.url) as socket:
        assert await socket.closed() == (4408, "Connection initialisation timeout")
    assert time.monotonic() - begun > 2.5


async def test_an_acknowledged_socket_may_be_idle(gateway: Gateway) -> None:
    """The patience with a client that says nothing would end a subscription that waits."""
    async with opened(gateway.url) as socket:
        await socket.init()
        await asyncio.sleep(3.3)
        await socket.settle()


async def test_a_message_beyond_a_mebibyte_is_closed(gateway: Gateway) -> None:
    """One message could take all the memory of a process."""
    async with opened(gateway.url) as socket:
        await socket.init()
        await socket.raw.send_str('{"type":"ping","payload":{"a":"' + "x" * MAX_FRAME_BYTES + '"}}')

        assert (await socket.closed())[0] == 1009


async def test_fifty_operations_run_on_a_socket_and_no_more(gateway: Gateway) -> None:
    """One socket could hold any number of streams open."""
    async with opened(gateway.url) as socket:
        await socket.init(gateway.accounts.token())
        for number in range(50):
            await socket.subscribe(CHANGED, str(number), extensions={"since": "0"})
        await socket.say("subscribe", id="more", payload={"query": CHANGED})

        refused = await socket.hear()
        await socket.say("complete", id="0")
        await socket.subscribe(CHANGED, "again", extensions={"since": "0"})
        await gateway.sync("a")
        heard = [(await socket.hear())["id"] for _ in range(50)]

    assert (refused["type"], refused["id"]) == ("error", "more")
    assert refused["payload"] == [
        {
            "message": "A socket may run 50 operations at once.",
            "extensions": {"code": "RATE_LIMITED"},
        }
    ]
    assert sorted(heard) == sorted([*map(str, range(1, 50)), "again"])


async def test_a_user_has_a_hundred_subscriptions_over_all_sockets(gateway: Gateway) -> None:
    """Somebody with one account could take the place of everybody else."""
    token = gateway.accounts.token()
    async with (
        opened(gateway.url) as first,
        opened(gateway.url) as second,
        opened(gateway.url) as third,
        opened(gateway.url) as other,
    ):
        for socket in (first, second, third):
            await socket.init(token)
        await other.init(gateway.accounts.token("bo"))
        for number in range(50):
            await first.subscribe(CHANGED, str(number))
            await second.subscribe(CHANGED, str(number))

        await third.say("subscribe", id="1", payload={"query": CHANGED})
        refused = await third.hear()
        await other.subscribe(CHANGED)
        await first.say("complete", id="0")
        await first.settle()
        await third.subscribe(CHANGED)

    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == (
        "error",
        "RATE_LIMITED",
    )


async def test_what_nobody_foresaw_is_masked(gateway: Gateway) -> None:
    """A stack trace or an address of ours would be told to whoever asks."""

    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("mongodb://user:secret@db")

    gateway.world.ledger.faults["heads"] = broken
    gateway.world.ledger.faults["homes"] = broken
    async with opened(gateway.url) as socket:
        await socket.init(gateway.accounts.token())
        await socket.say("subscribe", id="1", payload={"query": CHANGED})
        subscription = await socket.hear()
        await socket.say("subscribe", id="2", payload={"query": "{ viewer { id } }"})
        query = await socket.hear()

    assert subscription["type"] == "error"
    [error] = subscription["payload"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(subscription) + str(query)
    assert error["message"].startswith("Something went wrong on our side.")
    assert query["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"


async def test_a_subscription_that_needs_a_user_is_an_error_without_one(gateway: Gateway) -> None:
    """A phone that forgot to sign in would wait for ever."""
    async with opened(gateway.url) as socket:
        await socket.init()
        await socket.say("subscribe", id="1", payload={"query": CHANGED})

        refused = await socket.hear()

    assert (refused["type"], refused["id"]) == ("error", "1")
    assert refused["payload"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_the_token_comes_with_init_under_either_name(gateway: Gateway, name: str) -> None:
    """Clients that spell the header as HTTP/2 does would be signed out."""
    async with opened(gateway.url) as socket:
        token = gateway.accounts.token()
        await socket.say("connection_init", payload={name: f"Bearer {token}"})

        assert await who(socket) is not None


async def test_the_token_may_come_with_the_handshake(gateway: Gateway) -> None:
    """Native clients that set headers on every request would be signed out."""
    token = gateway.accounts.token()
    async with opened(gateway.url, Authorization=f"Bearer {token}") as socket:
        await socket.say("connection_init")

        assert await who(socket) is not None


async def who(socket: Socket) -> Any:
    """Return the viewer of a socket that is about to be acknowledged."""
    assert await socket.hear() == {"type": "connection_ack"}
    await socket.say("subscribe", id="1", payload={"query": "{ viewer { isGuest } }"})
    return (await socket.hear())["payload"]["data"]["viewer"]


@pytest.mark.parametrize("token", ["forged", "", "a.b.c"])
async def test_a_token_that_is_not_valid_is_closed(gateway: Gateway, token: str) -> None:
    """Somebody who is not who they say would be served as nobody, and wonder."""
    async with opened(gateway.url) as socket:
        await socket.say("connection_init", payload={"Authorization": f"Bearer {token}"})

        assert (await socket.closed())[0] == 4403


async def test_a_token_that_expires_closes_its_socket(gateway: Gateway) -> None:
    """Who was locked out would go on listening for as long as they like."""
    token = gateway.accounts.token(exp=time.time() + 1.2)
    async with opened(gateway.url) as socket:
        await socket.init(token)
        await socket.subscribe(CHANGED, extensions={"since": "0"})
        await gateway.sync("a")

        assert await socket.hear() == next_of("1", 1, "LESSON_PROGRESS")
        assert await socket.closed() == (4403, "Forbidden")


async def test_an_issuer_that_is_away_is_a_reason_to_come_back(world: World) -> None:
    """4403 would tell a phone to sign its learner out, for an outage of somebody else."""

    class Away(AccountIssuer):
        async def keys(self) -> Any:
            raise OSError

    async with started(world, Away()) as gateway, opened(gateway.url) as socket:
        await socket.say("connection_init", payload={"Authorization": "Bearer " + AWAY})

        assert await socket.closed() == (1013, "Try again later")


AWAY = AccountIssuer().token()


async def test_a_client_that_breaks_off_leaves_nothing_behind(gateway: Gateway) -> None:
    """Every phone that loses its network would leave its streams and its seats taken."""
    for _ in range(3):
        async with opened(gateway.url) as socket:
            await socket.init(gateway.accounts.token())
            for number in range(40):
                await socket.subscribe(CHANGED, str(number))
            transport = socket.raw.get_extra_info("socket")
            transport.shutdown(2)
    async with opened(gateway.url) as socket:
        await socket.init(gateway.accounts.token())
        await socket.subscribe(CHANGED, extensions={"since": "0"})
        await gateway.sync("a")

        assert await socket.hear() == next_of("1", 1, "LESSON_PROGRESS")


async def test_a_process_that_stops_tells_its_sockets_to_go(world: World) -> None:
    """Phones would wait on a socket of a process that is gone until their network notices."""
    accounts = AccountIssuer()
    app = create_app(settings_of(), world.clients, keys=accounts.keys)
    server = Server(app, port=0, lifespan="on", drain=0.1)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with opened(f"http://127.0.0.1:{port}") as socket:
        await socket.init(accounts.token())
        await socket.subscribe(CHANGED)

        server.handle_exit(2, None)

        assert (await socket.closed())[0] == 1012
        async with asyncio.timeout(5):
            await serving
