"""Every operation x role x organisation, over HTTP, on real services: the outcome is the table's.

The operations come from the schema: one without a sample call here fails.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Any

import pytest

from gateway.app import create_app
from gateway.schema import build_schema
from gateway.schema.rules import (
    ACCOUNTS,
    ACCREDITORS,
    ANYBODY,
    AUTHORS,
    EMPLOYERS,
    ISSUERS,
    MANAGERS,
    NODES,
    RULES,
    SENDERS,
    SIGNED_IN,
    Callers,
    Reach,
    root_fields,
)
from services.credentials.contract import Endorse
from services.credentials.domain.did import issuer_did
from services.credentials.domain.issuer import issuer_id
from services.kit.ids import Kind
from services.kit.mongo import Mongo
from services.kit.records import Role
from tests.gateway.conftest import AccountIssuer, Gateway, settings_of, started
from tests.services.content.samples import zipped
from tests.support.whole import (
    ACADEMY,
    DEVICE,
    HOLDER,
    ORIGIN,
    RIVAL,
    Whole,
    actor_of,
    course_files,
    whole,
)
from tests.support.world import World

OPERATIONS = sorted(name for name, _ in root_fields(build_schema().graphql_schema))
NUMBERS = count()


class Outcome(StrEnum):
    """What became of a call."""

    ALLOWED = "allowed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Caller:
    """Who calls: nobody (no role), a guest, or an account with one role and an organisation."""

    role: Role | None = None
    organisation: str | None = None
    is_guest: bool = False

    def __str__(self) -> str:
        who = "guest" if self.is_guest else str(self.role or "anonymous")
        return f"{who} of {self.organisation}" if self.organisation else who

    @property
    def runs_it(self) -> bool:
        """Return whether it is an administrator."""
        return self.role is Role.ADMIN

    def is_at_home(self, role: Role) -> bool:
        """Return whether it has the role within the academy, whose the things are."""
        return self.role is role and self.organisation == ACADEMY


ANONYMOUS = Caller()
GUEST = Caller(is_guest=True)
CALLERS = [
    ANONYMOUS,
    GUEST,
    *[Caller(role, place) for role in Role for place in (ACADEMY, RIVAL, None)],
]


@dataclass(frozen=True)
class Scene:
    """Where calls are made: a running gateway over the services."""

    gateway: Gateway
    whole: Whole
    tokens: dict[Caller, str]

    async def newcomer(self, caller: Caller) -> str | None:
        """Return a token of somebody new who may do what a caller may."""
        if caller.role:
            name = f"{caller} {next(NUMBERS)}"
            roles, org = [caller.role], caller.organisation
            return self.gateway.accounts.token(name, roles=roles, org=org)
        return await self.gateway.guest() if caller.is_guest else None


Variables = Callable[[Scene, Caller], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Call:
    """A minimal valid call of an operation; `reach` where this one reaches less than all can."""

    document: str
    variables: Variables
    reach: Reach | None = None
    is_own: bool = True
    """What is asked for is the caller's own."""
    is_last: bool = False
    """Nothing works for the caller afterwards, so somebody new makes the call in their place."""


def given(**variables: Any) -> Variables:
    """Return variables that are the same for everybody."""

    async def make(_: Scene, __: Caller) -> dict[str, Any]:
        return variables

    return make


def of(read: Callable[[Whole], dict[str, Any]]) -> Variables:
    """Return variables that name something of the academy."""

    async def make(scene: Scene, _: Caller) -> dict[str, Any]:
        return read(scene.whole)

    return make


def by_id(field: str, read: Callable[[Whole], str], **options: Any) -> Call:
    """Return a query of one thing by its id."""
    document = f"query($id: ID!) {{ {field}(id: $id) {{ id }} }}"
    return Call(document, of(lambda whole: {"id": read(whole)}), **options)


def mutation(name: str, kind: str, variables: Variables) -> Call:
    """Return a mutation that answers with its errors alone."""
    document = (
        f"mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code message }} }} }}"
    )

    async def make(scene: Scene, caller: Caller) -> dict[str, Any]:
        return {"input": await variables(scene, caller)}

    return Call(document, make)


