"""All three services on a real database, in one process, with something of one organisation in it.

No consumer runs, so that nothing changes but by what a test calls.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pymongo import MongoClient

from gateway.clients import Clients
from services.content import app as content_app
from services.content.contract import (
    Course,
    CourseVersion,
    CreateCourse,
    Draft,
    Pathway,
    SavePathway,
)
from services.content.settings import Settings as ContentSettings
from services.credentials import app as credentials_app
from services.credentials.contract import Credential, HolderKey
from services.credentials.domain.records import Completion
from services.credentials.settings import Settings as CredentialsSettings
from services.kit.ids import Kind, global_id
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role
from services.progress import app as progress_app
from services.progress.contract import Assign, Cohort, Enrolment, GuestProfile, Invite
from services.progress.domain.cards import CardKey
from services.progress.domain.cohort import assignment_id, learner_assignment_id
from services.progress.domain.ids import review_id
from services.progress.settings import Settings as ProgressSettings
from tests.services.content.samples import FRONT, folder, package

ORIGIN = "https://learn.example"
ACADEMY = "academy"
RIVAL = "rival"
KEY = urlsafe_b64encode(bytes(range(32))).decode()
DEVICE = "00000000-0000-7000-8000-000000000001"
COURSE = """slug: SLUG
title: Sums
summary: Adding things up.
language: en
skills:
  - {name: Adding, framework: TEST, code: A1}
job_roles:
  - {name: Adder, framework: TEST, code: R1}
modules:
  - {key: one, title: One, lessons: [lesson.md, check.md]}
achievement:
  name: Adder
  description: Adds things up.
  criteria: Did the check.
  pass: 50%
