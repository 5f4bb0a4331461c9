"""Registered operations, automatic persisted queries, and ad-hoc documents behind their switch."""

import json
from pathlib import Path

import pytest
from graphql import build_schema, parse

from gateway.documents import MAX_KEPT, Documents, InvalidDocument, digest, read_registered
from gateway.settings import REGISTERED
from tests.gateway.conftest import AccountIssuer, Gateway, started
from tests.support.world import World

TEXT = '{ course(slug: "wiring") { slug } }'
COURSE = {"course": {"slug": "wiring"}}
SCHEMA = build_schema("type Query { a: Int }")


@pytest.fixture
def registered(tmp_path: Path) -> Path:
    """A file with one registered operation."""
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({digest(TEXT): TEXT}))
    return path


@pytest.mark.parametrize("prefix", ["", "sha256:"])
async def test_a_registered_operation_runs_by_its_id(
    world: World, registered: Path, prefix: str
) -> None:
    """Production takes nothing else, so an app in the shops would stop."""
    async with started(
        world, AccountIssuer(), allow_ad_hoc=False, documents_file=str(registered)
    ) as gateway:
        posted = await gateway.send(json={"documentId": prefix + digest(TEXT)})
        got = await gateway.send("GET", params={"documentId": prefix + digest(TEXT)})
        text = await gateway.run(TEXT)

    assert posted.data == got.data == text.data == COURSE


async def test_other_documents_are_refused_where_ad_hoc_is_off(
    world: World, registered: Path
) -> None:
    """Anybody could ask for anything."""
    async with started(
        world, AccountIssuer(), allow_ad_hoc=False, documents_file=str(registered)
    ) as gateway:
        text = await gateway.run("{ __typename }")
        unknown = await gateway.send(json={"documentId": "0" * 64})

    assert text.codes == ["FORBIDDEN"]
    assert unknown.codes == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_a_persisted_query_is_asked_for_once_and_then_known(gateway: Gateway) -> None:
    """Apollo's clients send the hash first, the text when it is unknown, the hash from then on."""
    hashed = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(TEXT)}}}

    first = await gateway.send(json=hashed)
    told = await gateway.send(json={"query": TEXT, **hashed})
    again = await gateway.send(json=hashed)

    assert first.codes == ["PERSISTED_QUERY_NOT_FOUND"]
    assert first.json["errors"][0]["message"] == "PersistedQueryNotFound"
    assert told.data == again.data == COURSE


async def test_a_hash_of_another_text_is_refused(gateway: Gateway) -> None:
    """One client could plant its text under the hash of another's."""
    hashed = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest("{ other }")}}}

    answer = await gateway.send(json={"query": TEXT, **hashed})

    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])


async def test_introspection_is_a_setting(world: World) -> None:
    """The whole schema would be read out where only registered operations are meant to run."""
    async with started(world, AccountIssuer(), allow_introspection=False) as gateway:
        answer = await gateway.run("{ __schema { queryType { name } } }")

    assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_suggestions_are_a_setting(world: World, gateway: Gateway) -> None:
    """Guessing names would be answered with the right ones."""
    async with started(world, AccountIssuer(), hide_suggestions=True) as production:
        hidden = await production.run("{ viewr { id } }")
    shown = await gateway.run("{ viewr { id } }")

    assert "viewer" not in hidden.text
    assert "Did you mean 'viewer'?" in shown.text


async def test_five_errors_of_a_document_are_told(gateway: Gateway) -> None:
    """A document of nonsense would be answered with a page for each word."""
    answer = await gateway.run("{ a b c d e f g h }")

    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"] * 5


async def test_the_registered_operations_of_the_repository_run(gateway: Gateway) -> None:
    """An app that is generated from them would be refused."""
    registered = read_registered(REGISTERED)
    [catalogue] = [key for key, text in registered.items() if "query Catalogue(" in text]

    answer = await gateway.send(json={"documentId": catalogue, "variables": {"first": 1}})

    assert [node["slug"] for node in answer.data["catalog"]["nodes"]] == ["wiring"]


def test_a_registered_operation_that_the_schema_refuses_stops_the_start() -> None:
    """An app would find out, one user at a time."""
    with pytest.raises(InvalidDocument, match="Cannot query field 'b'"):
        Documents(SCHEMA, {"x": "{ b }"}, hide_suggestions=False, allow_introspection=True)


def test_what_is_kept_is_bounded_and_failures_are_kept_too() -> None:
    """Documents made up by the thousand would fill the memory, or be validated each time."""
    documents = Documents(SCHEMA, {}, hide_suggestions=True, allow_introspection=True)
    with pytest.raises(InvalidDocument):
        documents.keep("wrong", parse("{ b }"))
    with pytest.raises(InvalidDocument):
        documents.known("wrong")

    for index in range(MAX_KEPT):
        documents.keep(str(index), parse("{ a }"))

    assert documents.known("wrong") is None
    assert documents.known("0") is not None
