"""What an author is told of an achievement whose credentials would say too little."""

import pytest
from msgspec.structs import replace

from services.content.domain.course import Achievement, Competency, Course
from services.content.domain.validation.profile import find_advice
from tests.services.content.samples import every_kind

SKILL = Competency(name="climb", url="http://data.europa.eu/esco/skill/1")
ROLE = Competency(name="cleaner", url="http://data.europa.eu/esco/occupation/1")
WORDS = Competency(name="ladders")
AWARD = Achievement(
    version="1",
    name={"en": "Ladders"},
    description={"en": "Ladders"},
    criteria={"en": "Pass."},
    pass_score=0.7,
)


def course(**changes: object) -> Course:
    """Return a course that awards something."""
    return replace(every_kind("assessment"), achievement=AWARD, **changes)


@pytest.mark.parametrize(
    "given, paths",
    [
        (course(skills=(SKILL,), job_roles=(ROLE,)), []),
        (course(skills=(WORDS, SKILL), job_roles=(ROLE,)), []),
        (course(skills=(WORDS,), job_roles=(ROLE,)), ["skills"]),
        (course(skills=(SKILL,), job_roles=()), ["jobRoles"]),
        (course(skills=(), job_roles=()), ["skills", "jobRoles"]),
        (replace(course(skills=(), job_roles=()), achievement=None), []),
    ],
    ids=["whole", "one is enough", "no skill", "no role", "neither", "no achievement"],
)
def test_an_achievement_should_name_a_skill_and_a_job_role(given: Course, paths: list[str]) -> None:
    """Credentials would be issued that no employer can match, and nobody told the author."""
    assert [advice.path for advice in find_advice(given)] == [(path,) for path in paths]