"""
CHECK = """---
title: Check
kind: assessment
skills: [A1]
---
## How many are two and two? {#sum}
= 4
! Four.
"""


def course_files(slug: str) -> dict[str, bytes]:
    """Return a small course that awards something, in the native format."""
    told = {"course__yaml": COURSE.replace("SLUG", slug), "check__md": CHECK}
    return folder(FRONT + "Two and two are four.", **told)


def actor_of(name: str, *roles: Role, organisation: str | None = None) -> Actor:
    """Return an account."""
    subject = global_id(Kind.LEARNER, hashlib.sha256(name.encode()).digest()[:16])
    return Actor(
        subject=subject, roles=frozenset({Role.LEARNER, *roles}), organisation=organisation
    )


AUTHOR = actor_of("author", Role.AUTHOR, organisation=ACADEMY)
MANAGER = actor_of("manager", Role.MANAGER, organisation=ACADEMY)
HOLDER = actor_of("holder")


class Whole:
    """The services, and what is in them: all of it is of the academy, or of the learner HOLDER."""

    published: Course
    version: CourseVersion
    unpublished: Course
    pathway: Pathway
    enrolment: Enrolment
    credential: Credential
    """Of HOLDER."""
    other_credential: Credential
    """Of somebody else."""
    guest: Actor
    cohort: Cohort
    code: str

    def __init__(self, mongo: Mongo, mongo_uri: str) -> None:
        prefix = f"test_{uuid4().hex[:12]}"
        self.databases = [f"{prefix}_{name}" for name in ("content", "progress", "credentials")]
        shared: Any = {"mongo_uri": mongo_uri, "public_url": ORIGIN}
        content_name, progress_name, credentials_name = self.databases
        self.content = content_app.build(ContentSettings(database=content_name, **shared), mongo)
        self.progress = progress_app.build(
            ProgressSettings(database=progress_name, cursor_key=KEY, **shared),
            mongo,
            progress_app.ContentDoors(
                catalog=self.content.catalog,
                marking=self.content.marking,
                comparing=self.content.comparing,
                feed=self.content.feed,
            ),
        )
        self.credentials = credentials_app.build(
            CredentialsSettings(
                database=credentials_name, sealing_key=KEY, verify_workers=0, **shared
            ),
            mongo,
            credentials_app.Doors(
                catalog=self.content.catalog,
                pathways=self.content.pathways,
                uploads=self.content.uploads,
                content_feed=self.content.feed,
                progress_feed=self.progress.feed,
                tracking=self.progress.tracking,
                learners=self.progress.learners,
                advice=self.progress.advice,
            ),
        )
        self._driver: MongoClient[Any] = MongoClient(mongo_uri)

    @property
    def review_id(self) -> str:
        """Return the id that a card of the holder has."""
        return review_id(HOLDER.subject, CardKey(self.published.id, "lesson", "q"))

    @property
    def clients(self) -> Clients:
        """Return the services as the gateway sees them."""
        return Clients(
            catalog=self.content.catalog,
            authoring=self.content.authoring,
            pathways=self.content.pathways,
            tracking=self.progress.tracking,
            learners=self.progress.learners,
            homes=self.progress.homes,
            impact=self.progress.impact,
            cohorts=self.progress.cohorts,
            leaving=self.progress.leaving,
            advice=self.progress.advice,
            health=self.progress.health,
            credentials=self.credentials.credentials,
            sharing=self.credentials.sharing,
            talent=self.credentials.finding,
            issued=self.credentials.listing,
            bulk=self.credentials.bulk,
            statuses=self.credentials.statuses,
            refreshing=self.credentials.refreshing,
            issuers=self.credentials.describing,
            endorsing=self.credentials.endorsing,
            verifying=self.credentials.verifying,
            uploads=self.content.uploads,
        )

    def digest(self) -> list[Any]:
        """Return MongoDB's own digest of every collection: equal when nothing has changed."""
        return [self._driver[name].command("dbHash")["collections"] for name in self.databases]

    async def draft(self, course: Course) -> Draft:
        """Return a course's draft as its author reads it."""
        (draft,) = await self.content.authoring.drafts(AUTHOR, (course.id,))
        assert draft is not None
        return draft

    async def start(self) -> None:
        """Prepare the databases, and fill them."""
        await self.content.prepare()
        await self.progress.prepare()
        await self.credentials.prepare()
        await self._write()
        await self._learn()
        await self._gather()

    async def stop(self) -> None:
        """Stop, and drop the databases."""
        await self.progress.stop()
        for name in self.databases:
            self._driver.drop_database(name)
        self._driver.close()

    async def _write(self) -> None:
        authoring = self.content.authoring
        imported = await authoring.import_course(AUTHOR, package(course_files("sums")))
        assert imported.problems == ()
        assert imported.course is not None
        self.published = imported.course
        (version,) = await self.content.catalog.versions((imported.course.version_id or "",))
        assert version is not None
        self.version = version
        course = CreateCourse(slug="unpublished", title="Unpublished", summary="A draft.")
        self.unpublished = await authoring.create_course(AUTHOR, course)
        self.pathway = await self.content.pathways.save_pathway(
            AUTHOR,
            SavePathway(
                slug="way",
                title={"en": "Way"},
                summary={"en": "A way."},
                course_ids=(self.published.id,),
            ),
        )

    @property
    def assignment_id(self) -> str:
        """Return the id of what the cohort is assigned."""
        return assignment_id(self.cohort.id, self.published.id)

    @property
    def learner_assignment_id(self) -> str:
        """Return the id under which HOLDER has it."""
        return learner_assignment_id(self.cohort.id, self.published.id, HOLDER.subject)

    async def _gather(self) -> None:
        cohorts = self.progress.cohorts
        self.cohort = await cohorts.create(MANAGER, "Class 7")
        assign = Assign(cohort_id=self.cohort.id, course_id=self.published.id)
        await cohorts.assign(MANAGER, assign)
        self.code = (await cohorts.invite(MANAGER, Invite(cohort_id=self.cohort.id))).code
        await cohorts.join(HOLDER, self.code)

    async def _learn(self) -> None:
        tracking = self.progress.tracking
        self.guest = Actor(subject=actor_of("guest").subject, is_guest=True)
        await tracking.start_guest(self.guest, GuestProfile(device_id=DEVICE))
        self.enrolment = await tracking.enrol(HOLDER, self.published.id)
        self.credential = await self._award(HOLDER, "Holder Example")
        self.other_credential = await self._award(actor_of("other holder"), "Other Example")

    async def _award(self, learner: Actor, name: str) -> Credential:
        award = self.version.achievement
        assert award is not None
        completion = Completion(
            learner_id=learner.subject,
            course_id=self.published.id,
            version_id=self.version.id,
            achievement_id=award.id,
            achievement_version=award.version,
            score=1.0,
            completed_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
            name=name,
        )
        await self.credentials.issuing.award(completion)
        key = HolderKey(learner_id=learner.subject, achievement_id=award.id)
        (held,) = await self.credentials.credentials.held((key,))
        assert held is not None
        return held


@asynccontextmanager
async def whole(mongo: Mongo, mongo_uri: str) -> AsyncIterator[Whole]:
    """Yield the services, filled; their databases are dropped afterwards."""
    made = Whole(mongo, mongo_uri)
    await made.start()
    yield made
    await made.stop()
