"""Who may call which operation: one table, checked before the resolver of every root field.

What an operation reaches of what it names is decided where that is held: services authorise by the
actor themselves. `guard` refuses a schema with an operation that has no rule, and the reverse.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graphql import GraphQLField, GraphQLSchema, get_named_type

from gateway.context import SIGN_IN, Context
from gateway.schema.resolvers import AtRoot, Event, Streamed
from gateway.schema.results import told
from services.kit.errors import Forbidden, ServiceError, Unauthenticated
from services.kit.ids import Kind
from services.kit.records import Actor, Role


class RulesDiffer(RuntimeError):
    """The table and the schema name different operations."""


@dataclass(frozen=True, slots=True)
class Callers:
    """Who may call: signed out, as a guest, with any account, or with one of some roles."""

    words: str
    anonymous: bool = False
    guests: bool = False
    roles: frozenset[Role] = frozenset()
    """Any of these, each within an organisation; ADMIN besides. Empty: any account."""

    def refusal(self, actor: Actor | None) -> ServiceError | None:
        """Return why somebody may not call, None when they may."""
        if actor is None:
            return None if self.anonymous else Unauthenticated(SIGN_IN)
        if actor.is_guest:
            return None if self.guests else Forbidden(NO_GUESTS)
        if not self.roles or Role.ADMIN in actor.roles:
            return None
        if self.roles.isdisjoint(actor.roles):
            named = " or ".join(sorted(self.roles))
            return Forbidden(f"This is for the role {named}, and your token does not have it.")
        return None if actor.organisation else Forbidden(NO_ORGANISATION)

    def admit(self, actor: Actor | None) -> bool:
        """Return whether somebody may call."""
        return self.refusal(actor) is None


NO_GUESTS = "A guest cannot do this: sign in with an account first."
NO_ORGANISATION = "Your role counts within an organisation, and your token names none."

ANYBODY = Callers("anybody", anonymous=True, guests=True)
SIGNED_IN = Callers("signed in, guests too", guests=True)
ACCOUNTS = Callers("signed in with an account")
AUTHORS = Callers("`AUTHOR` of an organisation, `ADMIN`", roles=frozenset({Role.AUTHOR}))
EMPLOYERS = Callers("`EMPLOYER` of an organisation, `ADMIN`", roles=frozenset({Role.EMPLOYER}))


ISSUERS = Callers("`ISSUER` of an organisation", roles=frozenset({Role.ISSUER}))
ACCREDITORS = Callers("`ACCREDITOR` of an organisation", roles=frozenset({Role.ACCREDITOR}))
SENDERS = Callers(
    "`AUTHOR` or `ISSUER` of an organisation, `ADMIN`",
    roles=frozenset({Role.AUTHOR, Role.ISSUER}),
)
MANAGERS = Callers("`MANAGER` of an organisation, `ADMIN`", roles=frozenset({Role.MANAGER}))


class Reach(StrEnum):
    """What a call reaches of what it names; the value says so, and what the rest is answered."""

    PUBLIC = "what is open to everybody"
    OWN = "what is the caller's own, and nothing of anybody else"
    LISTED = "courses of the caller's organisation; for an `ADMIN` without one, all"
    MADE = "what is made for the caller's organisation; without one FORBIDDEN"
    ORGANISATION = "courses of the caller's organisation, for `ADMIN` of all; else FORBIDDEN"
    DRAFTS = (
        "what is published; drafts for `AUTHOR` of their organisation and for `ADMIN`; "
        "all else is null"
    )
    HELD = (
        "what the caller holds, as `ISSUER` their organisation issued, or is shared by its holder; "
        "all else is null"
    )
    TALENT = "people who agreed to be found, for `EMPLOYER` of an organisation; else FORBIDDEN"
    HOLDING = "what the caller holds, and nothing of anybody else"
    ISSUED = "credentials that the caller's organisation issued (role ISSUER); there is no other"
    COHORTS_LISTED = "cohorts of the caller's organisation; for an `ADMIN` without one, all"
    COHORTS = "cohorts of the caller's organisation, for `ADMIN` of all; there is no other"
    MANAGED = (
        "for `MANAGER` that of their organisation's cohorts, for `ADMIN` of all; all else is null"
    )
    JOINED = "the cohort that the code is of: its name, and nothing else"
    AWARDED = "achievements of the caller's organisation (role ISSUER, else FORBIDDEN); no other"
    OWN_ISSUER = "the issuer of the caller's organisation; without one FORBIDDEN"
    OTHERS_AWARDS = "achievements and issuers of other organisations; its own CONFLICT"
    OWN_ENDORSEMENTS = "endorsements of the caller's organisation; all else NOT_FOUND"
    BY_KIND = "by the kind of thing, as in the second table"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call an operation, and what they reach with it."""

    callers: Callers
    reach: Reach


