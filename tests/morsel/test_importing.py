"""What `morsel import` says became of a course."""

import pytest

from morsel.importing import report
from services.content.contract import Course, Imported, Level, Problem
from services.kit.errors import Code

PROBLEM = Problem(code=Code.INVALID, message="An alt text is missing.", path=("cover",))


@pytest.mark.parametrize(
    "version,publish,problems,state",
    [
        (None, False, (), "a draft"),
        ("ver_1", True, (), "published"),
        ("ver_1", False, (), "a draft (learners see what was published before)"),
        ("ver_1", True, (PROBLEM,), "a draft (learners see what was published before)"),
        (None, True, (PROBLEM,), "a draft"),
    ],
)
def test_published_is_said_of_what_was_brought_in(
    *,
    capsys: pytest.CaptureFixture[str],
    version: str | None,
    publish: bool,
    problems: tuple[Problem, ...],
    state: str,
) -> None:
    """An author would believe that learners see a change which they do not see."""
    course = Course(
        id="crs_1",
        slug="sums",
        organisation="acme",
        language="en",
        locales=("en",),
        title={"en": "Sums"},
        summary={"en": "Add."},
        level=Level.BEGINNER,
        minutes=3,
        lesson_count=2,
        version_id=version,
    )
    code = report(Imported(course=course, imported=2, problems=problems), publish=publish)
    assert code == (1 if problems else 0)
    assert capsys.readouterr().out.splitlines()[-1] == f"sums: 2 lessons, {state}"
