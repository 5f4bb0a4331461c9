"""What stands on a badge that is drawn for an achievement without a picture of its own."""

from collections.abc import Iterable, Mapping

from services.content.contract import Level
from services.credentials.domain.achievement import names_role
from services.credentials.domain.printed import is_rtl, shown
from services.kit.records import Json, Record

LEVELS = {Level.BEGINNER: 1, Level.INTERMEDIATE: 2, Level.ADVANCED: 3}
"""Stars, and colour, of a badge; 0 where there is no level."""
MAX_NAME, MAX_ISSUER, MAX_SKILLS = 140, 90, 130


class Badge(Record):
    """The words and the colour of a badge."""

    name: str
    issuer: str
    skills: str
    """With dots between them; empty for none."""
    level: int = 0
    language: str
    rtl: bool


def make_badge(achievement: Mapping[str, Json], *, issuer: str, level: Level | None) -> Badge:
    """Return the badge of an Achievement as it stands in a credential."""
    language = str(achievement.get("inLanguage") or "en")
    skills, _ = targets(achievement)
    return Badge(
        name=shown(str(achievement["name"]), limit=MAX_NAME),
        issuer=shown(issuer, limit=MAX_ISSUER),
        skills=shown(_joined(skills), limit=MAX_SKILLS),
        level=LEVELS.get(level, 0) if level else 0,
        language=language.partition("-")[0].lower(),
        rtl=is_rtl(language),
    )


def targets(achievement: Mapping[str, Json]) -> tuple[list[str], list[str]]:
    """Return the names of the skills and of the job roles that an Achievement is aligned with."""
    found: tuple[list[str], list[str]] = ([], [])
    for item in achievement.get("alignment") or ():
        found[names_role(item)].append(str(item["targetName"]))
    found[0].extend(map(str, achievement.get("tag") or ()))
    return found


def _joined(names: Iterable[str]) -> str:
    """Return names with dots between them, as many as are wholly shown."""
    line = ""
    for name in names:
        longer = f"{line} · {name}" if line else name
        if line and len(longer) > MAX_SKILLS:
            break
        line = longer
    return line
