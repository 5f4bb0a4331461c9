"""Services authorise by the actor themselves: called directly, past the gateway, as anybody.

The methods come from the contracts: one that nobody sorted here fails.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from services.content import contract as content
from services.credentials import contract as credentials
from services.kit import records
from services.kit.errors import Conflict, Forbidden, NotFound
from services.kit.ids import Kind, new_id
from services.kit.mongo import Mongo
from services.kit.records import Actor, PageArgs, Role
from services.progress import contract as progress
from tests.services.content.samples import package
from tests.support.whole import (
    ACADEMY,
    AUTHOR,
    DEVICE,
    HOLDER,
    RIVAL,
    Whole,
    actor_of,
    course_files,
    whole,
)

NUMBERS = count()
PUBLIC = {
    "CatalogApi.catalog",
    "CatalogApi.courses",
    "CatalogApi.courses_by_slug",
    "CatalogApi.versions",
    "CatalogApi.lesson_versions",
    "CatalogApi.packs",
    "CatalogApi.pictures",
    "CatalogApi.skills",
    "CatalogApi.find_skills",
    "CatalogApi.job_roles",
    "CatalogApi.find_job_roles",
    "CatalogApi.job_role_skills",
    "CatalogApi.moves",
    "CredentialsApi.achievements",
    "CredentialsApi.issuers",
    "CredentialsApi.endorsements",
    "PathwaysApi.pathways",
    "PathwaysApi.pathways_by_slug",
    "PathwaysApi.pathway_page",
    "VerifyingApi.verify",
}
"""What anybody may ask, so that it matters to nobody who does."""
BETWEEN_SERVICES = {
    "MarkingApi.mark",
    "MarkingApi.facts",
    "ComparingApi.differences",
    "ComparingApi.remark",
    "ComparingApi.version_ids",
    "FeedApi.claim",
    "FeedApi.ack",
    "FeedApi.fail",
    "TrackingApi.record",
    "LearnerApi.profiles",
    "LearnerApi.enrolments",
    "LearnerApi.lesson_progress",
    "LearnerApi.event_days",
    "LearnerApi.enrolments_of",
    "LearnerApi.heads",
    "HomeApi.homes",
    "HomeApi.due_reviews",
    "HomeApi.reviews",
    "HomeApi.bookmarks",
    "ImpactApi.impacts",
    "AdviceApi.standings",
    "AdviceApi.gaps",
    "AdviceApi.recommendations",
    "CredentialsApi.held",
    "CredentialsApi.held_by",
    "TalentApi.talent_views",
    "AdviceApi.findable",
}
"""What is asked by processes, or with the learner in the key: the internal token protects these."""

PREPARED = ("TrackingApi.claim_guest", "EndorsingApi.withdraw")
"""Whose tries make what is tried, whoever tries it."""
BOARD = actor_of("board", Role.ACCREDITOR, organisation=RIVAL)
Try = Callable[[Whole, Actor], Awaitable[Any]]
TRIES: dict[str, Try] = {}
"""A call of every method that takes an actor, about something of the academy or of HOLDER."""


def tries(method: str) -> Callable[[Try], Try]:
    """Register the call of a method."""

    def register(call: Try) -> Try:
        TRIES[method] = call
        return call

    return register


@tries("AuthoringApi.create_course")
async def create_course(whole: Whole, actor: Actor) -> Any:
    """Make a course whose slug is free."""
    course = content.CreateCourse(slug=f"new-{next(NUMBERS)}", title="New", summary="New.")
    return await whole.content.authoring.create_course(actor, course)


@tries("AuthoringApi.import_course")
async def import_course(whole: Whole, actor: Actor) -> Any:
    """Bring in a course whose slug is free."""
    given = package(course_files(f"brought-{next(NUMBERS)}"))
    return await whole.content.authoring.import_course(actor, given)


@tries("UploadsApi.request_upload")
async def request_upload(whole: Whole, actor: Actor) -> Any:
    """Ask where to send a picture."""
    wanted = content.RequestUpload(media_type="image/png", bytes=9, sha256="0" * 64)
    return await whole.content.uploads.request_upload(actor, wanted)


@tries("UploadsApi.picture")
async def picture(whole: Whole, actor: Actor) -> Any:
    """Use a picture that nobody sent."""
    return await found(whole.content.uploads.picture(actor, new_id(Kind.UPLOAD)))


@tries("AuthoringApi.authored_courses")
async def authored_courses(whole: Whole, actor: Actor) -> Any:
    """List courses."""
    return await whole.content.authoring.authored_courses(actor, PageArgs())


@tries("AuthoringApi.authored")
async def authored(whole: Whole, actor: Actor) -> Any:
    """Read the academy's unpublished course."""
    return (await whole.content.authoring.authored(actor, (whole.unpublished.id,)))[0]


