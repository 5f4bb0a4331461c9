"""The files of a pack as they are written: a lesson in one language, and the index of a version.

`graphql/pack.schema.json` is printed from these records. Names and shapes are those of the GraphQL
types, with two differences: ids are loose (they name an item in every version, so a lesson that did
not change is the same file), and pictures and skills are named by what a phone without network has.
"""

from services.content.domain.pack.document.blocks import (
    AnyBlock,
    AudioBlock,
    Block,
    CalloutBlock,
    Caption,
    CodeBlock,
    Flashcard,
    FlashcardBlock,
    ImageBlock,
    QuestionBlock,
    Rendition,
    TextBlock,
    VideoBlock,
)
from services.content.domain.pack.document.entries import (
    Entry,
    Image,
    ImageFile,
)
from services.content.domain.pack.document.files import (
    IndexedLesson,
    IndexedModule,
    Lesson,
    PackIndex,
    Skill,
)
from services.content.domain.pack.document.questions import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    Question,
    TextEntryQuestion,
)

__all__ = [
    "AnyBlock",
    "AnyQuestion",
    "AudioBlock",
    "Block",
    "CalloutBlock",
    "Caption",
    "Choice",
    "ChoiceQuestion",
    "CodeBlock",
    "Entry",
    "Flashcard",
    "FlashcardBlock",
    "Gap",
    "GapQuestion",
    "Image",
    "ImageBlock",
    "ImageFile",
    "IndexedLesson",
    "IndexedModule",
    "Lesson",
    "MatchQuestion",
    "NumericQuestion",
    "OrderQuestion",
    "PackIndex",
    "Question",
    "QuestionBlock",
    "Rendition",
    "Skill",
    "TextBlock",
    "TextEntryQuestion",
    "VideoBlock",
]