async def a_guests_token(scene: Scene, _: Caller) -> dict[str, Any]:
    """Return a new guest to claim."""
    return {"guestToken": await scene.gateway.guest()}


async def an_enrolment(scene: Scene, caller: Caller) -> dict[str, Any]:
    """Enrol the caller, who is then to withdraw; nobody cannot be enrolled."""
    course = {"courseId": scene.whole.published.id}
    if caller in scene.tokens:
        enrol = ENROL.document
        answer = await scene.gateway.run(enrol, {"input": course}, token=scene.tokens[caller])
        assert answer.data["enrol"]["userErrors"] == []
    return course


async def a_new_course(_: Scene, __: Caller) -> dict[str, Any]:
    """Return a course whose slug is free."""
    return {"slug": f"new-{next(NUMBERS)}", "title": "New", "summary": "New."}


async def a_new_package(_: Scene, __: Caller) -> dict[str, Any]:
    """Return a package whose slug is free."""
    packed = zipped(course_files(f"brought-{next(NUMBERS)}"))
    return {"format": "MARKDOWN", "package": b64encode(packed).decode()}


async def a_new_pathway(scene: Scene, _: Caller) -> dict[str, Any]:
    """Return a pathway whose slug is free."""
    ids = [scene.whole.published.id]
    return {"slug": f"way-{next(NUMBERS)}", "title": "Way", "summary": "A way.", "courseIds": ids}


async def a_new_cohort(_: Scene, __: Caller) -> dict[str, Any]:
    """Return a cohort that is not there yet."""
    return {"name": f"Class {next(NUMBERS)}"}


async def the_draft_again(scene: Scene, _: Caller) -> dict[str, Any]:
    """Return the academy's draft as it is."""
    draft = await scene.whole.draft(scene.whole.unpublished)
    return {
        "courseId": draft.course_id,
        "baseRevision": draft.revision,
        "content": draft.content,
    }


async def the_course_again(scene: Scene, _: Caller) -> dict[str, Any]:
    """Return the academy's published course as it is."""
    draft = await scene.whole.draft(scene.whole.published)
    return {"courseId": draft.course_id, "baseRevision": draft.revision}


def _lesson(whole: Whole) -> str:
    return whole.version.modules[0].lessons[0].id


def _award(whole: Whole) -> str:
    assert whole.version.achievement is not None
    return whole.version.achievement.id


def _unpublished(whole: Whole) -> dict[str, Any]:
    return {"courseId": whole.unpublished.id}


def _issuer(_: Whole) -> str:
    return issuer_id(issuer_did(ORIGIN, ACADEMY))


def _the_academy_endorsed(whole: Whole) -> dict[str, Any]:
    return {"issuerId": _issuer(whole), "comment": "Yes."}


async def an_endorsement(scene: Scene, _: Caller) -> dict[str, Any]:
    """Return what the rival says of the academy's award."""
    board = actor_of("board", Role.ACCREDITOR, organisation=RIVAL)
    word = Endorse(subject_id=_award(scene.whole), comment="Yes.")
    return {"endorsementId": (await scene.whole.credentials.endorsing.endorse(board, word)).id}


def _holder_again(whole: Whole) -> dict[str, Any]:
    return {"cohortId": whole.cohort.id, "learnerIds": [HOLDER.subject]}


def _assigned(whole: Whole) -> dict[str, Any]:
    return {"cohortId": whole.cohort.id, "courseId": whole.published.id}


def _not_assigned(whole: Whole) -> dict[str, Any]:
    return {"cohortId": whole.cohort.id, "courseId": whole.unpublished.id}


def _first_version(whole: Whole) -> dict[str, Any]:
    return {"courseId": whole.published.id, "versionNumber": 1}


def _credential(whole: Whole) -> dict[str, Any]:
    return {"credentialId": whole.credential.id}


