"""GraphQL over HTTP: what is taken, what is refused, with which status and which code."""

import asyncio
import gzip
import json
from typing import Any

import pytest

from gateway.http import negotiate
from services.content.contract import Course
from services.kit.errors import Unavailable
from tests.gateway.conftest import AccountIssuer, Gateway, started
from tests.support.world import World

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
POSTED = {"Content-Type": JSON}


@pytest.mark.parametrize(
    "accept,media",
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{JSON}, {RESPONSE}", RESPONSE),
        (f"{JSON}, */*", JSON),
        (f"{RESPONSE};q=0.1, {JSON}", JSON),
        (f"{RESPONSE};q=x, */*;q=0.1", JSON),
        ("text/html, */*;q=0.8", JSON),
        ("text/html", None),
        (f"{JSON};q=0", None),
    ],
)
def test_the_media_type_is_the_best_that_both_take(accept: str | None, media: str | None) -> None:
    """A client would get a type that it did not ask for."""
    assert negotiate(accept) == media


async def test_post_and_get_answer_alike(gateway: Gateway) -> None:
    """GET is how a cache keeps an answer: it must be the same one."""
    query = "query Q($s: String!) { course(slug: $s) { slug } }"
    variables = {"s": "wiring"}

    posted = await gateway.send(json={"query": query, "variables": variables})
    got = await gateway.send(
        "GET", params={"query": query, "variables": json.dumps(variables), "operationName": "Q"}
    )

    assert posted.data == got.data == {"course": {"slug": "wiring"}}
    assert posted.headers["Content-Type"] == got.headers["Content-Type"]
    assert posted.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "headers,status",
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({"Content-Type": JSON, "Content-Encoding": "br"}, 415),
        ({"Content-Type": 'application/json; charset="UTF-8"'}, 200),
        ({"Content-Type": JSON, "Accept": "text/html"}, 406),
    ],
)
async def test_only_json_is_taken_and_given(
    gateway: Gateway, headers: dict[str, str], status: int
) -> None:
    """A form that a page elsewhere posts would run with no preflight."""
    answer = await gateway.send(data=b'{"query": "{ __typename }"}', headers=headers)

    assert answer.status == status
    assert status == 200 or answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'[{"query": "{ __typename }"}]',
        b'"text"',
        b"null",
        b'{"query": 1}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "extensions": 1}',
        b'{"query": "{ __typename }", "extensions": {"persistedQuery": []}}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "{ __typename }", "variables": {"x": NaN}}',
        b'{"query": "{ __typename }", "variables": {"x": -Infinity}}',
        b'{"query": "{ __typename }", "x": ' + b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"query": "\xff"}',
        b'{"documentId": 7}',
        b"{}",
    ],
    ids=lambda body: f"{len(body)} bytes, {body[:60]!r}",
)
async def test_a_malformed_request_is_a_400_with_words(gateway: Gateway, body: bytes) -> None:
    """A 500 for a client's mistake wakes somebody up at night."""
    answer = await gateway.send(data=body, headers=POSTED)

    assert answer.status == 400
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.json["errors"][0]["message"].endswith(".")


async def test_get_runs_no_mutation(gateway: Gateway) -> None:
    """A link could write in the name of whoever opens it."""
    device = "00000000-0000-7000-8000-000000000001"
    query = f'mutation {{ startGuest(input: {{deviceId: "{device}"}}) {{ token }} }}'

    answer = await gateway.send("GET", params={"query": query})

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert gateway.world.calls["start_guest"] == 0


async def test_get_from_a_page_of_another_site_is_refused(gateway: Gateway) -> None:
    """A page elsewhere would read with the browser of its visitor."""
    query = {"query": "{ __typename }"}

    elsewhere = await gateway.send("GET", params=query, headers={"Sec-Fetch-Site": "cross-site"})
    here = await gateway.send("GET", params=query, headers={"Sec-Fetch-Site": "same-origin"})

    assert (elsewhere.status, elsewhere.codes) == (403, ["FORBIDDEN"])
    assert here.status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_told_which_are_allowed(gateway: Gateway, method: str) -> None:
    """A client that guesses wrong would not know how to go on."""
    answer = await gateway.send(method, json={"query": "{ __typename }"})

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


async def test_a_body_over_the_limit_is_refused_while_it_is_read(world: World) -> None:
    """A stream without a length would fill the memory."""

    async def endless() -> Any:
        for _ in range(1_000):
            yield b'{"query": "' + b"a" * 1_000

    async with started(world, AccountIssuer(), max_body_bytes=2_000) as gateway:
        answer = await gateway.send(data=endless(), headers=POSTED)

    assert (answer.status, answer.codes) == (413, ["BAD_USER_INPUT"])


async def test_an_author_may_send_more_than_a_learner(world: World) -> None:
    """A course would not fit through the door that keeps strangers small."""
    accounts = AccountIssuer()
    body = {"query": "{ __typename }", "extensions": {"padding": "a" * 3_000}}

    async with started(world, accounts, max_body_bytes=2_000) as gateway:
        learner, author = [
            await gateway.send(json=body, headers={"Authorization": f"Bearer {token}"})
            for token in (accounts.token(), accounts.author())
        ]

    assert (learner.status, author.status) == (413, 200)


async def test_every_request_has_an_id_and_keeps_its_own(gateway: Gateway) -> None:
    """Nobody could find a phone's request in the logs."""
    own = await gateway.send(
        json={"query": "{ __typename }"}, headers={"X-Request-Id": "phone-1234"}
    )
    made = await gateway.send(json={"query": "{ __typename }"}, headers={"X-Request-Id": "<x>"})

    assert own.headers["X-Request-Id"] == "phone-1234"
    assert len(made.headers["X-Request-Id"]) == 32