@tries("AuthoringApi.drafts")
async def drafts(whole: Whole, actor: Actor) -> Any:
    """Read its draft."""
    return (await whole.content.authoring.drafts(actor, (whole.unpublished.id,)))[0]


@tries("AuthoringApi.previews")
async def previews(whole: Whole, actor: Actor) -> Any:
    """See it as a learner would."""
    return (await whole.content.authoring.previews(actor, (whole.unpublished.id,)))[0]


@tries("AuthoringApi.update_draft")
async def update_draft(whole: Whole, actor: Actor) -> Any:
    """Put its draft in its own place."""
    draft = await whole.draft(whole.unpublished)
    update = content.UpdateDraft(
        course_id=draft.course_id, base_revision=draft.revision, content=draft.content
    )
    return await whole.content.authoring.update_draft(actor, update)


@tries("PathwaysApi.save_pathway")
async def save_pathway(whole: Whole, actor: Actor) -> Any:
    """Make a pathway whose slug is free."""
    pathway = content.SavePathway(
        slug=f"way-{next(NUMBERS)}",
        title={"en": "Way"},
        summary={"en": "A way."},
        course_ids=(whole.published.id,),
    )
    return await whole.content.pathways.save_pathway(actor, pathway)


@tries("AuthoringApi.preview_publish")
async def preview_publish(whole: Whole, actor: Actor) -> Any:
    """Ask what publishing the academy's course would change."""
    return await whole.content.authoring.preview_publish(actor, whole.published.id)


@tries("AuthoringApi.publish")
async def publish(whole: Whole, actor: Actor) -> Any:
    """Publish the academy's published course again."""
    draft = await whole.draft(whole.published)
    given = content.PublishCourse(course_id=draft.course_id, base_revision=draft.revision)
    return await whole.content.authoring.publish(actor, given)


@tries("AuthoringApi.unschedule")
async def unschedule(whole: Whole, actor: Actor) -> Any:
    """Forget what nobody scheduled."""
    return await whole.content.authoring.unschedule(actor, whole.published.id)


@tries("AuthoringApi.roll_back")
async def roll_back(whole: Whole, actor: Actor) -> Any:
    """Show the first version, which is shown."""
    back = content.RollBackCourse(course_id=whole.published.id, version_number=1)
    return await whole.content.authoring.roll_back(actor, back)


@tries("AuthoringApi.archive")
async def archive(whole: Whole, actor: Actor) -> Any:
    """Take the academy's draft out of the catalogue, where it is not."""
    return await whole.content.authoring.archive(actor, whole.unpublished.id)


@tries("AuthoringApi.version_ids")
async def list_versions(whole: Whole, actor: Actor) -> Any:
    """List the versions of the academy's published course."""
    ids = (whole.published.id,)
    return (await whole.content.authoring.version_ids(actor, ids, PageArgs()))[0]


@tries("TrackingApi.start_guest")
async def start_guest(whole: Whole, actor: Actor) -> Any:
    """Start as a guest."""
    guest = progress.GuestProfile(device_id=DEVICE)
    return await whole.progress.tracking.start_guest(actor, guest)


