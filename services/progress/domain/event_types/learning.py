"""Types of event about a lesson."""

from services.progress.domain.event_types.shape import UUID, EventType, Field
from services.progress.domain.lists import Pairs, Stretches, Texts
from services.progress.domain.rules import Flag, Number

MAX_SECONDS = 86_400
MAX_PARTS = 200
"""Choices, pairs, texts or stretches in one event."""

SECONDS = Field(
    name="seconds",
    rule=Number(low=0, high=MAX_SECONDS),
    about="How long it was looked at; a look counts for 10 minutes at most.",
)
_RESPONSES = (
    Field(
        name="choiceIds",
        rule=Texts(most=MAX_PARTS, allowed=f"a list of choice ids, at most {MAX_PARTS}"),
        about="Choice: what was picked. Order: all choices, as the learner put them.",
    ),
    Field(
        name="pairs",
        rule=Pairs(
            most=MAX_PARTS, allowed=f"a list of [source id, target id], at most {MAX_PARTS}"
        ),
        about="Match: [source id, target id] each.",
    ),
    Field(
        name="texts",
        rule=Texts(most=MAX_PARTS, allowed=f"a list of texts, at most {MAX_PARTS}"),
        about="Text entry: one text. Gaps: one a gap in order, what was typed or the id of the "
        'choice picked, "" for one left empty.',
    ),
    Field(name="number", rule=Number(), about="Numeric: the number."),
)
_ATTEMPT = Field(
    name="attempt",
    rule=UUID,
    required=True,
    about="The attempt, made on the phone: its answers have the same.",
)

LEARNING = (
    EventType(name="lesson.started", about="A lesson was opened.", ref=("version", "lesson")),
    EventType(
        name="block.viewed",
        about="A card was on the screen.",
        ref=("version", "lesson", "block"),
        body=(SECONDS,),
    ),
    EventType(
        name="media.progressed",
        about="Stretches of a recording were played: what was heard or seen is their union.",
        ref=("version", "lesson", "block"),
        body=(
            Field(
                name="played",
                rule=Stretches(most=MAX_PARTS, longest=MAX_SECONDS),
                required=True,
                about="[from, until] each, in seconds of the recording.",
            ),
            SECONDS,
        ),
    ),
    EventType(
        name="question.answered",
        about="A question was answered. The body holds exactly one response.",
        ref=("version", "lesson", "question"),
        body=(
            Field(
                name="attempt",
                rule=UUID,
                about="The attempt that it belongs to, made on the phone; assessments need it.",
            ),
            SECONDS,
            Field(
                name="tooEasy",
                rule=Flag(),
                about="The learner says so: a right answer counts as grade 4 for its reviews.",
            ),
        ),
        one_of=_RESPONSES,
    ),
    EventType(
        name="hint.used",
        about="A hint was asked for: a right answer after it on the same study day is grade 2.",
        ref=("version", "lesson", "question"),
    ),
    EventType(
        name="attempt.started",
        about="An attempt at an assessment began.",
        ref=("version", "lesson"),
        body=(_ATTEMPT,),
    ),
    EventType(
        name="attempt.submitted",
        about="An attempt at an assessment was handed in: its receipt carries the mark.",
        ref=("version", "lesson"),
        body=(_ATTEMPT,),
    ),
    EventType(
        name="lesson.completed",
        about="The learner finished a lesson: it counts once all blocks were viewed and all "
        "questions answered.",
        ref=("version", "lesson"),
    ),
    EventType(
        name="lesson.reset",
        about="The learner starts a lesson over: what was seen, answered and completed before "
        "no longer counts. Attempts handed in, time spent and credentials stay.",
        ref=("version", "lesson"),
    ),
    EventType(
        name="position.moved",
        about="The learner went to a card.",
        ref=("version", "lesson", "block"),
    ),
)
"""In the order of a lesson."""
