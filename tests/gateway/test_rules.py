"""The table of who may call what: complete, worded, and checked before any resolver."""

from pathlib import Path
from typing import Any

import graphene
import pytest

from gateway.schema import build_schema
from gateway.schema.nodes import READERS
from gateway.schema.resolvers import AtRoot
from gateway.schema.rules import (
    ACCOUNTS,
    ANYBODY,
    AUTHORS,
    NODES,
    RULES,
    SIGNED_IN,
    Callers,
    Reach,
    Rule,
    RulesDiffer,
    guard,
    root_fields,
    tables,
)
from services.kit.ids import Kind
from services.kit.records import Actor, Role
from tests.gateway.conftest import AccountIssuer, Gateway, started
from tests.support.world import World

PAGE = Path(__file__).parents[2] / "docs" / "authorisation.md"
CREATE = """mutation { createCourse(input: {slug: "new", title: "New", summary: "S"}) {
  course { id } userErrors { code message } } }"""


async def answer(_: Any) -> str:
    """Answer an operation."""
    return "done"


def schema_of(**fields: Any) -> Any:
    """Return a schema with these queries."""
    query = type("Query", (graphene.ObjectType,), fields)
    return graphene.Schema(query=query).graphql_schema


def account(*roles: Role, organisation: str | None = "academy") -> Actor:
    """Return an account."""
    return Actor(
        subject="lrn_x", roles=frozenset({Role.LEARNER, *roles}), organisation=organisation
    )


GUEST = Actor(subject="lrn_g", is_guest=True)


def test_every_operation_and_every_kind_of_node_has_a_rule() -> None:
    """An operation could be added that nobody thought about who may call."""
    operations = {name for name, _ in root_fields(build_schema().graphql_schema)}

    assert operations == RULES.keys()
    assert READERS.keys() == NODES.keys()


def test_an_operation_without_a_rule_stops_the_build() -> None:
    """It would be open to everybody."""
    field = graphene.String(resolver=AtRoot(answer))

    with pytest.raises(RulesDiffer, match=r"operation needs a rule.*: Query\.secret\."):
        guard(schema_of(secret=field), kinds=NODES, rules={})


def test_a_rule_without_an_operation_stops_the_build() -> None:
    """A renamed operation would leave its rule behind."""
    field = graphene.String(resolver=AtRoot(answer))
    rules = dict.fromkeys(("Query.new", "Query.old"), Rule(ANYBODY, Reach.PUBLIC))

    with pytest.raises(RulesDiffer, match=r"no such operation.*: Query\.old\."):
        guard(schema_of(new=field), kinds=NODES, rules=rules)


def test_a_kind_of_node_without_a_rule_stops_the_build() -> None:
    """`node` would read what no rule speaks of."""
    with pytest.raises(RulesDiffer, match=r"kind of node.*: MODULE\."):
        guard(schema_of(), kinds={**NODES, Kind.MODULE: Reach.PUBLIC}, rules={})


def test_a_resolver_that_cannot_be_guarded_stops_the_build() -> None:
    """A resolver of another shape would be called with no check before it."""
    rules = {"Query.bare": Rule(ACCOUNTS, Reach.OWN)}
    bare = graphene.String(resolver=lambda *_: "done")

    with pytest.raises(RulesDiffer, match=r"Query\.bare"):
        guard(schema_of(bare=bare), kinds=NODES, rules=rules)