@tries("TrackingApi.claim_guest")
async def claim_guest(whole: Whole, actor: Actor) -> Any:
    """Take over a guest that nobody has claimed."""
    return await whole.progress.tracking.claim_guest(actor, (await new_guest(whole)).subject)


@tries("TrackingApi.enrol")
async def enrol(whole: Whole, actor: Actor) -> Any:
    """Take up the academy's course."""
    return await whole.progress.tracking.enrol(actor, whole.published.id)


@tries("TrackingApi.withdraw")
async def withdraw(whole: Whole, actor: Actor) -> Any:
    """Take it up and leave it."""
    await whole.progress.tracking.enrol(actor, whole.published.id)
    return await whole.progress.tracking.withdraw(actor, whole.published.id)


@tries("TrackingApi.sync")
async def sync(whole: Whole, actor: Actor) -> Any:
    """Pull."""
    return await whole.progress.tracking.sync(actor, a_push())


@tries("TrackingApi.update_profile")
async def update_profile(whole: Whole, actor: Actor) -> Any:
    """Change a setting of one's own."""
    update = progress.ProfileUpdate(locale="de")
    return await whole.progress.tracking.update_profile(actor, update)


@tries("LeavingApi.keep")
async def keep(whole: Whole, actor: Actor) -> Any:
    """Put a file into one's own export."""
    await whole.progress.leaving.keep(actor, (progress.Keepsake(name="a", body=b"a"),))
    return "kept"


@tries("LeavingApi.export")
async def export(whole: Whole, actor: Actor) -> Any:
    """Ask for one's own export."""
    return await whole.progress.leaving.export(actor)


@tries("LeavingApi.erase")
async def erase(whole: Whole, actor: Actor) -> Any:
    """Erase somebody new in the actor's place."""
    somebody = replace(actor, subject=new_id(Kind.LEARNER))
    await whole.progress.leaving.erase(somebody, confirm=True)
    return "erased"


@tries("CredentialsApi.credentials")
async def read_credential(whole: Whole, actor: Actor) -> Any:
    """Read the credential of HOLDER."""
    return (await whole.credentials.credentials.credentials(actor, (whole.credential.id,)))[0]


@tries("TalentApi.talent")
async def talent(whole: Whole, actor: Actor) -> Any:
    """Look for people."""
    query = credentials.TalentQuery(skill_ids=(whole.version.skills[0].id,))
    return await whole.credentials.finding.talent(actor, query)


@tries("IssuedApi.issued")
async def issued(whole: Whole, actor: Actor) -> Any:
    """Look through what the actor's organisation issued."""
    return await whole.credentials.listing.issued(actor, credentials.IssuedQuery())


@tries("IssuedApi.awarded")
async def awarded(whole: Whole, actor: Actor) -> Any:
    """Look through what the actor's organisation awards."""
    return await whole.credentials.listing.awarded(actor, PageArgs())


@tries("BulkApi.issue_many")
async def issue_many(whole: Whole, actor: Actor) -> Any:
    """Award what the academy awards to nobody: rows that fail, each for itself."""
    batch = credentials.IssueBatch(
        achievement_id=whole.credential.achievement_id,
        rows=(credentials.IssueRow(name="Nobody"),),
        idempotency_key=str(uuid4()),
    )
    with suppress(NotFound):
        return await whole.credentials.bulk.issue_many(actor, batch)
    return None


@tries("BulkApi.claim")
async def claim_credentials(whole: Whole, actor: Actor) -> Any:
    """Take over what waits for the actor's address."""
    return await whole.credentials.bulk.claim(actor)


@tries("SharingApi.share")
async def share(whole: Whole, actor: Actor) -> Any:
    """Share the credential of HOLDER, and take the link back so that others see as before."""
    with suppress(NotFound):
        wish = credentials.ShareCredential(credential_id=whole.credential.id)
        shared = await whole.credentials.sharing.share(actor, wish)
        await whole.credentials.sharing.unshare(actor, whole.credential.id)
        return shared


