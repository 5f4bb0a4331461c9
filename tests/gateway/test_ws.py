"""graphql-transport-ws over a real socket: the 28 points of the protocol, one test each."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.documents import digest
from morsel.schema import FOLDER
from tests.gateway.conftest import Gateway
from tests.support.sockets import CHANGED, PROTOCOL, Socket, next_of, opened

VIEWER = "{ viewer { isGuest } }"
COMPLETE = {"type": "complete", "id": "1"}


@pytest.fixture
async def fresh(gateway: Gateway) -> AsyncIterator[Socket]:
    """A socket on which nothing was said yet."""
    async with opened(gateway.url) as socket:
        yield socket


@pytest.fixture
async def socket(fresh: Socket) -> Socket:
    """A socket that was acknowledged, signed out."""
    await fresh.init()
    return fresh


@pytest.fixture
async def own(gateway: Gateway) -> AsyncIterator[Socket]:
    """A socket of the learner ada."""
    async with opened(gateway.url) as socket:
        await socket.init(gateway.accounts.token())
        yield socket


def answer(data: dict[str, Any]) -> dict[str, Any]:
    """Return the message of operation 1 that holds these data."""
    return {"type": "next", "id": "1", "payload": {"data": data}}


async def code(socket: Socket) -> str:
    """Return the code of the error message that ends operation 1."""
    message = await socket.hear()
    assert (message["type"], message["id"]) == ("error", "1")
    found: str = message["payload"][0]["extensions"]["code"]
    return found


async def test_01_the_subprotocol_is_agreed(gateway: Gateway) -> None:
    """A browser drops a socket whose server does not name the protocol that it asked for."""
    async with opened(gateway.url, "other", PROTOCOL) as socket:
        assert socket.raw.protocol == PROTOCOL


@pytest.mark.parametrize("offered", ["other", ""])
async def test_02_an_unknown_subprotocol_is_closed(gateway: Gateway, offered: str) -> None:
    """Two ends that speak differently would wait for each other."""
    async with opened(gateway.url, *filter(None, [offered, "another"])) as socket:
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_03_a_subscription_before_the_acknowledgement_is_closed(fresh: Socket) -> None:
    """Operations would run before it is known for whom."""
    await fresh.say("subscribe", id="1", payload={"query": VIEWER})

    assert await fresh.closed() == (4401, "Unauthorized")


async def test_04_a_second_init_is_closed(socket: Socket) -> None:
    """A socket could change its user under running subscriptions."""
    await socket.say("connection_init")

    assert await socket.closed() == (4429, "Too many initialisation requests")


@pytest.mark.parametrize(
    "text,reason",
    [
        ("{", "The message is not JSON"),  # 05
        ('{"type": "ping", "payload": NaN}', "The message is not JSON"),
        ("[" * 100_000, "The message is not JSON"),
        ('[{"type": "ping"}]', "A message is one JSON object"),  # 06
        ("{}", "The type of the message is unknown"),  # 07
        ('{"type": 7}', "The type of the message is unknown"),
        ('{"type": "start"}', "The type of the message is unknown"),  # 08
        ('{"type": "subscribe", "payload": {"query": "{a}"}}', "The message needs an id, a string"),
        ('{"type": "complete"}', "The message needs an id, a string"),  # 09
        ('{"type": "subscribe", "id": 1, "payload": {}}', "The message needs an id, a string"),
        (
            '{"type": "subscribe", "id": "1"}',
            "The payload needs a query or a documentId",
        ),  # 10
        (
            '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
            "Of the payload, query must be a string.",
        ),  # 11
        (
            '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}',
            "Of the payload, variables must be an object.",
        ),  # 12
        ('{"type": "ping", "payload": "hello"}', "The payload must be an object"),
    ],
)
async def test_05_to_12_what_is_no_message_is_closed(
    socket: Socket, text: str, reason: str
) -> None:
    """A client with a fault would wait for ever for what the server did not understand."""
    await socket.raw.send_str(text)

    assert await socket.closed() == (4400, reason)


@pytest.mark.parametrize("payload", [[], "token", {"Authorization": 7}])
async def test_13_an_init_with_a_malformed_payload_is_closed(fresh: Socket, payload: Any) -> None:
    """Somebody who means to sign in would be served signed out."""
    await fresh.say("connection_init", payload=payload)

    assert (await fresh.closed())[0] == 4400


async def test_14_a_binary_frame_is_closed(socket: Socket) -> None:
    """The protocol is text: whatever this is, it is not for us."""
    await socket.raw.send_bytes(b'{"type": "ping"}')

    assert await socket.closed() == (4400, "Messages are text frames")


@pytest.mark.parametrize("message", [{"payload": None}, {}, {"payload": {}}], ids=str)
async def test_15_an_init_without_a_payload_is_acknowledged(fresh: Socket, message: Any) -> None:
    """Clients that send null for nothing could not connect."""
    await fresh.say("connection_init", **message)

    assert await fresh.hear() == {"type": "connection_ack"}


async def test_16_an_id_in_use_is_closed(own: Socket) -> None:
    """Nobody could tell whose events are whose."""
    await own.subscribe(CHANGED)
    await own.say("subscribe", id="1", payload={"query": CHANGED})

    assert await own.closed() == (4409, "Subscriber for 1 already exists")


async def test_17_an_id_may_be_used_again_after_complete(own: Socket) -> None:
    """A client that numbers its operations by screen could open each screen once."""
    for _ in range(3):
        await own.say("subscribe", id="1", payload={"query": "{ viewer { isGuest } }"})
        assert (await own.hear())["type"] == "next"
        assert await own.hear() == COMPLETE
    for _ in range(3):
        await own.subscribe(CHANGED)
        await own.say("complete", id="1")
    assert await own.is_quiet()


async def test_18_a_ping_is_answered_with_its_payload(socket: Socket) -> None:
    """A client takes a server that does not answer for dead."""
    await socket.say("ping")
    await socket.say("ping", payload={"n": 7})

    assert await socket.hear() == {"type": "pong"}
    assert await socket.hear() == {"type": "pong", "payload": {"n": 7}}


async def test_19_a_ping_is_answered_before_init_too(fresh: Socket) -> None:
    """A client may look whether the server lives before it has its token."""
    await fresh.say("ping")

    assert await fresh.hear() == {"type": "pong"}


async def test_20_a_pong_that_nobody_asked_for_is_ignored(socket: Socket) -> None:
    """It is allowed as a heartbeat of the client's own."""
    await socket.say("pong")
    await socket.settle()


