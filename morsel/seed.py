"""`morsel seed`, and the seeding at the start of `morsel up`: publishes the demo content."""

import hashlib
import json
from pathlib import Path

import uvloop

from morsel.course_package import author_of, import_package, pack
from morsel.data import Data
from morsel.demo_job_roles import relate
from morsel.importing import report
from morsel.system import DEMO_ORGANISATION, content_alone
from services.content.contract import AuthoringApi, CatalogApi, Imported, PathwaysApi
from services.content.domain.native import PATHWAY
from services.content.use_cases.pathway_files import PathwayFiles
from services.kit.ids import Kind, global_id
from services.kit.records import Actor, Role
from services.progress.contract import Assign, CohortApi, Invite

# Each folder is named as the slug of its course or pathway.
DEMO = Path(__file__).resolve().parent.parent / "services" / "content" / "demo"
JOB_ROLES = DEMO / "job_roles.json"
DEMO_COURSE = "spot-phishing"
DEMO_MANAGER = Actor(
    subject=global_id(Kind.LEARNER, bytes(16)),  # nobody: all zeros is no one's hash
    roles=frozenset({Role.MANAGER}),
    organisation=DEMO_ORGANISATION,
)


def main(*, data: Data, mongo: str | None) -> int:
    """Publish all demo content as it is now; return 1 when something has a problem."""
    return uvloop.run(_seed_again(data, mongo))


async def _seed_again(data: Data, mongo: str | None) -> int:
    async with content_alone(data, mongo) as content:
        await relate(content.frameworks, JOB_ROLES)
        outcomes = await seed(
            content.authoring, content.catalog, content.pathways, data, again=True
        )
    return max((report(each, publish=True) for each in outcomes), default=0)


async def seed(
    authoring: AuthoringApi,
    catalog: CatalogApi,
    pathways: PathwaysApi,
    data: Data,
    *,
    again: bool = False,
) -> list[Imported]:
    """Publish the demo content that is new or changed since this folder saw it, or all of it.

    An import that changes nothing would be harmless, but it encodes every picture anew.
    """
    seen = _read_seen(data.seeded_file)
    outcomes: list[Imported] = []
    for folder in sorted(path.parent for path in DEMO.glob("*/course.yaml")):
        package = pack(folder)
        digest = hashlib.sha256(package).hexdigest()
        if not again and seen.get(folder.name) == digest and await _is_there(catalog, folder.name):
            continue
        imported = await import_package(
            authoring, package, organisation=DEMO_ORGANISATION, publish=True
        )
        outcomes.append(imported)
        if not imported.problems:
            seen[folder.name] = digest
    files = PathwayFiles(pathways, catalog)
    for path in sorted(DEMO.glob(f"*/{PATHWAY}")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        slug = path.parent.name
        is_there = await pathways.pathways_by_slug((slug,)) != (None,)
        if not again and seen.get(slug) == digest and is_there:
            continue
        saved = await files.save(author_of(DEMO_ORGANISATION), path.read_bytes())
        outcomes.append(Imported(problems=saved.problems))
        if not saved.problems:
            seen[slug] = digest
    data.seeded_file.write_text(json.dumps(seen, indent=2), encoding="utf-8")
    return outcomes


async def _is_there(catalog: CatalogApi, slug: str) -> bool:
    return await catalog.courses_by_slug((slug,)) != (None,)


async def seed_cohort(cohorts: CohortApi, catalog: CatalogApi) -> str | None:
    """Make the demo cohort, which is to do the first demo course, and return its code."""
    (course,) = await catalog.courses_by_slug((DEMO_COURSE,))
    if course is None:
        return None
    cohort = await cohorts.create(DEMO_MANAGER, "Demo cohort")
    await cohorts.assign(DEMO_MANAGER, Assign(cohort_id=cohort.id, course_id=course.id))
    return (await cohorts.invite(DEMO_MANAGER, Invite(cohort_id=cohort.id))).code


def _read_seen(path: Path) -> dict[str, str]:
    try:
        seen: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return seen
