"""The demo's job roles: each needs skills, and all of them are those that its courses name."""

import json

import yaml

from morsel.demo_job_roles import relate
from morsel.seed import DEMO, JOB_ROLES
from services.content.app import Content
from services.content.contract import JobRole, Skill
from services.content.domain.course import Competency
from services.content.domain.identity import job_role_id, skill_id


def named(kind: str) -> dict[str, str]:
    """Return what the demo's courses name, address to name."""
    manifests = [yaml.safe_load(path.read_text("utf-8")) for path in DEMO.glob("*/course.yaml")]
    return {each["url"]: each["name"] for manifest in manifests for each in manifest[kind]}


async def test_every_job_role_of_the_demo_needs_skills_that_it_teaches(content: Content) -> None:
    """A wrong letter in an address is a job role that needs nothing, and nobody notices."""
    needs = json.loads(JOB_ROLES.read_text(encoding="utf-8"))
    skills, roles = named("skills"), named("job_roles")
    assert set(needs) == set(roles)
    assert {skill for each in needs.values() for skill in each} == set(skills)
    declared = [
        Skill(id=skill_id(Competency(name="", url=url)), name=skills[url]) for url in skills
    ]
    wanted = [
        JobRole(id=job_role_id(Competency(name="", url=url)), name=roles[url]) for url in roles
    ]
    await content._skills.declare([*declared, *wanted])

    await relate(content.frameworks, JOB_ROLES)
    await relate(content.frameworks, JOB_ROLES)

    found = await content.catalog.job_role_skills(tuple(role.id for role in wanted))
    for url, held in zip(roles, found, strict=True):
        assert {each.name for each in held} == {skills[skill] for skill in needs[url]}