@tries("SharingApi.unshare")
async def unshare(whole: Whole, actor: Actor) -> Any:
    """Take the link of HOLDER's credential back."""
    with suppress(NotFound):
        return await whole.credentials.sharing.unshare(actor, whole.credential.id)


@tries("CredentialsApi.retentions")
async def retentions(whole: Whole, actor: Actor) -> Any:
    """Ask how well HOLDER retains what theirs is for: they were never asked anything."""
    return (await whole.credentials.credentials.retentions(actor, (whole.credential.id,)))[0]


@tries("RefreshApi.refresh")
async def refresh(whole: Whole, actor: Actor) -> Any:
    """Bring HOLDER's credential up to date."""
    return await found(whole.credentials.refreshing.refresh(actor, whole.credential.id))


@tries("IssuersApi.update_issuer")
async def update_issuer(whole: Whole, actor: Actor) -> Any:
    """Give the actor's organisation another address."""
    changes = credentials.IssuerChanges(url="https://academy.example/")
    return await whole.credentials.describing.update_issuer(actor, changes)


@tries("EndorsingApi.endorse")
async def endorse(whole: Whole, actor: Actor) -> Any:
    """Endorse what the academy awards."""
    word = credentials.Endorse(subject_id=whole.credential.achievement_id, comment="Good.")
    with suppress(Conflict):
        return await whole.credentials.endorsing.endorse(actor, word)


@tries("EndorsingApi.withdraw")
async def withdraw_endorsement(whole: Whole, actor: Actor) -> Any:
    """Take back what the rival said of it."""
    word = credentials.Endorse(subject_id=whole.credential.achievement_id, comment="Good.")
    said = await whole.credentials.endorsing.endorse(BOARD, word)
    return await found(whole.credentials.endorsing.withdraw(actor, said.id))


@tries("StatusApi.revoke")
async def revoke(whole: Whole, actor: Actor) -> Any:
    """Revoke a credential of the academy."""
    return await found(
        whole.credentials.statuses.revoke(actor, whole.other_credential.id, "A mistake.")
    )


@tries("StatusApi.suspend")
async def suspend(whole: Whole, actor: Actor) -> Any:
    """Suspend the credential of HOLDER."""
    return await found(whole.credentials.statuses.suspend(actor, whole.credential.id, "In doubt."))


@tries("StatusApi.reinstate")
async def reinstate(whole: Whole, actor: Actor) -> Any:
    """Reinstate it."""
    return await found(whole.credentials.statuses.reinstate(actor, whole.credential.id))


@tries("OrganisationApi.register")
async def register(whole: Whole, actor: Actor) -> Any:
    """Name the academy."""
    organisation = credentials.Organisation(slug=ACADEMY, name="Academy")
    return await whole.credentials.organisations.register(actor, organisation)


@tries("CohortApi.create")
async def create_cohort(whole: Whole, actor: Actor) -> Any:
    """Make a cohort."""
    return await whole.progress.cohorts.create(actor, "Class 9")


@tries("CohortApi.add")
async def add_members(whole: Whole, actor: Actor) -> Any:
    """Add HOLDER to the academy's cohort, where they are."""
    return await found(whole.progress.cohorts.add(actor, whole.cohort.id, (HOLDER.subject,)))


@tries("CohortApi.invite")
async def invite(whole: Whole, actor: Actor) -> Any:
    """Read the code."""
    asked = progress.Invite(cohort_id=whole.cohort.id)
    return await found(whole.progress.cohorts.invite(actor, asked))


@tries("CohortApi.join")
async def join(whole: Whole, actor: Actor) -> Any:
    """Join by the code."""
    return await whole.progress.cohorts.join(actor, whole.code)


@tries("CohortApi.remove")
async def remove_member(whole: Whole, actor: Actor) -> Any:
    """Remove a guest, who is not in it."""
    removed = whole.progress.cohorts.remove(actor, whole.cohort.id, whole.guest.subject)
    return await found(removed)


