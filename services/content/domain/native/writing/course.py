"""A course document to the files of its folder."""

import re
from collections.abc import Mapping, Sequence

from services.content.domain.course import Competency, Course, Lesson
from services.content.domain.identity import skill_id
from services.content.domain.keys import slug
from services.content.domain.native.parse import MANIFEST, parse
from services.content.domain.native.report import Report
from services.content.domain.native.scope import Scope
from services.content.domain.native.writing.forms import FormWriter
from services.content.domain.native.writing.lessons import LessonWriter
from services.content.domain.native.writing.manifest import ManifestWriter
from services.content.domain.native.writing.names import PictureNames
from services.kit.errors import Invalid

_ODD = re.compile(r"[,\"{}\s](?<! )")
"""What would end the name of a skill in braces."""


def write(course: Course, pictures: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the folder of a course, path to content, which `parse` reads as that very course.

    `pictures` are the bytes of its pictures by SHA-256 in hex; one that is not there is left out.
    Invalid for a draft that no folder holds, such as one with a key twice.
    """
    names = PictureNames(course, pictures)
    stems = _stems(course.lessons)
    scope = Scope(dict.fromkeys(names.digests, b""), Report(), digests=names.digests)
    scope.declare(course.skills)
    skills = _skill_names(course.skills, scope)
    forms = FormWriter(course.language, names, lambda skill: skills.get(skill, skill))
    writer = LessonWriter(course.language, scope, forms)
    files = {
        MANIFEST: ManifestWriter(course.language, names).write(
            course, {key: f"{stem}.md" for key, stem in stems.items()}
        )
    }
    for lesson in course.lessons:
        files |= writer.write(lesson, stems[lesson.key])
    written = {path: text.encode() for path, text in files.items()}
    _check(course, written, names)
    found = {path: pictures[hash_] for path, hash_ in names.digests.items() if hash_ in pictures}
    return written | found


def _stems(lessons: Sequence[Lesson]) -> dict[str, str]:
    """Return the names of lesson files without their endings, by key: in order of the course."""
    width = max(2, len(str(len(lessons))))
    return {
        lesson.key: f"{place:0{width}}-{slug(lesson.key)}"
        for place, lesson in enumerate(lessons, start=1)
    }


def _skill_names(skills: tuple[Competency, ...], scope: Scope) -> dict[str, str]:
    """Return what lessons call each skill, by id: its code, name or address, or else the id."""
    names: dict[str, str] = {}
    for skill in skills:
        own = skill_id(skill)
        words = (word for word in (skill.code, skill.name, skill.url) if word)
        fitting = (word for word in words if not _ODD.search(word) and _calls(scope, word, own))
        names[own] = next(fitting, own)
    return names


def _calls(scope: Scope, word: str, skill: str) -> bool:
    return scope.trial().skills((word,), at=("", 0)) == (skill,)


def _check(course: Course, files: Mapping[str, bytes], names: PictureNames) -> None:
    """Raise Invalid unless a folder reads back as its course."""
    whole = dict.fromkeys(names.digests, b"") | dict(files)
    parsed = parse(whole, digests=names.digests)
    if parsed.course != course:
        why = parsed.problems[0].message if parsed.problems else "it would not read back as it is"
        raise Invalid(f"A folder cannot hold this course yet: {why}.")
