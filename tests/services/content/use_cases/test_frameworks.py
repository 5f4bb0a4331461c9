"""Importing frameworks into the real database: languages, relations, newer releases, refusals."""

import shutil
from pathlib import Path

import pytest

from morsel.skill_files import skill_files
from services.content.app import Content
from services.content.contract import CompetencyQuery, JobRole, Skill
from services.content.domain.course import Competency
from services.content.domain.identity import job_role_id, skill_id
from services.content.importers.frameworks import read_framework
from services.content.importers.frameworks.rows import Refused
from services.content.use_cases.frameworks import Brought
from services.kit.errors import Invalid
from services.kit.records import Actor, PageArgs
from tests.services.content.importers.frameworks import (
    ESCO,
    case_package,
    esco,
    link_row,
    onet,
    role_row,
    skill_row,
)
from tests.services.content.samples import folder, package

SKILLS = skill_row("s1", "test bread", also="try loaves\ntry rolls", about="Knead, bake.")
SKILLS += skill_row("s2", "test Straße crossings")


async def bring(content: Content, path: Path) -> tuple[Brought, list[Refused]]:
    refused: list[Refused] = []
    moved: list[int] = []
    brought = await content.frameworks.bring_in(
        read_framework(skill_files(path)), version="9.9", told=refused.append, moved=moved.append
    )
    return brought, refused


async def found(content: Content, search: str | None, framework: str | None = None) -> list[str]:
    query = CompetencyQuery(search=search, framework=framework)
    return [each.name for each in (await content.catalog.find_skills(query)).nodes]


def of(key: str) -> str:
    return skill_id(Competency(name="", url=f"{ESCO}/skill/{key}"))


async def test_esco_in_two_languages(content: Content, tmp_path: Path) -> None:
    """A skill is one record with a name in each language, found by all of them."""
    german = skill_row("s1", "Brot testen", also="Laibe prüfen")
    path = esco(
        tmp_path / "esco",
        skills=SKILLS,
        german=german,
        roles=role_row("o1", "test baker"),
        links=link_row("o1", "optional", "s2") + link_row("o1", "essential", "s1"),
    )

    brought, refused = await bring(content, path)

    assert refused == []
    assert brought == Brought(
        frameworks={"ESCO": "9.9"}, skills=2, job_roles=1, relations=2, refused=0, retired=0
    )
    [skill] = await content.catalog.skills((of("s1"),))
    assert skill == Skill(
        id=of("s1"),
        name="test bread",
        description="Knead, bake.",
        framework="ESCO",
        url=f"{ESCO}/skill/s1",
        names={"de": "Brot testen", "en": "test bread"},
        descriptions={"en": "Knead, bake."},
        framework_version="9.9",
    )
    assert await found(content, "brot TEST") == ["test bread"]
    assert await found(content, "strasse") == ["test Straße crossings"]
    assert await found(content, "laib") == ["test bread"]
    assert await found(content, None, "esco") == ["test bread", "test Straße crossings"]
    assert await found(content, "test", "O*NET") == []
    role = job_role_id(Competency(name="", url=f"{ESCO}/occupation/o1"))
    [skills] = await content.catalog.job_role_skills((role,))
    assert [each.id for each in skills] == [of("s1"), of("s2")]


async def test_a_newer_release_updates_and_retires(
    content: Content, author: Actor, tmp_path: Path
) -> None:
    """What is gone stays for the courses that name it and is offered to nobody."""
    uri = f"{ESCO}/skill/s2"
    manifest = (
        "slug: crossing\ntitle: Crossing\nsummary: S.\n"
        f"skills: [{{name: Crossing, url: '{uri}'}}]\nmodules: [{{title: M, lessons: [lesson.md]}}]"
    )
    files = folder("---\ntitle: L\n---\n## A\nText.\n", course__yaml=manifest)
    imported = await content.authoring.import_course(author, package(files))
    assert imported.course is not None
    links = link_row("o1", "essential", "s1") + link_row("o1", "essential", "s2")
    roles = role_row("o1", "test baker")
    await bring(content, esco(tmp_path / "old", skills=SKILLS, roles=roles, links=links))

    again, _ = await bring(content, tmp_path / "old")
    newer = esco(
        tmp_path / "new",
        skills=skill_row("s1", "test loaves"),
        roles=roles,
        links=link_row("o1", "essential", "s1"),
    )
    brought, _ = await bring(content, newer)

    assert (again.retired, brought.retired) == (0, 1)
    kept, gone = await content.catalog.skills((of("s1"), of("s2")))
    assert kept is not None
    assert (kept.name, kept.retired) == ("test loaves", False)
    assert gone is not None
    assert (gone.name, gone.retired) == ("test Straße crossings", True)
    assert await found(content, "test") == ["test loaves"]
    role = job_role_id(Competency(name="", url=f"{ESCO}/occupation/o1"))
    [skills] = await content.catalog.job_role_skills((role,))
    assert [each.name for each in skills] == ["test loaves"]
    [course] = await content.catalog.courses((imported.course.id,))
    assert course is not None
    assert [each.id for each in course.skills] == [of("s2")]


async def test_onet(content: Content, tmp_path: Path) -> None:
    """Skills that matter for an occupation, under the addresses that courses give them."""
    brought, refused = await bring(content, onet(tmp_path / "onet"))

    assert refused == [Refused(where="Skills.txt:6", reason="Data Value is a number, not 'much'.")]
    assert (brought.skills, brought.job_roles, brought.relations) == (5, 1, 2)
    assert brought.retired is None
    url = "https://www.onetonline.org/link/summary/00-0001.00"
    role = job_role_id(Competency(name="", url=url))
    assert await content.catalog.job_roles((role,)) == (
        JobRole(
            id=role,
            name="Test Pilots of Tests",
            description="Test tests.",
            framework="O*NET-SOC",
            code="00-0001.00",
            url=url,
            names={"en": "Test Pilots of Tests"},
            descriptions={"en": "Test tests."},
            framework_version="9.9",
        ),
    )
    [skills] = await content.catalog.job_role_skills((role,))
    assert [(each.name, each.description) for each in skills] == [
        ("Test Reading", "Reading tests."),
        ("Test software", None),
    ]