RULES: Mapping[str, Rule] = {
    "Query.catalog": Rule(ANYBODY, Reach.PUBLIC),
    "Query.course": Rule(ANYBODY, Reach.DRAFTS),
    "Query.lesson": Rule(ANYBODY, Reach.PUBLIC),
    "Query.skills": Rule(ANYBODY, Reach.PUBLIC),
    "Query.jobRoles": Rule(ANYBODY, Reach.PUBLIC),
    "Query.jobRole": Rule(ANYBODY, Reach.PUBLIC),
    "Query.node": Rule(ANYBODY, Reach.BY_KIND),
    "Query.nodes": Rule(ANYBODY, Reach.BY_KIND),
    "Query.viewer": Rule(ANYBODY, Reach.OWN),
    "Query.credential": Rule(ANYBODY, Reach.HELD),
    "Query.verifyCredential": Rule(ANYBODY, Reach.PUBLIC),
    "Query.verifyCredentials": Rule(EMPLOYERS, Reach.PUBLIC),
    "Query.issuedCredentials": Rule(ISSUERS, Reach.OWN_ISSUER),
    "Query.achievements": Rule(ISSUERS, Reach.OWN_ISSUER),
    "Query.talent": Rule(EMPLOYERS, Reach.TALENT),
    "Query.authoredCourses": Rule(AUTHORS, Reach.LISTED),
    "Query.pathway": Rule(ANYBODY, Reach.PUBLIC),
    "Query.pathways": Rule(ANYBODY, Reach.PUBLIC),
    "Query.cohort": Rule(MANAGERS, Reach.COHORTS),
    "Query.cohorts": Rule(MANAGERS, Reach.COHORTS_LISTED),
    "Mutation.startGuest": Rule(ANYBODY, Reach.PUBLIC),
    "Mutation.claimGuest": Rule(ACCOUNTS, Reach.OWN),
    "Mutation.enrol": Rule(SIGNED_IN, Reach.OWN),
    "Mutation.withdraw": Rule(SIGNED_IN, Reach.OWN),
    "Mutation.exportMyData": Rule(SIGNED_IN, Reach.OWN),
    "Mutation.eraseMe": Rule(SIGNED_IN, Reach.OWN),
    "Mutation.sync": Rule(SIGNED_IN, Reach.OWN),
    "Mutation.updateProfile": Rule(SIGNED_IN, Reach.OWN),
    "Mutation.shareCredential": Rule(ACCOUNTS, Reach.HOLDING),
    "Mutation.unshareCredential": Rule(ACCOUNTS, Reach.HOLDING),
    "Mutation.createCourse": Rule(AUTHORS, Reach.MADE),
    "Mutation.importCourse": Rule(AUTHORS, Reach.MADE),
    "Mutation.requestUpload": Rule(SENDERS, Reach.MADE),
    "Mutation.updateDraft": Rule(AUTHORS, Reach.ORGANISATION),
    "Mutation.previewPublish": Rule(AUTHORS, Reach.ORGANISATION),
    "Mutation.publishCourse": Rule(AUTHORS, Reach.ORGANISATION),
    "Mutation.unscheduleCourse": Rule(AUTHORS, Reach.ORGANISATION),
    "Mutation.rollBackCourse": Rule(AUTHORS, Reach.ORGANISATION),
    "Mutation.archiveCourse": Rule(AUTHORS, Reach.ORGANISATION),
    "Mutation.savePathway": Rule(AUTHORS, Reach.MADE),
    "Mutation.issueCredentials": Rule(ISSUERS, Reach.AWARDED),
    "Mutation.claimCredentials": Rule(ACCOUNTS, Reach.OWN),
    "Mutation.updateIssuer": Rule(ISSUERS, Reach.OWN_ISSUER),
    "Mutation.endorseAchievement": Rule(ACCREDITORS, Reach.OTHERS_AWARDS),
    "Mutation.endorseIssuer": Rule(ACCREDITORS, Reach.OTHERS_AWARDS),
    "Mutation.withdrawEndorsement": Rule(ACCREDITORS, Reach.OWN_ENDORSEMENTS),
    "Mutation.createCohort": Rule(MANAGERS, Reach.MADE),
    "Mutation.addMembers": Rule(MANAGERS, Reach.COHORTS),
    "Mutation.inviteMembers": Rule(MANAGERS, Reach.COHORTS),
    "Mutation.joinCohort": Rule(ACCOUNTS, Reach.JOINED),
    "Mutation.removeMember": Rule(MANAGERS, Reach.COHORTS),
    "Mutation.assignCourse": Rule(MANAGERS, Reach.COHORTS),
    "Mutation.unassignCourse": Rule(MANAGERS, Reach.COHORTS),
    "Mutation.refreshCredential": Rule(ACCOUNTS, Reach.HOLDING),
    "Mutation.revokeCredential": Rule(ISSUERS, Reach.ISSUED),
    "Mutation.suspendCredential": Rule(ISSUERS, Reach.ISSUED),
    "Mutation.reinstateCredential": Rule(ISSUERS, Reach.ISSUED),
    "Subscription.viewerChanged": Rule(SIGNED_IN, Reach.OWN),
    "Subscription.coursePublished": Rule(ANYBODY, Reach.PUBLIC),
}
"""Every field of Query, Mutation and Subscription."""