async def test_21_a_complete_for_nothing_is_ignored(socket: Socket) -> None:
    """The operation may have ended while the message was under way."""
    await socket.say("complete", id="gone")
    await socket.settle()


async def test_22_a_complete_ends_the_stream(gateway: Gateway, own: Socket) -> None:
    """Phones would be woken for screens that are closed."""
    await own.subscribe(CHANGED, extensions={"since": "0"})
    await gateway.sync("a")
    assert await own.hear() == next_of("1", 1, "LESSON_PROGRESS")

    await own.say("complete", id="1")
    await own.settle()
    await gateway.sync("b")

    assert await own.is_quiet()


@pytest.mark.parametrize(
    "payload,expected",
    [
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),  # 23
        (
            {"query": "subscription { a: viewerChanged { kinds } b: viewerChanged { kinds } }"},
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ({"query": "{ viewer"}, "GRAPHQL_PARSE_FAILED"),  # 24
        ({"query": "query A { viewer { id } }", "operationName": "B"}, "BAD_USER_INPUT"),  # 25
        (
            {"query": "query($s: String!) { course(slug: $s) { id } }", "variables": {"s": 7}},
            "BAD_USER_INPUT",
        ),  # 26
        ({"documentId": "0" * 64}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"query": CHANGED, "extensions": {"since": "yesterday"}}, "BAD_USER_INPUT"),
    ],
)
async def test_23_to_26_what_cannot_run_is_an_error_and_the_socket_stays_open(
    own: Socket, payload: Any, expected: str
) -> None:
    """One wrong screen would take every other subscription of the app down."""
    await own.say("subscribe", id="1", payload=payload)

    assert await code(own) == expected
    await own.settle()


async def test_27_no_complete_follows_an_error(own: Socket) -> None:
    """A client would end an operation that it has started anew under the same id."""
    await own.say("subscribe", id="1", payload={"query": "{ nothing }"})
    await code(own)

    assert await own.is_quiet()


async def test_28_twenty_subscriptions_share_a_socket(gateway: Gateway, own: Socket) -> None:
    """An app would need a socket a screen."""
    for number in range(20):
        await own.subscribe(CHANGED, str(number), extensions={"since": "0"})

    await gateway.sync("a")

    heard = [await own.hear() for _ in range(20)]
    wanted = [next_of(str(number), 1, "LESSON_PROGRESS") for number in range(20)]
    assert sorted(heard, key=lambda one: int(one["id"])) == wanted
    assert await own.is_quiet()


async def test_queries_and_mutations_run_too(gateway: Gateway, own: Socket) -> None:
    """A client that has one transport for everything would need a second."""
    course = '{ course(slug: "wiring") { slug } }'
    device = "00000000-0000-7000-8000-000000000001"
    start = f'mutation {{ startGuest(input: {{deviceId: "{device}"}}) {{ viewer {{ isGuest }} }} }}'

    await own.say("subscribe", id="1", payload={"query": course})
    first = [await own.hear(), await own.hear()]
    await own.say("subscribe", id="1", payload={"query": start})
    second = [await own.hear(), await own.hear()]

    assert first == [answer({"course": {"slug": "wiring"}}), COMPLETE]
    assert second == [answer({"startGuest": {"viewer": {"isGuest": True}}}), COMPLETE]


async def test_a_registered_operation_runs_by_its_id(gateway: Gateway, own: Socket) -> None:
    """Production, which takes no other, could not be subscribed to."""
    text = (FOLDER / "operations" / "ViewerChanged.graphql").read_text()
    payload = {"documentId": digest(text), "extensions": {"since": "0"}}
    await own.say("subscribe", id="1", payload=payload)
    await gateway.sync("a")

    assert await own.hear() == next_of("1", 1, "LESSON_PROGRESS")


async def test_over_http_a_subscription_is_refused_with_the_way_to_go(gateway: Gateway) -> None:
    """Somebody would wait for events on a request that was answered."""
    answer = await gateway.run(CHANGED, token=gateway.accounts.token())

    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])
    assert "WebSocket" in answer.json["errors"][0]["message"]