@tries("CohortApi.assign")
async def assign(whole: Whole, actor: Actor) -> Any:
    """Assign what is assigned."""
    asked = progress.Assign(cohort_id=whole.cohort.id, course_id=whole.published.id)
    return await found(whole.progress.cohorts.assign(actor, asked))


@tries("CohortApi.unassign")
async def unassign(whole: Whole, actor: Actor) -> Any:
    """Take back what is not assigned."""
    cohorts = whole.progress.cohorts
    return await found(cohorts.unassign(actor, whole.cohort.id, whole.unpublished.id))


@tries("CohortApi.cohorts")
async def read_cohort(whole: Whole, actor: Actor) -> Any:
    """Read the academy's cohort."""
    return (await whole.progress.cohorts.cohorts(actor, (whole.cohort.id,)))[0]


@tries("CohortApi.managed")
async def list_cohorts(whole: Whole, actor: Actor) -> Any:
    """List cohorts."""
    return await whole.progress.cohorts.managed(actor, PageArgs())


@tries("CohortApi.members")
async def list_members(whole: Whole, actor: Actor) -> Any:
    """List who is in it."""
    return await found(whole.progress.cohorts.members(actor, whole.cohort.id, PageArgs()))


@tries("HealthApi.questions")
async def question_health(whole: Whole, actor: Actor) -> Any:
    """Read how the questions of its published course are."""
    return (await whole.progress.health.questions(actor, (whole.published.id,)))[0]


@tries("CohortApi.assignments")
async def list_assignments(whole: Whole, actor: Actor) -> Any:
    """List what it is assigned."""
    return await found(whole.progress.cohorts.assignments(actor, (whole.cohort.id,)))


@tries("CohortApi.report")
async def report(whole: Whole, actor: Actor) -> Any:
    """Read how it gets on."""
    return await found(whole.progress.cohorts.report(actor, whole.cohort.id))


@tries("CohortApi.csv_url")
async def csv_url(whole: Whole, actor: Actor) -> Any:
    """Read where the file is."""
    return await found(whole.progress.cohorts.csv_url(actor, whole.cohort.id))


async def found(call: Awaitable[Any]) -> Any:
    """Return what a call gives; of what is not there for the actor, nothing."""
    try:
        return await call
    except NotFound:
        return None


def a_push() -> progress.Push:
    """Return a push of nothing."""
    return progress.Push(device_id=DEVICE, device_time=datetime(2026, 11, 20, tzinfo=UTC))


async def new_guest(whole: Whole) -> Actor:
    """Return a guest who has just begun."""
    guest = Actor(subject=new_id(Kind.LEARNER), is_guest=True)
    await start_guest(whole, guest)
    return guest


def is_author(actor: Actor) -> bool:
    """Return whether somebody may write courses of some organisation."""
    return Role.ADMIN in actor.roles or (
        Role.AUTHOR in actor.roles and actor.organisation is not None
    )


def wrote_it(actor: Actor) -> bool:
    """Return whether somebody may write the courses of the academy."""
    return Role.ADMIN in actor.roles or (
        Role.AUTHOR in actor.roles and actor.organisation == ACADEMY
    )


def manages_some(actor: Actor) -> bool:
    """Return whether somebody manages cohorts of some organisation."""
    return Role.ADMIN in actor.roles or (
        Role.MANAGER in actor.roles and actor.organisation is not None
    )


def manages_it(actor: Actor) -> bool:
    """Return whether somebody manages the cohorts of the academy."""
    return Role.ADMIN in actor.roles or (
        Role.MANAGER in actor.roles and actor.organisation == ACADEMY
    )


