"""How much of a job role a badge proves: its alignments against the skills that the role asks for.

Whoever made the badge chose how to name a skill: by the address in a framework, by its code, or
by name alone. Any of these is enough; case, spaces, http or https and a last slash do not count.
"""

from collections.abc import Iterable, Mapping, Sequence

from services.content.contract import Skill
from services.credentials.domain.members import many, member, objects, text
from services.kit.records import Json


def proven(credential: Mapping[str, Json], skills: Sequence[Skill]) -> tuple[str, ...]:
    """Return the names of the role's skills that a credential has, or an Open Badges 2.0 class."""
    subject = member(credential, "credentialSubject")
    achievement = member(subject, "achievement") or credential
    alignments = [
        *objects(achievement.get("alignment")),
        *(
            aligned
            for result in objects(subject.get("result"))
            for aligned in objects(result.get("alignment"))
        ),
    ]
    named = {mark for aligned in alignments for mark in _marks_of_alignment(aligned)}
    tags = [*many(achievement.get("tag")), *many(achievement.get("tags"))]
    named |= {("name", _plain(tag)) for tag in tags if isinstance(tag, str)}
    return tuple(skill.name for skill in skills if named & set(_marks_of_skill(skill)))


def _marks_of_alignment(aligned: Mapping[str, Json]) -> Iterable[tuple[str, str]]:
    if url := text(aligned, "targetUrl"):
        yield "url", _address(url)
    if name := text(aligned, "targetName"):
        yield "name", _plain(name)
    framework = _plain(text(aligned, "targetFramework") or "")
    if (code := text(aligned, "targetCode")) and framework:
        yield "code", f"{framework} {_plain(code)}"


def _marks_of_skill(skill: Skill) -> Iterable[tuple[str, str]]:
    if skill.url:
        yield "url", _address(skill.url)
    for name in (skill.name, *skill.names.values()):
        yield "name", _plain(name)
    if skill.code and skill.framework:
        yield "code", f"{_plain(skill.framework)} {_plain(skill.code)}"


def _address(url: str) -> str:
    return url.strip().removeprefix("https://").removeprefix("http://").rstrip("/").casefold()


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()
