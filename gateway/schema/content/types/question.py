"""Questions in six interactions, named as QTI 3 names them."""

from typing import Any

import graphene

from gateway.schema.connection import many, some
from gateway.schema.content.resolvers import question_skills
from gateway.schema.content.types.media import Image
from gateway.schema.content.types.skill import Skill
from gateway.schema.contract_type import ContractType, type_of
from gateway.schema.resolvers import Batched
from gateway.schema.scalars import JSON
from services.content import contract

ID_OF_VERSION = "Bound to its version; send it back in events as it is."
KEY = "What stays the same from version to version."
KEY_OF_CHOICE = f"{KEY} In assessments it follows from what is shown, so it tells no answer."


def ids(description: str) -> Any:
    """Return a field `[ID!]` that is null in assessments."""
    return some(graphene.ID, description=f"{description} Null in assessments.")


def accepted() -> Any:
    """Return the field of texts that are right."""
    return some(graphene.String, description="Every text that is right. Null in assessments.")


def case_sensitive() -> Any:
    """Return the field that says whether case counts."""
    return graphene.Boolean(
        required=True, description="True: upper and lower case must match an accepted text."
    )


class Choice(ContractType, record=contract.Choice, shown=True):
    """One thing to pick, to order or to match."""

    id = graphene.ID(required=True, description=ID_OF_VERSION)
    key = graphene.String(required=True, description=KEY_OF_CHOICE)
    text = graphene.String(required=True, description="Plain text to show.")
    image = graphene.Field(Image, description="A picture to show with the text, or in its place.")
    feedback = graphene.String(
        description="What to tell who picked it. Null when there is none, and in assessments."
    )


class Gap(ContractType, record=contract.Gap, shown=True):
    """A gap in a text. choices null: typed in; choices given: picked (inline choice or drag)."""

    id = graphene.ID(required=True, description=f"{ID_OF_VERSION} In the text it stands in braces.")
    key = graphene.String(required=True, description=KEY_OF_CHOICE)
    choices = some(Choice, description="What can be picked; null: the learner types.")
    accepted = accepted()
    case_sensitive = case_sensitive()


class Question(graphene.Interface):
    """A question of a lesson. Interaction names follow QTI 3.

    In assessments hint, explanation, feedback, mapping and every correct* and accepted field are
    null, and choices come permuted: the server marks.
    """

    id = graphene.ID(required=True, description=f"{ID_OF_VERSION} Events name it in ref.question.")
    key = graphene.String(required=True, description=KEY)
    prompt = graphene.String(required=True, description="What is asked, in plain text.")
    points = graphene.Float(required=True, description="Weight in the score of its lesson.")
    min_score = graphene.Float(
        required=True, description="Lowest score; below 0 where wrong picks cost."
    )
    max_score = graphene.Float(required=True, description="Score of a wholly right answer.")
    mapping = JSON(
        description="Partial credit, response to score, as QTI maps it; null: all or nothing."
    )
    skills = many(Skill, resolver=Batched(question_skills), description="What it exercises.")
    hint = graphene.String(description="Help that a learner may ask for before answering.")
    explanation = graphene.String(description="Why the answer is right; show it after answering.")

    @classmethod
    def resolve_type(cls, value: Any, _: Any) -> Any:
        """Return the type that shows the value."""
        return type_of(value)


class ChoiceQuestion(
    ContractType, record=contract.ChoiceQuestion, shown=True, interfaces=(Question,)
):
    """Pick one, or all that apply. Answer with `choiceIds`."""

    choices = many(Choice, description="In the order to show.")
    multiple = graphene.Boolean(required=True, description="True: all that apply; false: one.")
    correct_ids = ids("The choices that are right, no more and no fewer.")


class OrderQuestion(
    ContractType, record=contract.OrderQuestion, shown=True, interfaces=(Question,)
):
    """Put in order. Answer with `choiceIds` in the order chosen."""

    choices = many(Choice, description="In the order to show, which is not the right one.")
    correct_ids = ids("The choices in their right order.")


class MatchQuestion(
    ContractType, record=contract.MatchQuestion, shown=True, interfaces=(Question,)
):
    """Pair each source with a target. Answer with `pairs` of [source id, target id]."""

    sources = many(Choice, description="What to pair, each once.")
    targets = many(Choice, description="What to pair with.")
    correct_pairs = graphene.List(
        graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID))),
        description="The right pairs, [source id, target id] each. Null in assessments.",
    )


class TextEntryQuestion(
    ContractType, record=contract.TextEntryQuestion, shown=True, interfaces=(Question,)
):
    """Type a word or a phrase. Answer with one text in `texts`."""

    accepted = accepted()
    case_sensitive = case_sensitive()


class NumericQuestion(
    ContractType, record=contract.NumericQuestion, shown=True, interfaces=(Question,)
):
    """Type a number. Answer with `number`."""

    unit = graphene.String(description="Show it behind the input; it is not typed.")
    correct_number = graphene.Float(description="The right number. Null in assessments.")
    tolerance = graphene.Float(description="Absolute.")


class GapQuestion(ContractType, record=contract.GapQuestion, shown=True, interfaces=(Question,)):
    """Fill gaps in a text.

    Answer with `texts`, one a gap in order: what was typed, or the id of the choice picked.
    """

    text = graphene.String(
        required=True, description="The text with {gap id} where each gap stands."
    )
    gaps = many(Gap, description="In the order in which the text has them.")


QUESTION_TYPES = (
    ChoiceQuestion,
    OrderQuestion,
    MatchQuestion,
    TextEntryQuestion,
    NumericQuestion,
    GapQuestion,
)