def expected(method: str, actor: Actor) -> str:
    """Return what becomes of a call: done, nothing (a None) or forbidden."""
    author, own, placed = is_author(actor), wrote_it(actor), actor.organisation is not None
    sender = (author or Role.ISSUER in actor.roles) and placed
    accredits = Role.ACCREDITOR in actor.roles and placed
    not_theirs = "nothing" if accredits else "forbidden"
    issued = Role.ISSUER in actor.roles and actor.organisation == ACADEMY
    unseen = "nothing" if author else "forbidden"
    manager, elsewhere = manages_some(actor), "nothing" if manages_some(actor) else "forbidden"
    of_cohorts = ("add", "invite", "remove", "assign", "unassign", "cohorts")
    of_reports = ("members", "assignments", "report", "csv_url")
    allowed, otherwise = {
        "AuthoringApi.create_course": (author and placed, "forbidden"),
        "PathwaysApi.save_pathway": (author and placed, "forbidden"),
        "AuthoringApi.import_course": (author and placed, "forbidden"),
        "AuthoringApi.authored_courses": (author, "forbidden"),
        "UploadsApi.request_upload": (sender, "forbidden"),
        "UploadsApi.picture": (False, "nothing" if author or sender else "forbidden"),
        "IssuersApi.update_issuer": (Role.ISSUER in actor.roles and placed, "forbidden"),
        "EndorsingApi.endorse": (accredits and actor.organisation == RIVAL, not_theirs),
        "EndorsingApi.withdraw": (accredits and actor.organisation == RIVAL, not_theirs),
        "AuthoringApi.authored": (own, unseen),
        "AuthoringApi.drafts": (own, unseen),
        "HealthApi.questions": (own, "nothing"),
        "AuthoringApi.previews": (own, unseen),
        "AuthoringApi.update_draft": (own, "forbidden"),
        "AuthoringApi.preview_publish": (own, "forbidden"),
        "AuthoringApi.publish": (own, "forbidden"),
        "AuthoringApi.unschedule": (own, "forbidden"),
        "AuthoringApi.roll_back": (own, "forbidden"),
        "AuthoringApi.archive": (own, "forbidden"),
        "AuthoringApi.version_ids": (own, unseen),
        "TrackingApi.start_guest": (actor.is_guest, "forbidden"),
        "TrackingApi.claim_guest": (not actor.is_guest, "forbidden"),
        "TrackingApi.enrol": (True, ""),
        "TrackingApi.withdraw": (True, ""),
        "TrackingApi.sync": (True, ""),
        "CohortApi.create": (manager and placed, "forbidden"),
        "CohortApi.join": (not actor.is_guest, "forbidden"),
        "CohortApi.managed": (manager, "forbidden"),
        **{
            f"CohortApi.{name}": (manages_it(actor), elsewhere)
            for name in (*of_cohorts, *of_reports)
        },
        "TrackingApi.update_profile": (True, ""),
        "LeavingApi.keep": (True, ""),
        "LeavingApi.export": (True, ""),
        "LeavingApi.erase": (True, ""),
        "CredentialsApi.credentials": (issued or actor == HOLDER, "nothing"),
        "TalentApi.talent": (Role.EMPLOYER in actor.roles and placed, "forbidden"),
        "IssuedApi.issued": (Role.ISSUER in actor.roles and placed, "forbidden"),
        "IssuedApi.awarded": (Role.ISSUER in actor.roles and placed, "forbidden"),
        "BulkApi.issue_many": (
            issued,
            "nothing" if Role.ISSUER in actor.roles and placed else "forbidden",
        ),
        "BulkApi.claim": (True, ""),
        "SharingApi.share": (actor == HOLDER, "nothing"),
        "SharingApi.unshare": (actor == HOLDER, "nothing"),
        **{f"StatusApi.{name}": (issued, "nothing") for name in ("revoke", "suspend", "reinstate")},
        "CredentialsApi.retentions": (False, "nothing"),
        "RefreshApi.refresh": (actor == HOLDER, "nothing"),
        "OrganisationApi.register": (Role.ADMIN in actor.roles, "forbidden"),
    }[method]
    return "done" if allowed else otherwise


def actors() -> dict[str, Actor]:
    """Return a guest, the holder, and an account for each role and organisation."""
    return {
        "guest": Actor(subject=new_id(Kind.LEARNER), is_guest=True),
        "holder": HOLDER,
        **{
            f"{role} of {place}": actor_of(f"{role} {place}", role, organisation=place)
            for role in Role
            for place in (ACADEMY, RIVAL, None)
        },
    }


