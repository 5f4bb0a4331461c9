"""`morsel issue`: a table of people becomes credentials, over HTTP, in a whole system."""

import asyncio
import csv
from pathlib import Path

import pytest

from morsel.main import main
from services.kit.records import Role
from tests.services.content.samples import package
from tests.support.school import AUTHOR, SCHOOL, School
from tests.support.whole import course_files


async def command(school: School, achievement: str, path: Path, *more: str) -> int:
    """Run the command as an issuer of the school."""
    token = school.system.issuer.token("ines", roles=(Role.ISSUER,), organisation=SCHOOL)
    options = ["--url", f"{school.spy.gateway.url}/graphql", "--token", token, *more]
    return await asyncio.to_thread(main, ["issue", achievement, str(path), *options])


async def achievement_of(school: School, slug: str = "by-hand") -> str:
    """Publish a course of the school that awards something, and return its achievement."""
    files = package(course_files(slug))
    imported = await school.system.content.authoring.import_course(AUTHOR, files)
    assert imported.course is not None
    assert imported.course.achievement is not None
    id_ = imported.course.achievement.id
    async with asyncio.timeout(60):
        while await school.system.credentials.credentials.achievements((id_,)) == (None,):
            await asyncio.sleep(0.05)
    return id_


async def test_a_table_is_issued_once_and_says_what_failed(
    school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An issuer would issue twice after a broken line, or not know who went without."""
    people = tmp_path / "people.csv"
    rows = [f"Person {number},person{number}@example.org,1" for number in range(300)]
    rows[7], rows[299] = "Nobody,nowhere,1", "Low,low@example.org,much"
    people.write_text("\ufeffName,E-mail,Score\n".replace("E-mail", "email") + "\n".join(rows))
    achievement = await achievement_of(school)

    codes = [await command(school, achievement, people) for _ in range(2)]

    assert codes == [1, 1]
    told = ("FAILED", "All", "298")
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith(told)]
    assert said[: len(said) // 2] == said[len(said) // 2 :]
    assert "298 of 300 issued, 2 failed" in said
    with (tmp_path / "people.failed.csv").open(newline="") as file:
        failed = list(csv.DictReader(file))
    assert [(one["line"], one["name"]) for one in failed] == [("9", "Nobody"), ("301", "Low")]
    assert all(one["reason"] for one in failed)
    (counted,) = await school.system.credentials.credentials.achievements((achievement,))
    assert counted is not None
    assert counted.issued_count == 298


@pytest.mark.parametrize(
    "table, words",
    [
        ("", "must name columns"),
        ("name,phone\nA,1\n", "must name columns"),
        ("name,name\nA,B\n", "must name columns"),
        ("email\na@example.org\n", "must name columns"),
        ("name,email\nA\n", "Line 2"),
    ],
)
async def test_a_table_that_is_none_is_refused_before_anything_is_issued(
    school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, words: str
) -> None:
    """Half a table would be issued, and the rest not."""
    path = tmp_path / "table.csv"
    path.write_text(table)

    assert await command(school, "ach_x", path) == 1

    assert words in capsys.readouterr().err


async def test_what_the_api_refuses_is_told(
    school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong achievement, or nobody there: the person must know which."""
    path = tmp_path / "table.csv"
    path.write_text("name,email\nA,a@example.org\n")

    assert await command(school, "ach_AAAA", path) == 1

    assert "no achievement with this id" in capsys.readouterr().err


async def test_who_is_erased_leaves_nothing_that_waits(school: School, tmp_path: Path) -> None:
    """A name and a hashed address would stay for ever, as nobody could claim them any more."""
    path = tmp_path / "table.csv"
    path.write_text("name,email\nWanda Waiting,wanda@example.org\n")
    achievement = await achievement_of(school, "to-be-erased")
    assert await command(school, achievement, path) == 0
    assert await found(school, "Wanda Waiting") == 1
    wanda = school.system.issuer.token("wanda", email="wanda@example.org")

    erased = "mutation { eraseMe(input: { confirm: true }) { erased } }"
    assert (await school.spy.ask(erased, token=wanda))["eraseMe"] == {"erased": True}

    async with asyncio.timeout(60):
        while await found(school, "Wanda Waiting"):
            await asyncio.sleep(0.05)


async def found(school: School, name: str) -> int:
    """Return how many credentials name somebody."""
    token = school.system.issuer.token("ines", roles=(Role.ISSUER,), organisation=SCHOOL)
    asked = "query($name: String!) { issuedCredentials(search: $name) { totalCount } }"
    answer = await school.spy.ask(asked, {"name": name}, token=token)
    return int(answer["issuedCredentials"]["totalCount"])
