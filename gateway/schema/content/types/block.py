"""Blocks: the cards of a lesson."""

from typing import Any

import graphene

from gateway.schema.connection import many
from gateway.schema.content.types.media import Caption, Image, Rendition, absolute
from gateway.schema.content.types.question import ID_OF_VERSION, KEY, Question
from gateway.schema.contract_type import ContractType, type_of
from services.content import contract

MARKDOWN = "As the author wrote it (CommonMark)."
HTML = "Rendered and sanitised at publish: safe to show as it is."


class Block(graphene.Interface):
    """A card of a lesson. Texts are in the language that `Lesson.blocks(locale:)` asked for.

    A phone that meets a type it does not know shows the next block.
    """

    id = graphene.ID(required=True, description=f"{ID_OF_VERSION} Events name it in ref.block.")
    key = graphene.String(required=True, description=KEY)

    @classmethod
    def resolve_type(cls, value: Any, _: Any) -> Any:
        """Return the type that shows the value."""
        return type_of(value)


class TextBlock(ContractType, record=contract.TextBlock, shown=True, interfaces=(Block,)):
    """Prose."""

    markdown = graphene.String(required=True, description=MARKDOWN)
    html = graphene.String(required=True, description=HTML)


class ImageBlock(ContractType, record=contract.ImageBlock, shown=True, interfaces=(Block,)):
    """A picture."""

    image = graphene.Field(graphene.NonNull(Image), description="The picture.")
    caption = graphene.String(description="A line to show under it.")


class AudioBlock(ContractType, record=contract.AudioBlock, shown=True, interfaces=(Block,)):
    """A recording."""

    url = graphene.String(required=True, resolver=absolute("url"), description="Where to fetch it.")
    transcript = graphene.String(description="What is said, for people who do not hear it.")
    seconds = graphene.Int(description="How long it plays.")


class VideoBlock(ContractType, record=contract.VideoBlock, shown=True, interfaces=(Block,)):
    """A film, with captions or a transcript."""

    renditions = many(Rendition, description="Encodings to choose from.")
    captions = many(Caption, description="One a language.")
    transcript = graphene.String(description="What is said and shown.")
    seconds = graphene.Int(description="How long it plays.")
    poster = graphene.Field(Image, description="A picture to show before it plays.")


class CodeBlock(ContractType, record=contract.CodeBlock, shown=True, interfaces=(Block,)):
    """Source code to read."""

    language = graphene.String(required=True, description="Programming language, in lower case.")
    source = graphene.String(required=True, description="The code, as it is.")


class CalloutBlock(ContractType, record=contract.CalloutBlock, shown=True, interfaces=(Block,)):
    """A remark set apart from the text."""

    tone = graphene.String(required=True, description="note, tip, warning or danger.")
    markdown = graphene.String(required=True, description=MARKDOWN)
    html = graphene.String(required=True, description=HTML)


class Flashcard(ContractType, record=contract.Flashcard, shown=True):
    """A card to remember."""

    id = graphene.ID(required=True, description=f"{ID_OF_VERSION} Events name it in ref.card.")
    key = graphene.String(required=True, description=KEY)
    front = graphene.String(required=True, description="What is shown first.")
    back = graphene.String(required=True, description="What is remembered.")


class FlashcardBlock(ContractType, record=contract.FlashcardBlock, shown=True, interfaces=(Block,)):
    """Cards that join the learner's spaced repetition."""

    cards = many(Flashcard, description="In order.")


class QuestionBlock(ContractType, record=contract.QuestionBlock, shown=True, interfaces=(Block,)):
    """A block that asks; block and question have the same key."""

    question = graphene.Field(graphene.NonNull(Question), description="What is asked.")


BLOCK_TYPES = (
    TextBlock,
    ImageBlock,
    AudioBlock,
    VideoBlock,
    CodeBlock,
    CalloutBlock,
    FlashcardBlock,
    QuestionBlock,
)
