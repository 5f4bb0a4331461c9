"""Modules and lessons of a version."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.content.places import Placed, module_of, neighbour
from gateway.schema.content.resolvers import lesson_courses, lesson_progress
from gateway.schema.content.texts import locale_argument, localised
from gateway.schema.content.types.block import Block
from gateway.schema.content.types.question import KEY
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.languages import Shown, chain
from gateway.schema.node import Node
from gateway.schema.resolvers import Batched, Projected
from services.content import contract

LessonKinds = contract_enum(
    contract.LessonKind,
    {
        "PRACTICE": "Carries its answers, so that a phone marks it offline.",
        "ASSESSMENT": "Never carries an answer: the server marks it, and it counts for the score.",
    },
)


def _title(placed: Placed[Any]) -> tuple[contract.LocalText, str]:
    return placed.record.title, placed.version.language


def _blocks(
    lesson: Placed[contract.Lesson], _: Context, locale: str | None = None
) -> list[Shown[Any]]:
    languages = chain(locale, lesson.version.language)
    return [Shown(block, languages) for block in lesson.record.blocks]


class Lesson(ContractType, record=contract.Lesson, wrapped=True, interfaces=(Node,)):
    """Two to five minutes of blocks. Its id is bound to a version, so it stays as it is."""

    id = graphene.ID(
        required=True,
        description="Bound to its version: it returns that version's lesson for ever.",
    )
    key = graphene.String(required=True, description=KEY)
    title = localised(_title, "What it is called.")
    minutes = graphene.Int(required=True, description="How long it takes, about.")
    course = graphene.Field(
        graphene.NonNull("gateway.schema.content.types.course.Course"),
        resolver=Batched(lesson_courses),
        description="The course, as it is published now.",
    )
    module = graphene.Field(
        graphene.NonNull(lambda: Module),
        resolver=Projected(lambda lesson, _: module_of(lesson)),
        description="The module that it stands in.",
    )
    next = graphene.Field(
        lambda: Lesson,
        resolver=Projected(lambda lesson, _: neighbour(lesson, 1)),
        description="The one after it, across modules; null at the end of the course.",
    )
    previous = graphene.Field(
        lambda: Lesson,
        resolver=Projected(lambda lesson, _: neighbour(lesson, -1)),
        description="The one before it, across modules; null at the start of the course.",
    )
    kind = graphene.Field(
        graphene.NonNull(LessonKinds),
        description=(
            "PRACTICE lessons carry answers, so that a phone marks them offline; "
            "ASSESSMENT lessons never do: the server marks them."
        ),
    )
    attempt_limit = graphene.Int(
        description="Assessments: how often it may be tried; null: freely.",
    )
    pass_score = graphene.Float(
        description="Assessments: the share of the points that passes, 0 to 1.",
    )
    blocks = many(
        Block,
        locale=locale_argument(),
        resolver=Projected(_blocks),
        description="Its cards in order, every text inside in the language asked for.",
    )
    progress = graphene.Field(
        "gateway.schema.progress.types.LessonProgress",
        resolver=Batched(lesson_progress),
        description="Where the viewer is in it; null when signed out or not enrolled.",
    )


class Module(ContractType, record=contract.Module, wrapped=True):
    """A named run of lessons."""

    id = graphene.ID(required=True, description="Bound to its version, as a lesson's is.")
    key = graphene.String(required=True, description=KEY)
    title = localised(_title, "What it is called.")
    lessons = many(
        Lesson,
        resolver=Projected(
            lambda module, _: [Placed(lesson, module.version) for lesson in module.record.lessons]
        ),
        description="Its lessons in order.",
    )
