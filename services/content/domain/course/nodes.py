"""What all records of the course document share."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from services.kit.records import Record

Texts: TypeAlias = Mapping[str, str]
"""BCP 47 tag to text."""

DEFAULT_PASS_SCORE = 0.8
"""What passes an assessment or a course whose author did not say: a share of the points."""


class Level(StrEnum):
    """How much a course expects."""

    BEGINNER = "BEGINNER"
    INTERMEDIATE = "INTERMEDIATE"
    ADVANCED = "ADVANCED"


class LessonKind(StrEnum):
    """PRACTICE carries its answers to the phone; ASSESSMENT is marked by the server alone."""

    PRACTICE = "PRACTICE"
    ASSESSMENT = "ASSESSMENT"


class Tone(StrEnum):
    """What a callout is for."""

    NOTE = "note"
    TIP = "tip"
    WARNING = "warning"
    DANGER = "danger"


class Node(Record, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """Base of the records: camelCase in JSON, unknown fields refused, defaults left out."""


class Competency(Node):
    """A skill or a job role, with the public identifier of the framework it comes from."""

    name: str
    """As the framework has it."""
    description: str | None = None
    """What somebody can do who has it."""
    framework: str | None = None
    """Name of the public framework, such as ESCO."""
    code: str | None = None
    """Its code in the framework."""
    url: str | None = None
    """Its address in the framework."""


class Picture(Node):
    """A picture by the SHA-256 in hex of its original, with what it shows in words."""

    hash: str
    """SHA-256 in hex of the original."""
    alt: Texts
    """What it shows, for who cannot see it; publishing needs it."""
    file: str | None = None
    """Its name in the course folder."""
