"""Pathways as files: read and saved, and written again."""

import msgspec

from services.content import contract
from services.content.contract import CatalogApi, Pathway, PathwaysApi, Problem, SavePathway
from services.content.domain import native
from services.content.domain.course import Achievement
from services.kit.errors import Code, Invalid, NotFound
from services.kit.records import Actor, PageArgs, Record

_PAGE = 100


class PathwaySaved(Record):
    """The pathway of a file as it is stored, or why it is not."""

    pathway: Pathway | None = None
    problems: tuple[Problem, ...] = ()


class PathwayWritten(Record):
    """The file of a pathway."""

    slug: str
    content: bytes
    lacks: tuple[str, ...] = ()
    """What a file does not hold, in words."""


class PathwayFiles:
    """Saves pathways from files and writes them: courses go by their slugs, and are published."""

    def __init__(self, pathways: PathwaysApi, catalog: CatalogApi) -> None:
        """Keep who saves pathways, and who knows courses."""
        self._pathways = pathways
        self._catalog = catalog

    async def save(self, actor: Actor, content: bytes) -> PathwaySaved:
        """Save the pathway of a file in place of the one of its slug; repeating changes nothing."""
        parsed = native.parse_pathway(content)
        if parsed.pathway is None:
            return PathwaySaved(
                problems=tuple(_problem(each.message, *each.path) for each in parsed.problems)
            )
        file = parsed.pathway
        courses = await self._catalog.courses_by_slug(file.courses)
        unknown = [
            _missing(slug, line)
            for slug, line, course in zip(file.courses, parsed.lines, courses, strict=True)
            if course is None
        ]
        if unknown:
            return PathwaySaved(problems=tuple(unknown))
        (known,) = await self._pathways.pathways_by_slug((file.slug,))
        given = SavePathway(
            id=None if known is None else known.id,
            slug=file.slug,
            language=file.language,
            title=file.title,
            summary=file.summary,
            course_ids=tuple(course.id for course in courses if course is not None),
            achievement=None if file.achievement is None else msgspec.to_builtins(file.achievement),
        )
        try:
            return PathwaySaved(pathway=await self._pathways.save_pathway(actor, given))
        except Invalid as error:
            where = ".".join(error.path)
            return PathwaySaved(problems=(_problem(f"{where}: {error.message}", native.PATHWAY),))

    async def slugs(self) -> tuple[str, ...]:
        """Return the slugs of all pathways."""
        found: list[str] = []
        after: str | None = None
        while True:
            page = await self._pathways.pathway_page(PageArgs(first=_PAGE, after=after))
            found += [pathway.slug for pathway in page.nodes]
            if not page.has_next:
                return tuple(found)
            after = page.cursors[-1]

    async def write(self, slug: str) -> PathwayWritten:
        """Return the file of a pathway; NotFound when there is none of that slug."""
        (pathway,) = await self._pathways.pathways_by_slug((slug,))
        if pathway is None:
            raise NotFound(f"There is no pathway {slug!r}.", path=("slug",))
        courses = await self._catalog.courses(pathway.course_ids)
        slugs = tuple(course.slug for course in courses if course is not None)
        award = pathway.achievement
        file = native.PathwayFile(
            slug=pathway.slug,
            language=pathway.language,
            title=pathway.title,
            summary=pathway.summary,
            courses=slugs,
            achievement=None if award is None else _achievement(award),
        )
        lacks = []
        if len(slugs) < len(courses):
            lacks.append(f"{len(courses) - len(slugs)} courses that are not published")
        if award is not None and award.image is not None:
            lacks.append("the picture of its achievement")
        return PathwayWritten(slug=slug, content=native.write_pathway(file), lacks=tuple(lacks))


def _achievement(award: contract.AchievementDefinition) -> Achievement:
    return Achievement(
        name=award.name,
        description=award.description,
        criteria=award.criteria,
        version=award.version,
        pass_score=award.pass_score,
        valid_for_days=award.valid_for_days,
    )


def _problem(message: str, *path: str) -> Problem:
    return Problem(code=Code.INVALID, message=message, path=path)


def _missing(slug: str, line: int) -> Problem:
    at = f"{native.PATHWAY}, line {line}: "
    return _problem(f"{at}there is no published course `{slug}`", native.PATHWAY, str(line), slug)
