"""Closed vocabularies of content, and texts in several languages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

LocalText: TypeAlias = Mapping[str, str]
"""BCP 47 tag to text; the course's own language is always among them."""


class Level(StrEnum):
    """How much a course expects."""

    BEGINNER = "BEGINNER"
    INTERMEDIATE = "INTERMEDIATE"
    ADVANCED = "ADVANCED"


class LessonKind(StrEnum):
    """PRACTICE carries its answers; ASSESSMENT is marked by the server alone."""

    PRACTICE = "PRACTICE"
    ASSESSMENT = "ASSESSMENT"


class CatalogOrder(StrEnum):
    """Order of a catalogue page."""

    RELEVANCE = "RELEVANCE"
    NEWEST = "NEWEST"
    TITLE = "TITLE"
    SHORTEST = "SHORTEST"


class ImportFormat(StrEnum):
    """Formats that a course can be brought in from."""

    MARKDOWN = "MARKDOWN"
    OLX = "OLX"
    QTI = "QTI"
    COMMON_CARTRIDGE = "COMMON_CARTRIDGE"
    ANKI = "ANKI"
    H5P = "H5P"


class LossSeverity(StrEnum):
    """What became of something that could not be brought in whole."""

    CHANGED = "CHANGED"
    READ_ONLY = "READ_ONLY"
    SKIPPED = "SKIPPED"