async def test_an_operation_over_its_deadline_is_given_up(world: World) -> None:
    """A slow service would hold every connection of the gateway."""
    cancelled = asyncio.Event()

    async def slow(_ids: tuple[str, ...]) -> tuple[Course | None, ...]:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()
        return ()

    world.shelf.faults["courses_by_slug"] = slow
    async with started(world, AccountIssuer(), deadline_seconds=0.05) as gateway:
        answer = await gateway.run('{ course(slug: "wiring") { id } }')

    assert (answer.status, answer.codes) == (504, ["TIMEOUT"])
    assert cancelled.is_set()


async def test_what_nobody_foresaw_is_masked_and_logged(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    """A stack trace, or a secret in a message, would reach the public."""

    async def broken(_slugs: tuple[str, ...]) -> tuple[Course | None, ...]:
        raise KeyError("mongodb://user:secret@db")

    gateway.world.shelf.faults["courses_by_slug"] = broken
    answer = await gateway.run('{ course(slug: "wiring") { id } viewer { id } }')

    [error] = answer.json["errors"]
    assert answer.status == 200
    assert answer.json["data"] == {"course": None, "viewer": None}
    assert answer.codes == ["INTERNAL"]
    assert "secret" not in answer.text
    assert error["extensions"]["id"] in error["message"]


async def test_a_service_that_is_away_is_unavailable(gateway: Gateway) -> None:
    """A phone that is told so tries again; one told of an error does not."""

    async def away(_slugs: tuple[str, ...]) -> tuple[Course | None, ...]:
        raise Unavailable("content is away")

    gateway.world.shelf.faults["courses_by_slug"] = away
    answer = await gateway.run('{ course(slug: "wiring") { id } }')

    assert (answer.status, answer.codes) == (200, ["UNAVAILABLE"])


@pytest.mark.parametrize(
    "document,variables,code",
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query($id: ID!) { lesson(id: $id) { id } }", {"id": None}, "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", None, "BAD_USER_INPUT"),
        ("{ " + "a: __typename " * 1_100 + "}", None, "TOO_COSTLY"),
    ],
)
async def test_the_status_of_a_wrong_document_depends_on_the_media_type(
    gateway: Gateway, document: str, variables: Any, code: str
) -> None:
    """Old clients take only 200 for JSON; new ones want the truth in the status."""
    old = await gateway.run(document, variables)
    new = await gateway.run(document, variables, Accept=RESPONSE)

    assert (old.status, new.status) == (200, 400)
    assert old.codes == new.codes == [code]
    assert "data" not in old.json
    assert "data" not in new.json


async def test_numbers_and_texts_that_json_allows_go_through(gateway: Gateway) -> None:
    """One odd value of one phone would fail the answer, or the batch that it came in."""
    odd = '{"id": "a", "n": 12345678901234567890123, "t": "\\ud800", "z": "\\u0000", "e": 1e999}'
    long = '{"id": "b", "n": ' + "9" * 5_000 + "}"
    body = (
        '{"query": "query($c: JSON) { verifyCredential(input: {json: $c})'
        ' { checks { message } } }", "variables": {"c": [' + f"{odd}, {long}" + "]}}"
    )

    answer = await gateway.send(data=body.encode(), headers=POSTED)

    message = answer.data["verifyCredential"]["checks"][0]["message"]
    assert "12345678901234567890123" in message
    assert "ud800" in message


async def test_a_lone_surrogate_in_a_search_is_the_callers_mistake(gateway: Gateway) -> None:
    """A text that UTF-8 cannot hold would be reported as a fault of ours."""

    async def store(slugs: tuple[str, ...]) -> tuple[Course | None, ...]:
        "".join(slugs).encode()
        return (None,)

    gateway.world.shelf.faults["courses_by_slug"] = store
    body = (
        b'{"query": "query($s: String) { course(slug: $s) { id } }", "variables": {"s": "\\ud800"}}'
    )
    answer = await gateway.send(data=body, headers=POSTED)

    assert (answer.status, answer.codes) == (200, ["BAD_USER_INPUT"])
    assert "half a character" in answer.text


async def test_pages_of_allowed_origins_may_call(world: World) -> None:
    """The explorer of a partner could not sign in, or any page could."""
    origin = "https://app.example"
    preflight = {"Access-Control-Request-Method": "POST", "Origin": origin}

    async with started(world, AccountIssuer(), cors_origins=f"{origin}, https://b.example") as gw:
        allowed = await gw.send("OPTIONS", headers=preflight)
        refused = await gw.send("OPTIONS", headers={**preflight, "Origin": "https://evil.example"})

    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, origin)
    assert "Access-Control-Allow-Origin" not in refused.headers


async def test_a_compressed_body_is_not_unpacked(gateway: Gateway) -> None:
    """A bomb of a kilobyte would unpack to a gigabyte."""
    body = gzip.compress(b'{"query": "{ __typename }"}')

    answer = await gateway.send(data=body, headers={**POSTED, "Content-Encoding": "gzip"})

    assert answer.status == 415


async def test_the_root_says_where_things_are(gateway: Gateway) -> None:
    """A person who opens the address in a browser would see nothing."""
    answer = await gateway.send("GET", "/")

    assert answer.status == 200
    assert "POST /graphql" in answer.text