async def outcome(call: Awaitable[Any]) -> str:
    """Return what became of a call; another error than Forbidden fails the test."""
    try:
        return "nothing" if await call is None else "done"
    except Forbidden:
        return "forbidden"


@pytest.fixture(scope="module")
async def services(mongo: Mongo, mongo_uri: str) -> AsyncIterator[Whole]:
    """The services, filled."""
    async with whole(mongo, mongo_uri) as made:
        yield made


def promised() -> set[str]:
    """Return every method of every contract."""
    protocols = {
        protocol
        for module in (content, progress, credentials, records)
        for name, protocol in inspect.getmembers(module, inspect.isclass)
        if name.endswith("Api")
    }
    return {
        f"{protocol.__name__}.{name}"
        for protocol in protocols
        for name, _ in inspect.getmembers(protocol, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }


def test_every_method_of_a_contract_is_sorted() -> None:
    """A method could be promised that nobody thought about who may call."""
    assert sorted([*PUBLIC, *BETWEEN_SERVICES, *TRIES]) == sorted(promised())


@pytest.mark.parametrize("method", sorted(TRIES))
async def test_a_service_refuses_the_wrong_actor_itself(services: Whole, method: str) -> None:
    """A mistake in the gateway, or another caller, would open what only it had closed."""
    wanted = {name: expected(method, actor) for name, actor in actors().items()}
    found = {}
    for name, actor in sorted(actors().items(), key=lambda each: wanted[each[0]] == "done"):
        before = services.digest()
        found[name] = await outcome(TRIES[method](services, actor))
        if found[name] != "done" and method not in PREPARED:
            assert services.digest() == before, f"{name} changed something"
    assert found == wanted


async def test_nobody_reads_a_credential_without_an_actor(services: Whole) -> None:
    """A missing token would open what it should close."""
    reading = services.credentials.credentials

    assert await reading.credentials(None, (services.credential.id,)) == (None,)


async def test_an_authors_list_has_nothing_of_other_organisations(services: Whole) -> None:
    """Drafts would be seen by competitors."""
    rival = actor_of("lister", Role.AUTHOR, organisation="nobody-else")
    page = await services.content.authoring.authored_courses(rival, PageArgs())
    own = await services.content.authoring.authored_courses(AUTHOR, PageArgs(first=100))

    assert (page.nodes, page.total) == ((), 0)
    assert {course.organisation for course in own.nodes} == {ACADEMY}


async def test_the_log_of_an_account_cannot_be_claimed(services: Whole) -> None:
    """Whoever learns a learner's id would take over all that the learner has done."""
    thief = actor_of("thief")
    before = services.digest()

    with pytest.raises(NotFound, match="no such guest"):
        await services.progress.tracking.claim_guest(thief, HOLDER.subject)

    assert services.digest() == before


async def test_a_guest_claims_nobody_and_a_guest_is_claimed_once(services: Whole) -> None:
    """A refused claim would leave traces in a log."""
    guest, other = await new_guest(services), await new_guest(services)
    await services.progress.tracking.claim_guest(actor_of("first"), guest.subject)
    before = services.digest()

    with pytest.raises(Forbidden):
        await services.progress.tracking.claim_guest(other, guest.subject)
    with pytest.raises(Conflict):
        await services.progress.tracking.claim_guest(actor_of("second"), guest.subject)

    assert services.digest() == before


async def test_other_services_add_nothing_but_credentials_to_a_log(services: Whole) -> None:
    """A service could close a learner's log, or enrol them."""
    event = progress.ServerEvent(
        id="00000000-0000-4000-8000-000000000001",
        learner_id=HOLDER.subject,
        type="log.closed",
        at=datetime(2026, 11, 20, tzinfo=UTC),
        body={"to": actor_of("thief").subject},
    )
    before = services.digest()

    with pytest.raises(Forbidden):
        await services.progress.tracking.record((event,))

    assert services.digest() == before