NODES: Mapping[Kind, Reach] = {
    Kind.COURSE: Reach.DRAFTS,
    Kind.VERSION: Reach.PUBLIC,
    Kind.LESSON: Reach.PUBLIC,
    Kind.PATHWAY: Reach.PUBLIC,
    Kind.SKILL: Reach.PUBLIC,
    Kind.JOB_ROLE: Reach.PUBLIC,
    Kind.ACHIEVEMENT: Reach.PUBLIC,
    Kind.ISSUER: Reach.PUBLIC,
    Kind.LEARNER: Reach.OWN,
    Kind.ENROLMENT: Reach.OWN,
    Kind.REVIEW: Reach.OWN,
    Kind.CREDENTIAL: Reach.HELD,
    Kind.COHORT: Reach.MANAGED,
    Kind.ASSIGNMENT: Reach.MANAGED,
    Kind.LEARNER_ASSIGNMENT: Reach.OWN,
}
"""Every kind that `node` and `nodes` read."""


def guard(
    schema: GraphQLSchema, *, kinds: Mapping[Kind, Any], rules: Mapping[str, Rule] = RULES
) -> None:
    """Put each rule before the resolver of its operation; RulesDiffer when they do not match.

    `kinds` are those that `node` reads.
    """
    operations = dict(root_fields(schema))
    _match("operation", operations.keys(), rules.keys())
    _match("kind of node", {kind.name for kind in kinds}, {kind.name for kind in NODES})
    for name, field in operations.items():
        callers = rules[name].callers
        if isinstance(field.subscribe, Streamed):
            field.subscribe = _guarded_stream(field.subscribe, callers)
        elif isinstance(field.resolve, AtRoot):
            field.resolve = _guarded(field.resolve, callers, payload=_shown_as(field))
        else:
            raise RulesDiffer(f"{name} has a resolver that no rule can stand before.")


def root_fields(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    """Yield each operation, named as in `Query.catalog`, with its field."""
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        if root is not None:
            yield from ((f"{root.name}.{name}", field) for name, field in root.fields.items())


def tables() -> str:
    """Return the rules in words: two tables in Markdown."""
    operations = [(name, rule.callers.words, str(rule.reach)) for name, rule in RULES.items()]
    kinds = [(kind.name.lower(), str(reach)) for kind, reach in NODES.items()]
    return "\n\n".join(
        (
            _table(("operation", "who may call it", "what they reach"), operations),
            _table(("kind of node", "what `node` and `nodes` give"), kinds),
        )
    )


def _match(what: str, found: Any, ruled: Any) -> None:
    if lacking := sorted(found - ruled):
        raise RulesDiffer(f"Every {what} needs a rule, and these have none: {', '.join(lacking)}.")
    if idle := sorted(ruled - found):
        raise RulesDiffer(f"There is no such {what} as these rules are for: {', '.join(idle)}.")


def _guarded(field: AtRoot, callers: Callers, *, payload: Any) -> AtRoot:
    async def answer(context: Context, **args: Any) -> Any:
        if refusal := callers.refusal(context.actor):
            return told(payload, refusal)
        return await field.answer(context, **args)

    return AtRoot(answer)


def _guarded_stream(field: Streamed, callers: Callers) -> Streamed:
    async def stream(context: Context, **args: Any) -> AsyncIterator[Event]:
        if refusal := callers.refusal(context.actor):
            raise refusal
        return await field.stream(context, **args)

    return Streamed(stream)


def _shown_as(field: GraphQLField) -> Any:
    """Return the graphene type of a field, which for a mutation is its payload."""
    return getattr(get_named_type(field.type), "graphene_type", None)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *((f"`{first}`", *rest) for first, *rest in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
