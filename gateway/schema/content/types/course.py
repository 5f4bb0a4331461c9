"""Courses, their published versions and their drafts."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import connection, many, paging, some
from gateway.schema.content.packs import version_packs
from gateway.schema.content.places import Placed
from gateway.schema.content.resolvers import (
    course_achievements,
    course_drafts,
    course_enrolments,
    course_health,
    course_history,
    course_versions,
    draft_previews,
)
from gateway.schema.content.texts import locale_argument, localised
from gateway.schema.content.types.lesson import Module
from gateway.schema.content.types.media import Image
from gateway.schema.content.types.pack import OfflinePack
from gateway.schema.content.types.skill import JobRole, Skill
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.languages import Shown, chain
from gateway.schema.node import Node
from gateway.schema.resolvers import Batched, Projected
from gateway.schema.results import UserError, trouble_of
from gateway.schema.scalars import JSON, DateTime, Locale
from services.content import contract

Levels = contract_enum(
    contract.Level,
    {
        "BEGINNER": "Nothing is taken for known.",
        "INTERMEDIATE": "The basics of the trade are taken for known.",
        "ADVANCED": "Practice in the trade is taken for known.",
    },
)


def _cover(
    course: contract.Course, _: Context, locale: str | None = None
) -> Shown[contract.Image] | None:
    return Shown(course.cover, chain(locale, course.language)) if course.cover else None


def _modules(version: contract.CourseVersion, _: Context) -> list[Placed[Any]]:
    return [Placed(module, version) for module in version.modules]


class CourseVersion(ContractType, record=contract.CourseVersion, interfaces=(Node,)):
    """One published state of a course, whole and immutable.

    Addressed by the SHA-256 of its canonical content: a fact of history that publishing never
    edits.
    """

    number = graphene.Int(
        required=True, description="1, 2, 3 ... in the order of publishing; 0 for a preview."
    )
    hash = graphene.String(
        required=True,
        description="SHA-256 of the canonical content, 64 hex digits; events name it.",
    )
    published_at = DateTime(required=True, description="When learners first saw it.")
    notes = graphene.String(description="What the author said is new.")
    modules = many(Module, resolver=Projected(_modules), description="Its modules in order.")
    pack = graphene.Field(
        graphene.NonNull(OfflinePack),
        image_width=graphene.Int(
            default_value=contract.DEFAULT_IMAGE_WIDTH,
            description=(
                f"Pixels that the phone shows, 1 to {contract.MAX_IMAGE_WIDTH}: pictures come in "
                "the narrowest rendition that is as wide, else in the widest."
            ),
        ),
        max_bytes=graphene.Int(
            description=(
                "How much it may be in all, unpacked. The most useful lessons come first: where "
                "the viewer stopped, then what is not completed; signed out in order. Null: all."
            )
        ),
        locale=Locale(
            description=(
                "The one language to download, with the usual fallbacks; null: all languages."
            )
        ),
        resolver=Batched(version_packs),
        description="What to download to take it without network.",
    )


CourseVersionConnection = connection(CourseVersion, "versions of a course")


class ScheduledPublication(ContractType, record=contract.Scheduled):
    """What will be published, and when: the draft as it was when that was asked for."""

    at = DateTime(required=True, description="When, by the server's clock.")
    revision = graphene.Int(
        required=True, description="Which revision of the draft; later changes do not alter it."
    )
    notes = graphene.String(description="What is new, for learners.")
    failure = graphene.String(
        description="Why it could not be published when the time had come; null: it still can."
    )


class StaleTranslation(ContractType, record=contract.Translation):
    """A translation whose source text has changed since."""

    path = many(graphene.String, description="Where the text stands in the content.")
    locale = Locale(required=True, description="The language that it is translated to.")


class CourseDraft(ContractType, record=contract.Draft):
    """What the authors of a course work on; learners see nothing of it before it is published."""

    revision = graphene.Int(
        required=True, description="Counts up with each change; send it as baseRevision."
    )
    content = JSON(
        required=True,
        description="The whole course document in the native format (graphql/course.schema.json).",
    )
    problems = many(
        UserError,
        resolver=Projected(lambda draft, _: [trouble_of(problem) for problem in draft.problems]),
        description="What stands in the way of publishing, each with its place; empty: go ahead.",
    )
    updated_at = DateTime(required=True, description="When it last changed.")
    scheduled = graphene.Field(
        ScheduledPublication,
        description="What publishCourse was told to publish `at` a later time; null: nothing.",
    )
    stale_translations = many(
        StaleTranslation,
        description=(
            "Translations whose source text, that in the course's language, changed after them. A "
            "mark goes when the translation changes, when the source is again what it was, or by "
            "`updateDraft(confirmTranslations:)`; it never stands in the way of publishing."
        ),
    )
    preview = graphene.Field(
        CourseVersion,
        resolver=Batched(draft_previews),
        description=(
            "As a learner would see it, without publishing; what has problems is left out as far "
            "as it cannot be shown, and null when nothing can. Its ids are of no version: nothing "
            "finds them again, `sync` rejects events that name them, and its `pack` is "
            "NOT_PUBLISHED."
        ),
    )


class Course(ContractType, record=contract.Course, interfaces=(Node,)):
    """A course as its published version has it; before there is one, as its draft has it."""

    slug = graphene.String(required=True, description="Its name in addresses; never changes.")
    title = localised(lambda course: (course.title, course.language), "What it is called.")
    summary = localised(
        lambda course: (course.summary, course.language), "What one learns, in a few sentences."
    )
    locales = many(Locale, description="Languages that it can be taken in.")
    level = graphene.Field(graphene.NonNull(Levels), description="How much it expects.")
    tags = many(graphene.String, description="Words that the author files it under.")
    minutes = graphene.Int(required=True, description="How long all of it takes, about.")
    lesson_count = graphene.Int(required=True, description="How many lessons it has.")
    cover = graphene.Field(
        Image,
        locale=locale_argument(),
        resolver=Projected(_cover),
        description="A picture to show in lists.",
    )
    skills = many(Skill, description="What it teaches.")
    job_roles = many(JobRole, description="What it prepares for.")
    version = graphene.Field(
        CourseVersion,
        resolver=Batched(course_versions),
        description="What learners see now; null while never published or archived.",
    )
    achievement = graphene.Field(
        "gateway.schema.credentials.types.Achievement",
        resolver=Batched(course_achievements),
        description="What completing it with the pass score awards; null: nothing, or nothing yet "
        "in the moment after it was first published.",
    )
    enrolment = graphene.Field(
        "gateway.schema.progress.types.Enrolment",
        resolver=Batched(course_enrolments),
        description="The viewer's enrolment; null when signed out or not enrolled.",
    )
    draft = graphene.Field(
        CourseDraft, resolver=Batched(course_drafts), description="Authors only."
    )
    question_health = some(
        "gateway.schema.progress.health_types.QuestionHealth",
        resolver=Batched(course_health),
        description="Authors only: what first answers to the questions of the published version "
        "say, in their order. Only questions that at least 5 learners with an account answered; "
        "never anything of a single one. Null while nothing is published.",
    )
    versions = graphene.Field(
        CourseVersionConnection,
        **paging(),
        resolver=Batched(course_history),
        description="Authors only: everything ever published, newest first.",
    )
