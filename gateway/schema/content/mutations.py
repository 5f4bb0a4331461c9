"""Mutations of authors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.content.importing import ImportCourseInput, ImportPayload, import_course
from gateway.schema.content.types.course import Course
from gateway.schema.results import Trouble, payload_field, user_errors
from gateway.schema.scalars import JSON, DateTime, Locale
from services.content import contract


class CreateCourseInput(graphene.InputObjectType):
    """A new course with an empty draft."""

    slug = graphene.String(
        required=True, description="Its name in addresses: a-z, 0-9 and hyphens; never changes."
    )
    title = graphene.String(required=True, description="What it is called, in its own language.")
    summary = graphene.String(required=True, description="What one learns, in a few sentences.")
    locale = Locale(default_value="en", description="Its own language.")


class TranslationInput(graphene.InputObjectType):
    """One language of a text of the content, as `CourseDraft.staleTranslations` names it."""

    path = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Where the text stands in the content that is sent: modules, 0, title.",
    )
    locale = Locale(required=True, description="The language that it is translated to.")


class UpdateDraftInput(graphene.InputObjectType):
    """content is a whole course document in the native format (graphql/course.schema.json).

    baseRevision guards against lost updates.
    """

    course_id = graphene.ID(required=True, description="The course.")
    base_revision = graphene.Int(
        required=True, description="The revision that was read; STALE_REVISION when it moved on."
    )
    content = JSON(required=True, description="The whole course document.")
    confirm_translations = graphene.List(
        graphene.NonNull(TranslationInput),
        description="Stale translations that fit as they are: their marks go.",
    )


class PublishCourseInput(graphene.InputObjectType):
    """Publish the draft as it was read: now, or as it is now at a later time."""

    course_id = graphene.ID(required=True, description="The course.")
    base_revision = graphene.Int(
        required=True, description="The revision that was read; STALE_REVISION when it moved on."
    )
    notes = graphene.String(description="What is new, for learners.")
    at = DateTime(
        description=(
            "When; null, or what has passed: now. One time a course: a later call takes its place."
        )
    )
    reworded_questions = graphene.List(
        graphene.NonNull(graphene.String),
        description="Questions of which you say that only words changed, so that nothing is "
        "regraded: the lesson's key and the question's, as in intro/q-sign.",
    )


class CourseIdInput(graphene.InputObjectType):
    """Which course."""

    course_id = graphene.ID(required=True, description="The course.")


class RollBackCourseInput(graphene.InputObjectType):
    """Which version learners are to see again."""

    course_id = graphene.ID(required=True, description="The course.")
    version_number = graphene.Int(
        required=True, description="Number of one of its versions: see Course.versions."
    )


class CoursePayload(graphene.ObjectType):
    """The course as it is now."""

    course = graphene.Field(Course, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "CourseOutcome":
        """Return the payload of what was not done."""
        return CourseOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class CourseOutcome:
    """What CoursePayload shows."""

    course: contract.Course | None
    user_errors: Sequence[Trouble] = ()


async def create_course(context: Context, given: Any) -> CourseOutcome:
    """Create a course."""
    course = contract.CreateCourse(
        slug=given.slug, title=given.title, summary=given.summary, locale=given.locale or "en"
    )
    return CourseOutcome(await context.clients.authoring.create_course(context.signed_in, course))


async def update_draft(context: Context, given: Any) -> CourseOutcome:
    """Replace a draft."""
    update = contract.UpdateDraft(
        course_id=given.course_id,
        base_revision=given.base_revision,
        content=given.content,
        confirmed=tuple(
            contract.Translation(path=tuple(each.path), locale=each.locale)
            for each in given.confirm_translations or ()
        ),
    )
    return CourseOutcome(await context.clients.authoring.update_draft(context.signed_in, update))


async def publish_course(context: Context, given: Any) -> CourseOutcome:
    """Publish a draft."""
    publish = contract.PublishCourse(
        course_id=given.course_id,
        base_revision=given.base_revision,
        notes=given.notes,
        at=given.at,
        reworded=tuple(given.reworded_questions or ()),
    )
    return _moved(context, await context.clients.authoring.publish(context.signed_in, publish))


async def unschedule_course(context: Context, given: Any) -> CourseOutcome:
    """Forget a scheduled publication."""
    authoring = context.clients.authoring
    return CourseOutcome(await authoring.unschedule(context.signed_in, given.course_id))


async def roll_back_course(context: Context, given: Any) -> CourseOutcome:
    """Show an earlier version again."""
    back = contract.RollBackCourse(course_id=given.course_id, version_number=given.version_number)
    return _moved(context, await context.clients.authoring.roll_back(context.signed_in, back))


async def archive_course(context: Context, given: Any) -> CourseOutcome:
    """Take a course out of the catalogue."""
    authoring = context.clients.authoring
    return _moved(context, await authoring.archive(context.signed_in, given.course_id))


def _moved(context: Context, course: contract.Course) -> CourseOutcome:
    """Return the course, whose pointer may have moved: nobody here is shown where it stood."""
    context.surroundings.published.forget(course.id)
    return CourseOutcome(course)


class ContentMutations(graphene.ObjectType):
    """Mutations of authors."""

    create_course = payload_field(
        CoursePayload,
        CreateCourseInput,
        create_course,
        description="Authors: a new course with an empty draft; the same again, untouched, is that "
        "one. ALREADY_EXISTS: the slug is taken.",
    )
    update_draft = payload_field(
        CoursePayload,
        UpdateDraftInput,
        update_draft,
        description="Authors: replace the draft by a whole course document.",
    )
    import_course = payload_field(
        ImportPayload,
        ImportCourseInput,
        import_course,
        description="Authors: bring a package in; repeating it updates the course of that slug.",
    )
    publish_course = payload_field(
        CoursePayload,
        PublishCourseInput,
        publish_course,
        description=(
            "Authors: publish the draft as a new version, now or at a later time. INVALID while it "
            "has problems. Content that equals an earlier version makes no new one."
        ),
    )
    unschedule_course = payload_field(
        CoursePayload,
        CourseIdInput,
        unschedule_course,
        description="Authors: forget what publishCourse was told to publish at a later time.",
    )
    roll_back_course = payload_field(
        CoursePayload,
        RollBackCourseInput,
        roll_back_course,
        description="Authors: let learners see an earlier version again. The draft stays.",
    )
    archive_course = payload_field(
        CoursePayload,
        CourseIdInput,
        archive_course,
        description=(
            "Authors: take a course out of the catalogue. Who is enrolled goes on with the version "
            "they began; publishing or rolling back brings it back."
        ),
    )