async def test_a_part_of_a_release_retires_within_itself(content: Content, tmp_path: Path) -> None:
    """O*NET is published file by file: skills alone say nothing of knowledge or technology."""
    await bring(content, onet(tmp_path / "all"))
    head, *rows = (tmp_path / "all" / "Skills.txt").read_text().splitlines(keepends=True)
    part = tmp_path / "part"
    part.mkdir()
    (part / "Skills.txt").write_text(head + rows[2])

    brought, refused = await bring(content, part)

    assert refused == []
    assert (brought.frameworks, brought.retired) == ({"O*NET": "9.9"}, 3)
    assert await found(content, "test") == ["Test software", "Test Writing"]
    role = job_role_id(
        Competency(name="", url="https://www.onetonline.org/link/summary/00-0001.00")
    )
    [held] = await content.catalog.job_roles((role,))
    assert held is not None
    assert not held.retired
    [skills] = await content.catalog.job_role_skills((role,))
    assert [each.name for each in skills] == ["Test software"]


async def test_names_of_all_languages_are_kept_by_later_imports(
    content: Content, tmp_path: Path
) -> None:
    """Languages come in files, and files in batches or one by one: none takes another's place."""
    await bring(content, esco(tmp_path / "both", skills=SKILLS, german=skill_row("s1", "Brot")))
    german = skill_row("s1", "Brot testen", also="Laibe prüfen") + skill_row("s2", "Straßen")
    await bring(content, esco(tmp_path / "german", skills="", german=german))
    await bring(content, esco(tmp_path / "english", skills=SKILLS))
    for search in ("loaves", "laibe", "brot", "test bread"):
        assert await found(content, search) == ["test bread"]


async def test_case(content: Content, tmp_path: Path) -> None:
    """A package in a zip; an item that lacks its statement is named by its place."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "package.json").write_text(case_package(), encoding="utf-8")
    packed = shutil.make_archive(str(tmp_path / "case"), "zip", tmp_path / "in")

    brought, refused = await bring(content, Path(packed))

    assert brought.frameworks == {"Test Framework": "9.9"}
    assert (brought.skills, brought.job_roles, brought.relations) == (1, 1, 1)
    assert [each.where for each in refused] == ["package.json:/CFItems/2"]
    assert "fullStatement" in refused[0].reason
    role = job_role_id(Competency(name="", url="https://case.example/uri/i2"))
    [skills] = await content.catalog.job_role_skills((role,))
    assert [(each.name, each.code) for each in skills] == [("Can test a thing.", "T.1")]


@pytest.mark.parametrize(
    "row,reason",
    [
        ("a,b\n", "It has 2 columns, not 13."),
        (skill_row("x", ""), "It has no name."),
        (skill_row("x", "n" * 301), "Its name has more than 300 characters."),
        (skill_row("x y", "name"), f"Its identifier is no web address: '{ESCO}/skill/x y'."),
        (skill_row("x", "na\0me"), "Its text is no UTF-8."),
        (skill_row("x", "n" * 140_000), "It cannot be read: field larger than field limit"),
    ],
)
async def test_bad_rows_are_refused_by_line(
    content: Content, tmp_path: Path, row: str, reason: str
) -> None:
    """One bad row never fails an import, and nothing is retired on its account."""
    await bring(content, esco(tmp_path / "old", skills=SKILLS))
    path = esco(tmp_path / "esco", skills=skill_row("s1", "test bread") + row)

    brought, refused = await bring(content, path)

    assert [(each.where, each.reason[: len(reason)]) for each in refused] == [
        ("skills_en.csv:3", reason)
    ]
    assert (brought.skills, brought.retired) == (1, None)
    assert await found(content, "test") == ["test bread", "test Straße crossings"]


async def test_files_of_no_framework(content: Content, tmp_path: Path) -> None:
    """What is no framework is refused with what would be one."""
    (tmp_path / "notes.txt").write_text("a\tb\n")
    with pytest.raises(Invalid, match="No framework was found"):
        await bring(content, tmp_path)
    (tmp_path / "skills_en.csv").write_text("name\nx\n")
    brought, refused = await bring(content, tmp_path)
    assert brought.skills == 0
    assert [each.reason for each in refused] == ["Columns are missing: conceptUri, preferredLabel."]


@pytest.mark.parametrize("search", ["\0", "🎉", "x" * 10_240, ".*[a-z]+(", "$where", "'; --"])
async def test_hostile_queries_are_answered(content: Content, search: str) -> None:
    """Nothing that is typed is a failure inside."""
    assert await found(content, search, search) == []


async def test_pages_of_skills(content: Content, tmp_path: Path) -> None:
    """Page by page, by name, nothing twice and nothing left out, with and without a search."""
    names = [f"test n{number:03}" for number in range(25)]
    rows = "".join(skill_row(f"k{number}", name) for number, name in enumerate(names))
    await bring(content, esco(tmp_path / "esco", skills=rows))
    for search in (None, "test"):
        seen: list[str] = []
        after: str | None = None
        while True:
            query = CompetencyQuery(search=search, page=PageArgs(first=7, after=after))
            page = await content.catalog.find_skills(query)
            assert page.total == 25
            seen += [each.name for each in page.nodes]
            if not page.has_next:
                break
            after = page.cursors[-1]
        assert seen == names