ENROL = mutation("enrol", "CourseIdInput", of(lambda whole: {"courseId": whole.published.id}))
PHONE = {"deviceId": DEVICE, "deviceTime": "2026-11-20T09:00:00Z", "events": []}
THINGS: dict[Kind, Callable[[Whole], str]] = {
    Kind.COURSE: lambda whole: whole.unpublished.id,
    Kind.VERSION: lambda whole: whole.version.id,
    Kind.LESSON: _lesson,
    Kind.SKILL: lambda whole: whole.version.skills[0].id,
    Kind.JOB_ROLE: lambda whole: whole.version.job_roles[0].id,
    Kind.ACHIEVEMENT: _award,
    Kind.PATHWAY: lambda whole: whole.pathway.id,
    Kind.LEARNER: lambda _: HOLDER.subject,
    Kind.ENROLMENT: lambda whole: whole.enrolment.id,
    Kind.ISSUER: _issuer,
    Kind.CREDENTIAL: lambda whole: whole.credential.id,
    Kind.COHORT: lambda whole: whole.cohort.id,
    Kind.ASSIGNMENT: lambda whole: whole.assignment_id,
    Kind.LEARNER_ASSIGNMENT: lambda whole: whole.learner_assignment_id,
    Kind.REVIEW: lambda whole: whole.review_id,
}
"""Something of each kind, where not all of it is public: of the academy, or of another learner."""
SAMPLES: dict[str, list[Call]] = {
    "Query.catalog": [Call("{ catalog(first: 1) { totalCount } }", given())],
    "Query.course": [
        by_id("course", lambda whole: whole.unpublished.id),
        by_id("course", lambda whole: whole.published.id, reach=Reach.PUBLIC),
    ],
    "Query.lesson": [by_id("lesson", _lesson)],
    "Query.skills": [Call('{ skills(search: "add") { totalCount } }', given())],
    "Query.jobRoles": [Call("{ jobRoles { totalCount } }", given())],
    "Query.jobRole": [by_id("jobRole", lambda whole: whole.version.job_roles[0].id)],
    "Query.node": [by_id("node", THINGS[kind], reach=NODES[kind], is_own=False) for kind in NODES],
    "Query.nodes": [
        Call(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            of(lambda whole, kind=kind: {"ids": [THINGS[kind](whole)]}),  # type: ignore[misc]  # mypy cannot type a default of a lambda
            reach=NODES[kind],
            is_own=False,
        )
        for kind in NODES
    ],
    "Query.pathway": [by_id("pathway", THINGS[Kind.PATHWAY])],
    "Query.pathways": [Call("{ pathways { totalCount } }", given())],
    "Query.viewer": [Call("{ viewer { id } }", given())],
    "Query.credential": [by_id("credential", lambda whole: whole.credential.id, is_own=False)],
    "Query.verifyCredential": [
        Call('{ verifyCredential(input: {jwt: "a.b.c"}) { verified } }', given())
    ],
    "Query.verifyCredentials": [
        Call('{ verifyCredentials(inputs: [{jwt: "a.b.c"}]) { verified } }', given())
    ],
    "Query.issuedCredentials": [Call("{ issuedCredentials(first: 1) { totalCount } }", given())],
    "Query.achievements": [Call("{ achievements(first: 1) { totalCount } }", given())],
    "Query.talent": [
        Call(
            "query($ids: [ID!]!) { talent(skillIds: $ids) { totalCount } }",
            of(lambda whole: {"ids": [whole.version.skills[0].id]}),
        )
    ],
    "Query.authoredCourses": [Call("{ authoredCourses { totalCount } }", given())],
    "Mutation.startGuest": [mutation("startGuest", "StartGuestInput", given(deviceId=DEVICE))],
    "Mutation.claimGuest": [mutation("claimGuest", "ClaimGuestInput", a_guests_token)],
    "Mutation.enrol": [ENROL],
    "Mutation.withdraw": [mutation("withdraw", "CourseIdInput", an_enrolment)],
    "Mutation.exportMyData": [Call("mutation { exportMyData { url } }", given())],
    "Mutation.eraseMe": [
        replace(mutation("eraseMe", "EraseMeInput", given(confirm=True)), is_last=True)
    ],
    "Mutation.sync": [mutation("sync", "SyncInput", given(**PHONE))],
    "Mutation.updateProfile": [
        mutation("updateProfile", "UpdateProfileInput", given(locale="de", dailyGoalMinutes=5))
    ],
    "Mutation.createCourse": [mutation("createCourse", "CreateCourseInput", a_new_course)],
    "Mutation.importCourse": [mutation("importCourse", "ImportCourseInput", a_new_package)],
    "Mutation.requestUpload": [
        mutation(
            "requestUpload",
            "RequestUploadInput",
            given(mediaType="image/png", bytes=9, sha256="0" * 64),
        )
    ],
    "Mutation.updateDraft": [mutation("updateDraft", "UpdateDraftInput", the_draft_again)],
    "Mutation.previewPublish": [
        Call(
            "mutation($input: CourseIdInput!) { previewPublish(input: $input) { midCourse } }",
            of(lambda whole: {"input": {"courseId": whole.published.id}}),
        )
    ],
    "Mutation.publishCourse": [mutation("publishCourse", "PublishCourseInput", the_course_again)],
    "Mutation.unscheduleCourse": [
        mutation("unscheduleCourse", "CourseIdInput", of(_unpublished)),
    ],
    "Mutation.rollBackCourse": [
        mutation("rollBackCourse", "RollBackCourseInput", of(_first_version))
    ],
    "Mutation.archiveCourse": [mutation("archiveCourse", "CourseIdInput", of(_unpublished))],
    "Mutation.savePathway": [mutation("savePathway", "SavePathwayInput", a_new_pathway)],
    "Subscription.coursePublished": [Call("subscription { coursePublished { id } }", given())],
    "Query.cohort": [by_id("cohort", lambda whole: whole.cohort.id)],
    "Query.cohorts": [Call("{ cohorts(first: 1) { totalCount } }", given())],
    "Mutation.createCohort": [mutation("createCohort", "CreateCohortInput", a_new_cohort)],
    "Mutation.addMembers": [mutation("addMembers", "AddMembersInput", of(_holder_again))],
    "Mutation.inviteMembers": [
        mutation(
            "inviteMembers",
            "InviteMembersInput",
            of(lambda whole: {"cohortId": whole.cohort.id, "emails": []}),
        )
    ],
    "Mutation.joinCohort": [
        mutation("joinCohort", "JoinCohortInput", of(lambda whole: {"code": whole.code}))
    ],
    "Mutation.removeMember": [
        mutation(
            "removeMember",
            "RemoveMemberInput",
            of(lambda whole: {"cohortId": whole.cohort.id, "learnerId": whole.guest.subject}),
        )
    ],
    "Mutation.assignCourse": [mutation("assignCourse", "AssignCourseInput", of(_assigned))],
    "Mutation.unassignCourse": [mutation("unassignCourse", "AssignCourseInput", of(_not_assigned))],
    "Mutation.shareCredential": [
        mutation("shareCredential", "ShareCredentialInput", of(_credential))
    ],
    "Mutation.unshareCredential": [
        mutation("unshareCredential", "CredentialIdInput", of(_credential))
    ],
    "Mutation.refreshCredential": [
        mutation("refreshCredential", "CredentialIdInput", of(_credential))
    ],
    "Mutation.updateIssuer": [
        mutation("updateIssuer", "UpdateIssuerInput", given(url="https://academy.example/"))
    ],
    "Mutation.endorseAchievement": [
        mutation(
            "endorseAchievement",
            "EndorseInput",
            of(lambda whole: {"achievementId": whole.credential.achievement_id, "comment": "Yes."}),
        )
    ],
    "Mutation.endorseIssuer": [
        mutation("endorseIssuer", "EndorseIssuerInput", of(_the_academy_endorsed))
    ],
    "Mutation.withdrawEndorsement": [
        mutation("withdrawEndorsement", "WithdrawEndorsementInput", an_endorsement)
    ],
    "Mutation.issueCredentials": [
        mutation(
            "issueCredentials",
            "IssueCredentialsInput",
            of(
                lambda whole: {
                    "achievementId": whole.credential.achievement_id,
                    "rows": [{"name": "Nobody"}],
                    "idempotencyKey": "00000000-0000-0000-0000-000000000000",
                }
            ),
        )
    ],
    "Mutation.claimCredentials": [
        Call("mutation { claimCredentials { credentials { id } } }", given())
    ],
    "Mutation.revokeCredential": [
        mutation(
            "revokeCredential",
            "CredentialReasonInput",
            of(lambda whole: {"credentialId": whole.other_credential.id, "reason": "A mistake."}),
        )
    ],
    "Mutation.suspendCredential": [
        mutation(
            "suspendCredential",
            "CredentialReasonInput",
            of(lambda whole: {"credentialId": whole.credential.id, "reason": "In doubt."}),
        )
    ],
    "Mutation.reinstateCredential": [
        mutation(
            "reinstateCredential",
            "CredentialIdInput",
            of(_credential),
        )
    ],
    "Subscription.viewerChanged": [Call("subscription { viewerChanged { kinds } }", given())],
}


