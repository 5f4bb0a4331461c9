"""The course document.

What a draft holds, a version freezes and `graphql/course.schema.json` describes. Texts are
`{locale: text}` with the course's own language always among them. Items carry stable keys: lessons
unique in the course, blocks in their lesson, choices, gaps and cards in their block.
"""

from services.content.domain.course.blocks import (
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
from services.content.domain.course.document import (
    Achievement,
    Course,
    Lesson,
    Module,
)
from services.content.domain.course.nodes import (
    DEFAULT_PASS_SCORE,
    Competency,
    LessonKind,
    Level,
    Node,
    Picture,
    Texts,
    Tone,
)
from services.content.domain.course.questions import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MapEntry,
    MatchQuestion,
    NumericQuestion,
    Option,
    OrderQuestion,
    PointMap,
    Question,
    TextEntryQuestion,
)

__all__ = [
    "DEFAULT_PASS_SCORE",
    "Achievement",
    "AnyBlock",
    "AnyQuestion",
    "AudioBlock",
    "Block",
    "CalloutBlock",
    "Caption",
    "Choice",
    "ChoiceQuestion",
    "CodeBlock",
    "Competency",
    "Course",
    "Flashcard",
    "FlashcardBlock",
    "Gap",
    "GapQuestion",
    "ImageBlock",
    "Lesson",
    "LessonKind",
    "Level",
    "MapEntry",
    "MatchQuestion",
    "Module",
    "Node",
    "NumericQuestion",
    "Option",
    "OrderQuestion",
    "Picture",
    "PointMap",
    "Question",
    "QuestionBlock",
    "Rendition",
    "TextBlock",
    "TextEntryQuestion",
    "Texts",
    "Tone",
    "VideoBlock",
]
