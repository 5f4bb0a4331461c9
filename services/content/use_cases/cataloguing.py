"""Keeping the catalogue up to the published pointers, whoever moved them and whatever broke off."""

from collections.abc import Iterator

import msgspec

from services.content.contract import Course
from services.content.domain.course import Course as Document
from services.content.domain.course import LessonKind, Texts
from services.content.domain.freezing import thaw
from services.content.domain.search import SearchText, facet, fold, index_keys, search_terms
from services.content.domain.texts import all_texts
from services.content.use_cases.ports import (
    CatalogEntry,
    CatalogStore,
    CourseStore,
    Published,
    VersionStore,
)
from services.content.use_cases.skill_store import SkillStore


class Cataloguing:
    """Brings the catalogue up to the published pointers; repeating it changes nothing."""

    def __init__(
        self,
        courses: CourseStore,
        versions: VersionStore,
        catalogue: CatalogStore,
        skills: SkillStore,
    ) -> None:
        """Keep the stores."""
        self._courses = courses
        self._versions = versions
        self._catalogue = catalogue
        self._skills = skills

    async def catch_up(self) -> None:
        """Bring in what was left undone, by a process that ended or an earlier release."""
        for course_id in await self._courses.uncatalogued():
            await self.renew(course_id)

    async def renew(self, course_id: str) -> None:
        """Bring the entry of a course up to its pointer: call it after each move."""
        while True:
            pointer = await self._courses.pointer(course_id)
            if pointer.moves == 0:
                return
            if pointer.published is None:
                await self._catalogue.remove_entry(course_id, moves=pointer.moves)
            else:
                await self._enter(course_id, pointer.published, moves=pointer.moves)
            if await self._courses.set_catalogued(course_id, moves=pointer.moves):
                return

    async def _enter(self, course_id: str, published: Published, *, moves: int) -> None:
        document = await self._document(published)
        entry = catalog_entry(document, course_id=course_id, published=published, moves=moves)
        card = msgspec.msgpack.decode(published.card, type=Course)
        await self._skills.declare((*card.skills, *card.job_roles))
        await self._catalogue.put_entry(entry)

    async def _document(self, published: Published) -> Document:
        versions = await self._versions.versions({published.hash})
        return thaw(versions[published.hash].canonical).course


def catalog_entry(
    document: Document, *, course_id: str, published: Published, moves: int
) -> CatalogEntry:
    """Return the entry of a published course."""
    card = msgspec.msgpack.decode(published.card, type=Course)
    terms = search_terms(_search_text(document, card))
    return CatalogEntry(
        course_id=course_id,
        moves=moves,
        at=published.at,
        card=published.card,
        title=fold(card.title[card.language]),
        minutes=card.minutes,
        terms=(*terms, *_facets(card)),
        keys=(*index_keys(terms), *_facets(card)),
    )


def _search_text(course: Document, card: Course) -> SearchText:
    skills, roles = [each.name for each in card.skills], [each.name for each in card.job_roles]
    return SearchText(
        title=(*course.title.values(), course.slug),
        skill=(*skills, *roles, *course.tags),
        summary=tuple(course.summary.values()),
        body=tuple(text for texts in _body(course) for text in texts.values()),
    )


def _body(course: Document) -> Iterator[Texts]:
    """Yield the texts to search in; of assessments the titles, since words tell answers."""
    for module in course.modules:
        yield module.title
        for lesson in module.lessons:
            hidden = lesson.kind is LessonKind.ASSESSMENT
            yield from (text for _, text in all_texts(lesson.title if hidden else lesson))


def _facets(card: Course) -> tuple[str, ...]:
    found = (
        *(facet("skill", skill.id) for skill in card.skills),
        *(facet("role", role.id) for role in card.job_roles),
        *(facet("tag", tag) for tag in card.tags),
        *(facet("locale", locale) for locale in card.locales),
        facet("level", card.level),
    )
    return tuple(dict.fromkeys(found))
