"""The catalogue over the real database: search, facets, orders, paging, and reads by id."""

import pytest
from msgspec.structs import replace

from services.content.app import Content
from services.content.contract import (
    CatalogFilter,
    CatalogOrder,
    CatalogQuery,
    ImageBlock,
    Level,
    PictureName,
)
from services.kit.errors import Invalid
from services.kit.records import Actor, PageArgs
from tests.services.content.samples import folder, package, picture

COURSES = {
    "adding": ("Adding numbers", "beginner", "A1", "word " * 20),
    "taking": ("Taking away", "advanced", "B2", "adding word " * 200),
    "shapes": ("Éclairs and shapes", "beginner", "C3", "words " * 600),
}


@pytest.fixture
async def ids(content: Content, author: Actor) -> dict[str, str]:
    """Three published courses; slug to id."""
    found = {}
    for slug, (title, level, code, text) in COURSES.items():
        manifest = (
            f"slug: {slug}\ntitle: {title}\nsummary: About {slug}.\nlevel: {level}\n"
            f"tags: [Maths, {slug}]\nskills: [{{name: Skill {code}, framework: T, code: {code}}}]\n"
            f"modules: [{{title: M, lessons: [lesson.md]}}]\n"
        )
        secret = "\n## Q\n= zanzibar\n! quagga\n"
        lesson = f"---\ntitle: L\n---\n## A\n{text}\n"
        exam = f"---\ntitle: E\nkind: assessment\n---\n{secret}"
        files = folder(
            lesson,
            exam__md=exam,
            course__yaml=manifest.replace("lesson.md]", "lesson.md, exam.md]"),
        )
        result = await content.authoring.import_course(author, package(files))
        assert result.course is not None
        found[slug] = result.course.id
    return found


async def slugs(content: Content, query: CatalogQuery) -> list[str]:
    return [course.slug for course in (await content.catalog.catalog(query)).nodes]


@pytest.mark.parametrize(
    "search,found",
    [
        (None, ["shapes", "taking", "adding"]),
        ("adding", ["adding", "taking"]),
        ("ADD", ["adding"]),
        ("abo", ["shapes", "taking", "adding"]),
        ("eclairs", ["shapes"]),
        ("skill b2", ["taking"]),
        ("adding b2", ["taking"]),
        ("nothing", []),
        ("zanzibar", []),
        ("quagga", []),
        ("", ["shapes", "taking", "adding"]),
    ],
)
@pytest.mark.usefixtures("ids")
async def test_search(content: Content, search: str | None, found: list[str]) -> None:
    """All terms, title before body, prefixes but of bodies; no question of an assessment."""
    assert await slugs(content, CatalogQuery(search=search)) == found


@pytest.mark.parametrize(
    "facets,found",
    [
        (CatalogFilter(levels=(Level.ADVANCED,)), {"taking"}),
        (CatalogFilter(tags=("MATHS",)), {"adding", "taking", "shapes"}),
        (CatalogFilter(tags=("shapes", "taking")), {"shapes", "taking"}),
        (CatalogFilter(locale="en-GB"), {"adding", "taking", "shapes"}),
        (CatalogFilter(locale="fr"), set()),
        (CatalogFilter(max_minutes=2), {"adding"}),
        (CatalogFilter(levels=()), set()),
    ],
)
@pytest.mark.usefixtures("ids")
async def test_facets(content: Content, facets: CatalogFilter, found: set[str]) -> None:
    """A course matches when it has any of each list that is given."""
    assert set(await slugs(content, CatalogQuery(filter=facets))) == found


@pytest.mark.parametrize(
    "order,found",
    [
        (CatalogOrder.NEWEST, ["shapes", "taking", "adding"]),
        (CatalogOrder.TITLE, ["adding", "shapes", "taking"]),
        (CatalogOrder.SHORTEST, ["adding", "taking", "shapes"]),
        (CatalogOrder.RELEVANCE, ["shapes", "taking", "adding"]),
    ],
)
@pytest.mark.usefixtures("ids")
async def test_orders_and_paging(content: Content, order: CatalogOrder, found: list[str]) -> None:
    """Page by page gives what one page gives: nothing twice, nothing left out."""
    assert await slugs(content, CatalogQuery(order_by=order)) == found
    seen: list[str] = []
    after: str | None = None
    for number in range(3):
        query = CatalogQuery(order_by=order, page=PageArgs(first=1, after=after))
        page = await content.catalog.catalog(query)
        assert (page.total, page.has_next, page.has_previous) == (3, number < 2, number > 0)
        seen += [course.slug for course in page.nodes]
        (after,) = page.cursors
    assert seen == found


@pytest.mark.parametrize(
    "after", ["", "x", "WyJUSVRMRSJd", "e30", "WyJORVdFU1QiLDFlOTksIngiXQ", "é"]
)
async def test_a_cursor_of_another_list_is_refused(content: Content, after: str) -> None:
    """A made-up cursor is INVALID, never a failure inside."""
    query = CatalogQuery(order_by=CatalogOrder.NEWEST, page=PageArgs(after=after))
    with pytest.raises(Invalid):
        await content.catalog.catalog(query)
    with pytest.raises(Invalid):
        await content.catalog.catalog(CatalogQuery(page=PageArgs(first=0)))


async def test_a_skill_finds_its_courses_and_itself(content: Content, ids: dict[str, str]) -> None:
    """Skills are read by the id that courses give them."""
    (course,) = await content.catalog.courses((ids["taking"],))
    assert course is not None
    (skill,) = course.skills
    assert await content.catalog.skills((skill.id, "skl_no")) == (skill, None)
    query = CatalogQuery(filter=CatalogFilter(skill_ids=(skill.id,)))
    assert await slugs(content, query) == ["taking"]


async def test_a_lesson_id_leads_to_its_version(content: Content, ids: dict[str, str]) -> None:
    """Batch shaped: an answer for each id in the order asked, also after another publish."""
    courses = await content.catalog.courses(tuple(ids.values()))
    wanted = tuple(course.version_id or "" for course in courses if course is not None)
    versions = await content.catalog.versions(wanted)
    lessons = tuple(version.modules[0].lessons[0].id for version in versions if version)
    mixed = (lessons[2], "les_AAAA", lessons[0], lessons[0][:-4] + "AAAA")
    found = await content.catalog.lesson_versions(mixed)
    assert found == (versions[2], None, versions[0], None)


async def test_pictures_are_read_by_hash_and_width(content: Content, author: Actor) -> None:
    """Guards against a badge whose picture another service cannot have."""
    text = "---\ntitle: L\n---\n## A card\n![A field](p.png)\n"
    made = await content.authoring.import_course(
        author, package(folder(text, p__png=picture(400, 300)), publish=True)
    )
    assert made.course is not None
    (version,) = await content.catalog.versions((made.course.version_id or "",))
    assert version is not None
    (block,) = (one for one in version.modules[0].lessons[0].blocks if isinstance(one, ImageBlock))
    name = PictureName(hash=block.image.hash, width=block.image.widths[0])

    found, too_wide, unknown = await content.catalog.pictures(
        (name, replace(name, width=9999), replace(name, hash="0f" * 32))
    )

    assert found is not None
    assert found.startswith(b"\x89PNG")
    assert (too_wide, unknown) == (None, None)
    assert (await content.catalog.pictures((name,) * 33))[-2:] == (found, None)
