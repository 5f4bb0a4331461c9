"""What a phone may send: the fields of an event, and what each known type of event must hold.

The parser reads events by these tables, and `graphql/events.schema.json` is printed from them.
"""

from services.kit.records import Record
from services.progress.domain.rules import (
    AnyObject,
    Form,
    Instant,
    Number,
    Pairs,
    Rule,
    Text,
    Texts,
    TypeName,
    Whole,
)

MAX_SEQ = 2**31 - 1
MAX_OFFSET_MS = 10_000 * 366 * 86_400_000
"""No event is refused for its time: not that of a phone whose clock fell back to 1970."""
MAX_TZ_MINUTES = 24 * 60
MAX_NAME = 64
MAX_SECONDS = 86_400
MAX_PARTS = 200
"""Choices, pairs or texts in one response."""

SERVER_TYPES = (
    "enrolment.",
    "grade.",
    "attempt.released",
    "completion.waived",
    "assignment.",
    "credential.",
    "log.",
    "profile.",
)
"""Types (or their beginnings) that only the server makes."""

_HEX = "[0-9a-fA-F]"
UUID = Form(
    pattern=f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
    longest=36,
    allowed="a UUID with hyphens",
    lower=True,
)
TYPE = TypeName(
    form=Form(
        pattern=r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+",
        longest=MAX_NAME,
        allowed="a dotted name in lower case, such as lesson.started",
    ),
    reserved=SERVER_TYPES,
)
INSTANT = Instant(
    form=Form(
        pattern=(
            "(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
            r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
            "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
        ),
        longest=40,
        allowed="an RFC 3339 instant such as 2026-11-22T18:03:07.512Z",
    )
)
HASH = Form(
    pattern="[0-9a-f]{64}",
    longest=64,
    allowed="the hash of the course version: 64 hex digits in lower case",
)
ID = Text(longest=MAX_NAME, allowed="the id that the server gave")
SEQ = Whole(low=1, high=MAX_SEQ)
OBJECT = AnyObject()


class Field(Record):
    """One field; null stands for a field that is left out, unless it is required."""

    name: str
    rule: Rule
    about: str
    required: bool = False


class EventType(Record):
    """A type of event with what it needs besides the fields of every event."""

    name: str
    about: str
    ref: tuple[str, ...] = ()
    """Fields of `ref` that it needs."""
    body: tuple[Field, ...] = ()
    one_of: tuple[Field, ...] = ()
    """Fields of `body` of which it holds exactly one."""


EVENT = (
    Field(
        name="id",
        rule=UUID,
        required=True,
        about="Made on the phone at the act, version 7 preferred; unique per learner.",
    ),
    Field(
        name="type",
        rule=TYPE,
        required=True,
        about="What happened. A type that is not listed here is stored and folded once the server "
        "learns it.",
    ),
    Field(
        name="v",
        rule=Whole(low=1, high=1000),
        required=True,
        about="Version of the type's fields: 1.",
    ),
    Field(name="device", rule=UUID, required=True, about="The installation of the app."),
    Field(
        name="seq",
        rule=SEQ,
        required=True,
        about="The device's own counter, from 1 without gaps.",
    ),
    Field(
        name="at",
        rule=INSTANT,
        required=True,
        about="The phone's wall clock at the act, right or wrong.",
    ),
    Field(
        name="offset",
        rule=Whole(low=-MAX_OFFSET_MS, high=MAX_OFFSET_MS),
        about="Server time minus the phone's own in ms, as measured at the last sync before the "
        "event was made; null if never.",
    ),
    Field(
        name="tz",
        rule=Whole(low=-MAX_TZ_MINUTES, high=MAX_TZ_MINUTES),
        about="Local time minus UTC at the act, in minutes.",
    ),
    Field(
        name="zone",
        rule=Text(longest=MAX_NAME, allowed="the name of a time zone, such as Europe/Rome"),
        about="IANA time zone at the act.",
    ),
    Field(name="ref", rule=OBJECT, about="What it is about, by the ids that the phone was given."),
    Field(name="body", rule=OBJECT, about="What the learner gave, raw: never a score."),
)
"""The fields of every event. Others may stand beside them: they are kept and not read."""

REF = (
    Field(name="version", rule=HASH, about="CourseVersion.hash."),
    Field(name="lesson", rule=ID, about="Lesson.id, of that version."),
    Field(name="block", rule=ID, about="Block.id, of that lesson."),
    Field(name="question", rule=ID, about="Question.id, of that lesson."),
    Field(name="card", rule=ID, about="Flashcard.id, of that lesson."),
)
"""The fields of `ref`."""

_SECONDS = Field(
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
_KEPT = "Kept as sent; this server folds nothing from it yet."

EVENT_TYPES = {
    each.name: each
    for each in (
        EventType(name="lesson.started", about="A lesson was opened.", ref=("version", "lesson")),
        EventType(
            name="block.viewed",
            about="A card was on the screen.",
            ref=("version", "lesson", "block"),
            body=(_SECONDS,),
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
                _SECONDS,
            ),
            one_of=_RESPONSES,
        ),
        EventType(
            name="attempt.submitted",
            about="An attempt at an assessment was handed in: its receipt carries the mark.",
            ref=("version", "lesson"),
            body=(Field(name="attempt", rule=UUID, required=True, about="As its answers had it."),),
        ),
        EventType(
            name="lesson.completed",
            about="The learner finished a lesson: it counts once all blocks were viewed and all "
            "questions answered.",
            ref=("version", "lesson"),
        ),
        EventType(
            name="position.moved",
            about="The learner went to a card.",
            ref=("version", "lesson", "block"),
        ),
        EventType(name="media.progressed", about=f"A stretch of a recording was played. {_KEPT}"),
        EventType(name="hint.used", about=f"A hint was asked for. {_KEPT}"),
        EventType(name="attempt.started", about=f"An attempt at an assessment began. {_KEPT}"),
        EventType(name="lesson.reset", about=f"The learner starts a lesson over. {_KEPT}"),
        EventType(name="card.reviewed", about=f"A flashcard was graded, 1 to 4. {_KEPT}"),
        EventType(name="card.suspended", about=f"A flashcard is not to come back. {_KEPT}"),
        EventType(name="streak.frozen", about=f"A day off without losing the streak. {_KEPT}"),
        EventType(name="goal.set", about=f"The learner set a goal. {_KEPT}"),
        EventType(name="question.flagged", about=f"A question was reported as wrong. {_KEPT}"),
        EventType(name="bookmark.set", about=f"A bookmark was set or taken away. {_KEPT}"),
        EventType(name="preference.set", about=f"A setting was changed. {_KEPT}"),
        EventType(name="consent.changed", about=f"A consent was given or taken back. {_KEPT}"),
    )
}
"""Every type that a phone sends, by name."""
