"""Writes of authors."""

from datetime import datetime
from typing import Protocol

from services.content.contract.catalog import Course, Draft, Problem, Translation
from services.content.contract.differences import Difference, Target
from services.content.contract.version import CourseVersion
from services.content.contract.words import ImportFormat, LossSeverity
from services.kit.records import Actor, Json, Page, PageArgs, Record


class CreateCourse(Record):
    """A new course with an empty draft."""

    slug: str
    title: str
    summary: str
    locale: str = "en"


class UpdateDraft(Record):
    """A whole course document to put in place of revision `base_revision`."""

    course_id: str
    base_revision: int
    content: Json
    confirmed: tuple[Translation, ...] = ()
    """Translations in it that the author says fit the source text as it is now."""


class PublishCourse(Record):
    """Publish revision `base_revision` of the draft: now, or `at` a later time as it is now."""

    course_id: str
    base_revision: int
    notes: str | None = None
    at: datetime | None = None
    reworded: tuple[str, ...] = ()
    """Questions, `lesson key/question key`, of which the author says that only words changed."""


class PublishPreview(Record):
    """What publishing a draft would change of the course."""

    target: Target
    """What the draft would become."""
    difference: Difference
    """From the published version; where none is, everything is new."""
    bytes_to_fetch: int = 0
    """What a phone that has the published version downloads for this one, files unpacked."""
    problems: tuple[Problem, ...] = ()
    """What stands in the way of publishing."""
    advice: tuple[Problem, ...] = ()
    """What does not, and should be looked at."""


class RollBackCourse(Record):
    """Show learners an earlier version again."""

    course_id: str
    version_number: int


class ImportCourse(Record):
    """A package to bring in as a course: a zip, or for MARKDOWN a single file too."""

    format: ImportFormat
    package: bytes = b""
    upload_id: str | None = None
    """The upload that holds the package, in place of `package`."""
    slug: str | None = None
    publish: bool = False


class ImportLoss(Record):
    """One thing that could not be brought in whole, and why."""

    path: str
    severity: LossSeverity
    reason: str


class Imported(Record):
    """The outcome of an import; `problems` is why nothing was stored or published."""

    course: Course | None = None
    imported: int = 0
    """Lessons brought in."""
    losses: tuple[ImportLoss, ...] = ()
    problems: tuple[Problem, ...] = ()


class AuthoringApi(Protocol):
    """Writes of authors: Forbidden unless the actor is an AUTHOR of the course's organisation."""

    async def create_course(self, actor: Actor, course: CreateCourse) -> Course:
        """Create a course; AlreadyExists when the slug is taken."""

    async def authored_courses(self, actor: Actor, page: PageArgs) -> Page[Course]:
        """Return the courses of the actor's organisation, drafts too."""

    async def authored(self, actor: Actor, ids: tuple[str, ...]) -> tuple[Course | None, ...]:
        """Return courses of the actor's organisation by id, published or not."""

    async def drafts(self, actor: Actor, course_ids: tuple[str, ...]) -> tuple[Draft | None, ...]:
        """Return drafts; None for what is not the actor's organisation's."""

    async def previews(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[CourseVersion | None, ...]:
        """Return drafts as learners would see them; None where nothing can be shown.

        What has problems is shown as far as it can be; None too for what is not the actor's
        organisation's. The ids are of no version, and nothing is stored.
        """

    async def update_draft(self, actor: Actor, update: UpdateDraft) -> Course:
        """Replace the draft; StaleRevision when it moved on, Invalid when it is no course.

        Translations that stay as they are while their source text changes are marked as stale.
        """

    async def preview_publish(self, actor: Actor, course_id: str) -> PublishPreview:
        """Return what publishing the draft would change; changes nothing itself."""

    async def publish(self, actor: Actor, publish: PublishCourse) -> Course:
        """Publish the draft, or schedule that; Invalid with every problem while it has any.

        It takes the place of what was scheduled before.
        """

    async def unschedule(self, actor: Actor, course_id: str) -> Course:
        """Forget the scheduled publication; a course without one stays as it is."""

    async def roll_back(self, actor: Actor, back: RollBackCourse) -> Course:
        """Move the pointer to an earlier version; NotFound when there is none of that number."""

    async def archive(self, actor: Actor, course_id: str) -> Course:
        """Take a course out of the catalogue; who is enrolled goes on. Publishing brings it back.

        What was scheduled is forgotten.
        """

    async def version_ids(
        self, actor: Actor, course_ids: tuple[str, ...], page: PageArgs
    ) -> tuple[Page[str] | None, ...]:
        """Return a page of each course's versions, newest first; None where not the actor's."""

    async def import_course(self, actor: Actor, package: ImportCourse) -> Imported:
        """Bring a package in as a draft, and publish it where asked.

        Repeating it updates the course of that slug.
        """
