"""The fields of an event, and the shape of what a type adds to them."""

from services.kit.records import Record
from services.progress.domain.rules import (
    AnyObject,
    Form,
    Instant,
    Rule,
    Text,
    TypeName,
    Whole,
)

MAX_SEQ = 2**31 - 1
MAX_OFFSET_MS = 10_000 * 366 * 86_400_000
"""No event is refused for its time: not that of a phone whose clock fell back to 1970."""
MAX_TZ_MINUTES = 24 * 60
MAX_NAME = 64

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
    one_ref: tuple[str, ...] = ()
    """Fields of `ref` of which it has exactly one."""
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
