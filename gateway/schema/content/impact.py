"""The preview of what publishing does to learners."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.content.mutations import CourseIdInput
from gateway.schema.contract_type import contract_enum
from gateway.schema.resolvers import Projected
from gateway.schema.results import Trouble, UserError, payload_field, trouble_of
from services.content import contract

QuestionChanges = contract_enum(
    contract.QuestionChange,
    {
        "SAME": "It is as it was.",
        "REWORDED": "Its words, hint or feedback changed: whoever was right still is.",
        "REKEYED": "What is marked changed: answers are marked again, and scores may rise.",
        "REMOVED": "It is gone.",
        "NEW": "It was not there.",
    },
)


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """What QuestionDifference shows."""

    lesson: str
    question: str
    change: contract.QuestionChange


@dataclass(frozen=True, slots=True)
class Preview:
    """What ImpactPreview shows."""

    mid_course: int
    completions_lost: int
    scores_raised: int
    lessons_changed: int
    pack_bytes_to_fetch: int
    questions: Sequence[ChangedQuestion]
    problems: Sequence[Trouble]
    advice: Sequence[Trouble]


class QuestionDifference(graphene.ObjectType):
    """A question that is not as it was."""

    lesson = graphene.String(required=True, description="The lesson's key.")
    question = graphene.String(required=True, description="The question's key.")
    change = graphene.Field(graphene.NonNull(QuestionChanges), description="What became of it.")


class ImpactPreview(graphene.ObjectType):
    """What publishing the draft would do to learners who are mid-course."""

    mid_course = graphene.Int(
        required=True,
        description="Learners who are enrolled and not through. They go on in the version that "
        "they began.",
    )
    completions_lost = graphene.Int(
        required=True, description="Completions that would be gone: always 0, and counted."
    )
    scores_raised = graphene.Int(
        required=True,
        description="Learners whose score a corrected key would raise; beyond 1,000 who missed "
        "such a question it is worked out from a sample of these. No score falls.",
    )
    lessons_changed = graphene.Int(
        required=True, description="Lessons that are new, changed or removed."
    )
    pack_bytes_to_fetch = graphene.Int(
        required=True,
        description="What a phone that has the published version downloads for this one: files of "
        "the pack before compression, pictures 720 pixels wide. While there are problems there is "
        "no pack, and it is the JSON of the changed lessons.",
    )
    questions = many(
        QuestionDifference, description="Questions that are not as they were, in order."
    )
    problems = many(
        UserError,
        resolver=Projected(lambda preview, _: preview.problems),
        description="What stands in the way of publishing.",
    )
    advice = many(
        UserError,
        resolver=Projected(lambda preview, _: preview.advice),
        description="What does not, and should be looked at: an achievement that names no skill or "
        "no job role of a framework, so that no employer can match it.",
    )


async def preview_publish(context: Context, given: Any) -> Preview:
    """Ask content what differs, and progress whom it concerns."""
    clients = context.clients
    preview = await clients.authoring.preview_publish(context.signed_in, given.course_id)
    (impact,) = await clients.impact.impacts((preview.target,))
    difference = preview.difference
    return Preview(
        mid_course=impact.mid_course,
        completions_lost=impact.completions_lost,
        scores_raised=impact.scores_raised,
        lessons_changed=difference.lessons_touched,
        pack_bytes_to_fetch=preview.bytes_to_fetch,
        questions=[
            ChangedQuestion(lesson, question, change)
            for path, change in difference.questions.items()
            if change is not contract.QuestionChange.SAME
            for lesson, _, question in (path.partition("/"),)
        ],
        problems=[trouble_of(problem) for problem in preview.problems],
        advice=[trouble_of(problem) for problem in preview.advice],
    )


class ImpactMutations(graphene.ObjectType):
    """The mutation that changes nothing."""

    preview_publish = payload_field(
        ImpactPreview,
        CourseIdInput,
        preview_publish,
        description="Authors: what publishing the draft would do to learners. Changes nothing.",
    )