def turned_away(callers: Callers, caller: Caller) -> Outcome | None:
    """Return how a caller is turned away at the door, None when let in."""
    if callers == ANYBODY:
        return None
    if caller == ANONYMOUS:
        return Outcome.UNAUTHENTICATED
    let_in = {
        SIGNED_IN: True,
        ACCOUNTS: not caller.is_guest,
        MANAGERS: caller.runs_it
        or (caller.role is Role.MANAGER and caller.organisation is not None),
        EMPLOYERS: caller.runs_it
        or (caller.role is Role.EMPLOYER and caller.organisation is not None),
        ISSUERS: caller.runs_it or (caller.role is Role.ISSUER and caller.organisation is not None),
        ACCREDITORS: caller.runs_it
        or (caller.role is Role.ACCREDITOR and caller.organisation is not None),
        SENDERS: caller.runs_it
        or (caller.role in (Role.AUTHOR, Role.ISSUER) and caller.organisation is not None),
        AUTHORS: caller.runs_it or (caller.role is Role.AUTHOR and caller.organisation is not None),
    }
    return None if let_in[callers] else Outcome.FORBIDDEN


def _awarding(caller: Caller) -> Outcome | None:
    """Return what a caller gets who awards something of the academy's."""
    if caller.role is not Role.ISSUER or caller.organisation is None:
        return Outcome.FORBIDDEN
    return None if caller.is_at_home(Role.ISSUER) else Outcome.NOT_FOUND


