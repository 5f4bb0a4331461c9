"""Importing: a package becomes the draft of a course."""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.content.types.course import Course
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.results import Trouble, trouble_of, user_errors
from services.content import contract
from services.kit.errors import Invalid, LimitReached

MAX_PACKAGE_BYTES = 8 * 1024 * 1024

ImportFormats = contract_enum(
    contract.ImportFormat,
    {
        "MARKDOWN": "A zip of Markdown files, or one file.",
        "OLX": "An Open edX course export.",
        "QTI": "A QTI 2.2 or 3.0 package.",
        "COMMON_CARTRIDGE": "An IMS Common Cartridge.",
        "ANKI": "An Anki package (apkg).",
        "H5P": "An H5P package.",
    },
)
LossSeverities = contract_enum(
    contract.LossSeverity,
    {
        "CHANGED": "Brought in, but not as it was.",
        "READ_ONLY": "Brought in to read; what was interactive is not.",
        "SKIPPED": "Not brought in.",
    },
)


class ImportCourseInput(graphene.InputObjectType):
    """A package to bring in as a course."""

    format = graphene.Field(graphene.NonNull(ImportFormats), description="What the package is.")
    package = graphene.String(
        description="The package in base64, up to 8 MB; larger ones go through requestUpload."
    )
    upload_id = graphene.ID(description="The upload that holds the package, in its place.")
    slug = graphene.String(
        description="The course to make or to update; null: taken from the package."
    )
    publish = graphene.Boolean(default_value=False, description="True: publish it as well.")


class ImportLoss(ContractType, record=contract.ImportLoss):
    """One thing that could not be brought in whole."""

    path = graphene.String(required=True, description="Where in the package it is.")
    severity = graphene.Field(graphene.NonNull(LossSeverities), description="What became of it.")
    reason = graphene.String(required=True, description="Why, in a sentence.")


class ImportPayload(graphene.ObjectType):
    """Nothing is dropped silently: all that could not be brought in whole is named with why."""

    course = graphene.Field(Course, description="Null when it was not done.")
    imported = graphene.Int(required=True, description="Lessons brought in.")
    losses = many(ImportLoss, description="What did not come in whole; empty: everything did.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "ImportOutcome":
        """Return the payload of what was not done."""
        return ImportOutcome(None, 0, (), (trouble,))


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What ImportPayload shows."""

    course: contract.Course | None
    imported: int
    losses: Sequence[contract.ImportLoss]
    user_errors: Sequence[Trouble] = ()


async def import_course(context: Context, given: Any) -> ImportOutcome:
    """Bring a package in."""
    if given.package is not None and given.upload_id is not None:
        raise Invalid("Send the package or its uploadId, not both.", path=("uploadId",))
    package = contract.ImportCourse(
        format=given.format,
        package=b"" if given.upload_id else _unpack(given.package),
        upload_id=given.upload_id,
        slug=given.slug,
        publish=bool(given.publish),
    )
    done = await context.clients.authoring.import_course(context.signed_in, package)
    if done.course is not None:
        context.surroundings.published.forget(done.course.id)
    troubles = [trouble_of(problem) for problem in done.problems]
    return ImportOutcome(done.course, done.imported, done.losses, troubles)


def _unpack(package: str | None) -> bytes:
    if package is None:
        raise Invalid("Send the package in base64, or its uploadId.", path=("package",))
    try:
        content = b64decode(package, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(f"The package is not base64: {error}.", path=("package",)) from error
    if len(content) > MAX_PACKAGE_BYTES:
        raise LimitReached("A package may have 8 MB.", path=("package",))
    return content
