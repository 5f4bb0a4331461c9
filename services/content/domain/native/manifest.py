"""course.yaml: what a course says of itself."""

from collections.abc import Mapping

import msgspec

from services.content.domain.course import (
    DEFAULT_PASS_SCORE,
    Achievement,
    Competency,
    Course,
    Level,
    Module,
    Picture,
    Texts,
)
from services.content.domain.keys import KEY, KEY_RULE, Keys, slug
from services.content.domain.native.scope import Scope, picture_name
from services.content.domain.native.section import Section
from services.content.domain.texts import LOCALE
from services.kit.records import Record

_COMPETENCY = ("name", "description", "framework", "code", "url")


class Planned(Record):
    """A module with the names of its lesson files, and the line of each."""

    module: Module
    lessons: tuple[tuple[str, int], ...]


class Translations:
    """The texts under `translations`, added to those that stand in place."""

    def __init__(self, sections: Mapping[str, Section]) -> None:
        """Keep what each language says."""
        self._sections = sections
        self._inner: list[Translations] = []

    def add(self, name: str, texts: Texts | None) -> Texts:
        """Return a text with its translations."""
        more = {tag: section.text(name) for tag, section in self._sections.items()}
        return {**(texts or {}), **{tag: text for tag, text in more.items() if text}}

    def section(self, name: str) -> "Translations":
        """Return the translations of what is inside `name`."""
        inner = {tag: section.section(name) for tag, section in self._sections.items()}
        self._inner.append(Translations(inner))
        return self._inner[-1]

    def done(self) -> None:
        """Report what is translated and stands nowhere."""
        for section in self._sections.values():
            section.done()
        for inner in self._inner:
            inner.done()


def read_translations(head: Section, language: str) -> Translations:
    """Return what a file says under `translations`; a tag that is none is reported."""
    found = head.section("translations")
    for tag in found.names:
        if not LOCALE.fullmatch(tag) or tag == language:
            message = f"`{tag}` is no language tag of a translation, such as es or pt-BR"
            found.report.add(found.file, found.line_of(tag), message)
    return Translations({tag: found.section(tag) for tag in found.names})


class ManifestReader:
    """Reads course.yaml into a course without its lessons."""

    def __init__(self, head: Section, scope: Scope) -> None:
        """Keep the mapping; its `language` is read first, since texts need it."""
        self._head = head
        self._scope = scope
        self.language = head.text("language") or "en"
        if not LOCALE.fullmatch(self.language):
            self._add("language", "`language` is a language tag, such as en or pt-BR")

    def read(self, given_slug: str | None) -> tuple[Course, tuple[Planned, ...]]:
        """Return the course and what its modules hold; `given_slug` takes the place of its own."""
        head, translations = self._head, read_translations(self._head, self.language)
        title = translations.add("title", head.texts("title", self.language, required=True))
        own = head.text("slug")
        name = given_slug or own or slug(title.get(self.language, "course"))
        if not KEY.fullmatch(name):
            self._add("slug", f"`slug` is {KEY_RULE}")
        skills = self._competencies("skills")
        self._scope.declare(skills)
        course = Course(
            slug=name,
            language=self.language,
            title=title,
            summary=translations.add(
                "summary", head.texts("summary", self.language, required=True)
            ),
            level=Level(
                head.choice("level", [level.lower() for level in Level], "beginner").upper()
            ),
            tags=head.words("tags"),
            cover=self._picture(head.section("cover"), translations),
            skills=skills,
            job_roles=self._competencies("job_roles"),
            achievement=self.achievement(translations),
        )
        planned = self._modules(translations)
        translations.done()
        head.done()
        return course, planned

    def _add(self, name: str, message: str) -> None:
        self._scope.report.add(self._head.file, self._head.line_of(name), message)

    def _competencies(self, name: str) -> tuple[Competency, ...]:
        return tuple(filter(None, map(self._competency, self._head.sections(name))))

    def _competency(self, section: Section) -> Competency | None:
        values = {name: section.text(name, required=name == "name") for name in _COMPETENCY}
        section.done()
        return msgspec.convert(values, Competency) if values["name"] else None

    def _picture(
        self, section: Section, translations: Translations, fallback: Texts | None = None
    ) -> Picture | None:
        """Return a picture of course.yaml: `file` with `alt`, or `alt_es` beside it."""
        if not section.names:
            return None
        file = section.text("file", required=True)
        alt = dict(section.texts("alt", self.language, required=fallback is None) or fallback or {})
        for name in section.names:
            if name.startswith("alt_"):
                alt[name.removeprefix("alt_")] = section.text(name) or ""
        section.allow("name")
        section.done()
        if file is None:
            return None
        found = self._scope.find(file, beside=section.file, line=section.line_of("file"))
        return Picture(
            hash=found or "",
            alt=translations.add("cover", alt),
            file=section.text("name") or picture_name(file, found or ""),
        )

    def achievement(
        self, translations: Translations, *, has_badge: bool = True
    ) -> Achievement | None:
        """Return what is awarded, if anything is; without `has_badge` no image may be named."""
        if "achievement" not in self._head:
            return None
        section, inner = self._head.section("achievement"), translations.section("achievement")
        name, description, criteria = (
            inner.add(field, section.texts(field, self.language, required=True))
            for field in ("name", "description", "criteria")
        )
        score = section.share("pass")
        achievement = Achievement(
            name=name,
            description=description,
            criteria=criteria,
            version=section.text("version") or "1",
            pass_score=DEFAULT_PASS_SCORE if score is None else score,
            valid_for_days=section.integer("valid_for_days"),
            image=self._badge(section, name) if has_badge else None,
        )
        section.done()
        return achievement

    def _badge(self, section: Section, name: Texts) -> Picture | None:
        """Return the picture of an achievement; its alt text is its name unless it says one."""
        if section.is_section("image"):
            return self._picture(section.section("image"), Translations({}), name)
        file = section.text("image")
        if file is None:
            return None
        found = self._scope.find(file, beside=section.file, line=section.line_of("image"))
        return Picture(hash=found or "", alt=name, file=picture_name(file, found or ""))

    def _modules(self, translations: Translations) -> tuple[Planned, ...]:
        keys, planned = Keys(), []
        titles = translations.section("modules")
        for section in self._head.sections("modules"):
            title = section.texts("title", self.language, required=True) or {}
            at = (section.file, section.line)
            key = self._scope.key(keys, section.text("key"), title.get(self.language, ""), at=at)
            module = Module(key=key, title=titles.add(key, title))
            planned.append(Planned(module=module, lessons=section.lined_words("lessons")))
            section.done()
        return tuple(planned)