def reached(reach: Reach, caller: Caller, *, is_own: bool) -> Outcome:
    """Return what a caller who was let in gets of something of the academy's."""
    manages = caller.runs_it or caller.is_at_home(Role.MANAGER)
    managed = None if manages else Outcome.NOT_FOUND
    refused = {
        Reach.PUBLIC: None,
        Reach.LISTED: None,
        Reach.OWN: None if is_own and caller != ANONYMOUS else Outcome.NOT_FOUND,
        Reach.MADE: None if caller.organisation else Outcome.FORBIDDEN,
        Reach.ORGANISATION: (
            None if caller.runs_it or caller.is_at_home(Role.AUTHOR) else Outcome.FORBIDDEN
        ),
        Reach.DRAFTS: (
            None if caller.runs_it or caller.is_at_home(Role.AUTHOR) else Outcome.NOT_FOUND
        ),
        Reach.COHORTS_LISTED: None,
        Reach.COHORTS: managed,
        Reach.MANAGED: managed,
        Reach.JOINED: None,
        Reach.TALENT: (
            None if caller.role is Role.EMPLOYER and caller.organisation else Outcome.FORBIDDEN
        ),
        Reach.OWN_ISSUER: (
            None if caller.role is Role.ISSUER and caller.organisation else Outcome.FORBIDDEN
        ),
        Reach.OTHERS_AWARDS: _endorsing(caller, own=Outcome.CONFLICT),
        Reach.OWN_ENDORSEMENTS: _endorsing(caller, own=Outcome.NOT_FOUND),
        Reach.HOLDING: Outcome.NOT_FOUND,
        Reach.AWARDED: _awarding(caller),
        Reach.ISSUED: None if caller.is_at_home(Role.ISSUER) else Outcome.NOT_FOUND,
        Reach.HELD: None if caller.is_at_home(Role.ISSUER) else Outcome.NOT_FOUND,
    }
    return refused[reach] or Outcome.ALLOWED


