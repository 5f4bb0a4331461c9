"""A course folder, or one Markdown file, to a course document."""

import posixpath
import re
from collections.abc import Mapping

import msgspec

from services.content.domain.course import Course, Module
from services.content.domain.keys import slug as make_slug
from services.content.domain.native.lesson_text import LessonText, is_lesson, read_lesson_text
from services.content.domain.native.lessons import LessonBuilder
from services.content.domain.native.manifest import ManifestReader, Planned
from services.content.domain.native.report import Report
from services.content.domain.native.scope import Scope
from services.content.domain.native.section import read_yaml
from services.content.domain.native.sides import Sides
from services.content.domain.problem import Problem
from services.content.domain.texts import missing_texts
from services.kit.records import Record

MANIFEST = "course.yaml"
_TRANSLATION = re.compile(r"(?P<stem>.+)\.(?P<locale>[a-z]{2,3}(?:-[A-Za-z0-9]{2,4})*)\.md")


class Unused(Record):
    """A file, or a text of a language, that the course does not use, and why."""

    path: str
    reason: str


class Parsed(Record):
    """What a folder holds: the course, or the problems for which there is none."""

    course: Course | None = None
    pictures: Mapping[str, str] = {}
    """SHA-256 in hex of each picture that the course shows, to its file."""
    problems: tuple[Problem, ...] = ()
    unused: tuple[Unused, ...] = ()


def parse(
    files: Mapping[str, bytes],
    *,
    slug: str | None = None,
    digests: Mapping[str, str] | None = None,
) -> Parsed:
    """Return the course of a folder given as path to content; paths are relative and use `/`.

    `slug` takes the place of the folder's own. A folder of one Markdown file and no course.yaml
    is a course of one module. `digests` gives the hashes of files that need not be reckoned.
    """
    report = Report()
    reader = _FolderReader(Scope(files, report, digests=digests), files, report)
    course = reader.read(slug)
    if course is None or report.problems:
        return Parsed(problems=report.problems)
    unused = [
        Unused(path=path, reason="nothing in the course uses it")
        for path in sorted(files.keys() - reader.used - set(reader.scope.pictures.values()))
    ]
    for tag, paths in missing_texts(course).items():
        reason = f"this language is not offered: {len(paths)} texts lack it, first "
        unused.append(Unused(path=tag, reason=reason + ".".join(paths[0])))
    return Parsed(course=course, pictures=reader.scope.pictures, unused=tuple(unused))


def is_native(files: Mapping[str, bytes]) -> bool:
    """Return whether a package is in this format: a folder, or one page that asks or says `kind`.

    What it is not is plain Markdown; a package without a page is left to `parse` to refuse.
    """
    pages = [path for path in files if path.endswith(".md") and not _is_translation(path)]
    if MANIFEST in files or not pages:
        return True
    return len(pages) == 1 and is_lesson(read_lesson_text(pages[0], files[pages[0]], Report()))


class _FolderReader:
    """Reads one folder, and keeps which of its files were used."""

    def __init__(self, scope: Scope, files: Mapping[str, bytes], report: Report) -> None:
        self.scope = scope
        self.used: set[str] = set()
        self._files = files
        self._report = report
        self._lessons = LessonBuilder(self.scope)

    def read(self, slug: str | None) -> Course | None:
        if MANIFEST in self._files:
            return self._read_folder(slug)
        pages = [path for path in self._files if path.endswith(".md") and not _is_translation(path)]
        if len(pages) == 1:
            return self._read_page(pages[0], slug)
        self._report.add(MANIFEST, 1, f"a course folder has a {MANIFEST}; or it is one .md file")
        return None

    def _read_folder(self, slug: str | None) -> Course | None:
        self.used.add(MANIFEST)
        text = self._files[MANIFEST].decode("utf-8-sig", errors="replace")
        head = read_yaml(text, file=MANIFEST, report=self._report)
        reader = ManifestReader(head, self.scope)
        course, planned = reader.read(slug)
        modules = tuple(self._module(plan, course.language) for plan in planned)
        return msgspec.structs.replace(course, modules=modules)

    def _module(self, plan: Planned, language: str) -> Module:
        lessons = []
        for name, line in plan.lessons:
            path = posixpath.normpath(name if name.endswith(".md") else f"{name}.md")
            if path not in self._files:
                message = f"there is no lesson file `{path}` in the folder"
                self._report.add(MANIFEST, line, message, item=name)
            elif path in self.used:
                self._report.add(MANIFEST, line, f"the lesson `{path}` is listed twice", item=name)
            else:
                lessons.append(self._lessons.build(self._sides(path, language)))
        return msgspec.structs.replace(plan.module, lessons=tuple(lessons))

    def _sides(self, path: str, language: str) -> Sides[LessonText]:
        """Return a lesson file with the translations that stand beside it."""
        files = {language: path}
        for other in sorted(self._files):
            match = _TRANSLATION.fullmatch(other)
            if match is not None and f"{match['stem']}.md" == path and match["locale"] != language:
                files[match["locale"]] = other
        self.used |= set(files.values())
        texts = {
            tag: read_lesson_text(file, self._files[file], self._report, translates=tag != language)
            for tag, file in files.items()
        }
        return Sides(language, texts, files)

    def _read_page(self, path: str, slug: str | None) -> Course:
        """Return a course of one module: its front matter says what course.yaml would."""
        self.used.add(path)
        text = read_lesson_text(path, self._files[path], self._report)
        head = text.head
        language = head.text("language") or "en"
        title = {language: text.title}
        summary = {language: head.text("summary") or text.title}
        name = slug or head.text("slug") or make_slug(text.title)
        lessons = self._lessons.build_cut(Sides(language, {language: text}, {language: path}))
        module = Module(key=lessons[0].key, title=title, lessons=lessons)
        return Course(slug=name, language=language, title=title, summary=summary, modules=(module,))


def _is_translation(path: str) -> bool:
    return _TRANSLATION.fullmatch(path) is not None