@pytest.mark.parametrize(
    "callers, actor, code",
    [
        (ANYBODY, None, None),
        (ANYBODY, GUEST, None),
        (SIGNED_IN, None, "UNAUTHENTICATED"),
        (SIGNED_IN, GUEST, None),
        (SIGNED_IN, account(), None),
        (ACCOUNTS, None, "UNAUTHENTICATED"),
        (ACCOUNTS, GUEST, "FORBIDDEN"),
        (ACCOUNTS, account(organisation=None), None),
        (AUTHORS, None, "UNAUTHENTICATED"),
        (AUTHORS, GUEST, "FORBIDDEN"),
        (AUTHORS, account(Role.ISSUER, Role.ACCREDITOR, Role.MANAGER, Role.EMPLOYER), "FORBIDDEN"),
        (AUTHORS, account(Role.AUTHOR, organisation=None), "FORBIDDEN"),
        (AUTHORS, account(Role.AUTHOR), None),
        (AUTHORS, account(Role.ADMIN, organisation=None), None),
    ],
)
def test_who_is_let_in(callers: Callers, actor: Actor | None, code: str | None) -> None:
    """Signing in would not help who is forbidden, and an error would send them round in circles."""
    refusal = callers.refusal(actor)

    assert (refusal.code if refusal else None) == code
    assert callers.admit(actor) is (code is None)


@pytest.mark.parametrize(
    "claims, message",
    [
        ({"roles": ["learner"], "org": "academy"}, "This is for the role AUTHOR, and your token"),
        ({"roles": ["author"]}, "Your role counts within an organisation, and your token names no"),
        ({"roles": ["author"], "org": ""}, "Your role counts within an organisation"),
        ({"roles": ["author"], "org": ["academy"]}, "Your role counts within an organisation"),
        ({"roles": ["astronaut", 7, None], "org": "academy"}, "This is for the role AUTHOR"),
        ({"roles": {"author": True}, "org": "academy"}, "This is for the role AUTHOR"),
    ],
)
async def test_a_mutation_tells_in_its_payload_why_it_is_forbidden(
    gateway: Gateway, claims: dict[str, Any], message: str
) -> None:
    """An author whose token lacks a claim would not know what to ask their administrator for."""
    gateway.world.forget()

    refused = (await gateway.run(CREATE, token=gateway.accounts.token(**claims))).data

    (error,) = refused["createCourse"]["userErrors"]
    assert refused["createCourse"]["course"] is None
    assert error["code"] == "FORBIDDEN"
    assert error["message"].startswith(message)
    assert gateway.world.calls == {}


async def test_settings_say_which_claims_hold_roles_and_organisation(world: World) -> None:
    """Morsel would work with those identity providers only that name their claims as it does."""
    accounts = AccountIssuer()
    ours = accounts.token("a", roles=["author"], org="academy")
    theirs = accounts.token("b", groups=["AUTHOR", "staff"], tenant="academy")
    document = "{ viewer { roles } authoredCourses { totalCount } }"

    async with started(world, accounts, roles_claim="groups", org_claim="tenant") as gateway:
        by_ours = await gateway.run(document, token=ours)
        by_theirs = await gateway.run(document, token=theirs)

    assert by_ours.codes == ["FORBIDDEN"]
    assert by_theirs.data == {
        "viewer": {"roles": ["LEARNER", "AUTHOR"]},
        "authoredCourses": {"totalCount": 1},
    }


async def test_a_query_is_refused_with_a_code_before_any_service_is_asked(
    gateway: Gateway,
) -> None:
    """A phone could not tell who must sign in from who may not."""
    document = "{ authoredCourses { totalCount } }"
    gateway.world.forget()

    nobody = await gateway.run(document)
    guest = await gateway.run(document, token=gateway.accounts.token(roles=["employer"]))

    assert (nobody.codes, guest.codes) == (["UNAUTHENTICATED"], ["FORBIDDEN"])
    assert gateway.world.calls == {}


async def test_an_author_without_an_organisation_still_reads_what_is_public(
    gateway: Gateway,
) -> None:
    """A missing claim would break pages that everybody sees."""
    token = gateway.accounts.token(roles=["author"])
    document = (
        '{ course(slug: "wiring") { slug draft { revision } } none: course(id: "crs_x") {id} }'
    )

    read = await gateway.run(document, token=token)

    assert read.data == {"course": {"slug": "wiring", "draft": None}, "none": None}


def test_the_page_of_the_docs_is_the_table() -> None:
    """What integrators read would not be what is checked; the page says how to print it anew."""
    assert tables() in PAGE.read_text(encoding="utf-8")