def _endorsing(caller: Caller, *, own: Outcome) -> Outcome | None:
    """Return how a body other than the rival's is refused; `own` is the academy's."""
    if caller.role is not Role.ACCREDITOR or caller.organisation is None:
        return Outcome.FORBIDDEN
    return None if caller.organisation == RIVAL else own


def expected(operation: str, call: Call, caller: Caller) -> Outcome:
    """Return the outcome that the table gives."""
    rule = RULES[operation]
    reach = call.reach or rule.reach
    return turned_away(rule.callers, caller) or reached(reach, caller, is_own=call.is_own)


def read(answer: dict[str, Any]) -> Outcome:
    """Return the outcome that an answer tells; anything else that went wrong fails the test."""
    if errors := answer.get("errors"):
        return Outcome[errors[0]["extensions"]["code"]]
    (value,) = answer["data"].values()
    if isinstance(value, list):
        (value,) = value
    if value is None:
        return Outcome.NOT_FOUND
    if errors := value.get("userErrors"):
        return Outcome[errors[0]["code"]]
    return Outcome.ALLOWED


async def ask(scene: Scene, call: Call, variables: dict[str, Any], caller: Caller) -> Outcome:
    """Make a call over HTTP, or over a WebSocket where it subscribes."""
    token = await scene.newcomer(caller) if call.is_last else scene.tokens.get(caller)
    if call.document.startswith("subscription"):
        return await subscribe(scene.gateway, call.document, token)
    return read((await scene.gateway.run(call.document, variables, token=token)).json)


async def subscribe(gateway: Gateway, document: str, token: str | None) -> Outcome:
    """Subscribe, and return how that went: a pong before any answer means that it stands."""
    url = f"{gateway.url}/graphql"
    async with gateway.session.ws_connect(url, protocols=["graphql-transport-ws"]) as socket:
        payload = {"authorization": f"Bearer {token}"} if token else None
        await socket.send_json({"type": "connection_init", "payload": payload})
        assert (await socket.receive_json())["type"] == "connection_ack"
        await socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": document}})
        try:
            told = await socket.receive_json(timeout=0.2)
        except TimeoutError:
            return Outcome.ALLOWED
        return read({"errors": told["payload"]})


@pytest.fixture(scope="module")
async def scene(mongo: Mongo, mongo_uri: str) -> AsyncIterator[Scene]:
    """A gateway over real services, and a token for each caller."""
    accounts = AccountIssuer()
    async with whole(mongo, mongo_uri) as services:
        app = create_app(settings_of(), services.clients, keys=accounts.keys)
        async with started(World(), accounts, app=app) as gateway:
            tokens = {
                caller: accounts.token(f"{caller}", roles=[caller.role], org=caller.organisation)
                for caller in CALLERS
                if caller.role
            }
            yield Scene(gateway, services, {**tokens, GUEST: await gateway.guest()})


def test_every_operation_has_a_call() -> None:
    """An operation would be offered that nobody tried as the wrong person."""
    assert sorted(SAMPLES) == OPERATIONS
    assert THINGS.keys() == NODES.keys()


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_each_caller_gets_what_the_table_says(scene: Scene, operation: str) -> None:
    """Somebody would reach what is not theirs, or a refusal would have written something."""
    for call in SAMPLES[operation]:
        wanted = {caller: expected(operation, call, caller) for caller in CALLERS}
        outcomes = {}
        for caller in sorted(CALLERS, key=lambda each: wanted[each] is Outcome.ALLOWED):
            variables = await call.variables(scene, caller)
            before = scene.whole.digest()
            outcomes[caller] = await ask(scene, call, variables, caller)
            if outcomes[caller] is not Outcome.ALLOWED:
                assert scene.whole.digest() == before, f"{caller} changed something"
        assert {f"{caller}: {outcomes[caller]}" for caller in CALLERS} == {
            f"{caller}: {wanted[caller]}" for caller in CALLERS
        }
