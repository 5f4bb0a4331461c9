"""What progress answers under its public paths, over real HTTP."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from starlette.applications import Starlette

from services.kit.records import Actor
from services.progress.app import Progress
from services.progress.contract import Assign, Invite
from tests.services.progress.test_cohorts import COURSE, MANAGER
from tests.support.serving import serving


@pytest.fixture
async def origin(progress: Progress) -> AsyncIterator[str]:
    async with serving(Starlette(routes=progress.routes)) as address:
        yield address


async def test_a_report_is_a_file_for_whoever_has_its_address(
    progress: Progress, origin: str, actor: Actor
) -> None:
    """A manager's browser would show the report instead of keeping it, or a cache keep it."""
    cohort = await progress.cohorts.create(MANAGER, "Klasse 7/ä")
    await progress.cohorts.assign(MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE))
    await progress.tracking.enrol(actor, COURSE)
    await progress.cohorts.add(MANAGER, cohort.id, (actor.subject,))
    url = await progress.cohorts.csv_url(MANAGER, cohort.id)
    path = url.removeprefix("http://localhost")

    async with aiohttp.ClientSession(origin) as session:
        async with session.get(path) as response:
            told, headers = await response.text(), response.headers
        async with session.get(path.replace("signature=", "signature=x")) as refused:
            assert refused.status == 404

    assert response.status == 200
    assert headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Disposition"].endswith("''Klasse%207%2F%C3%A4.csv")
    lines = told.split("\r\n")
    assert lines[1].startswith(f"{actor.subject},Learner,course,Course,,ACTIVE,,,2026-")
    assert lines[2:] == [""]


async def test_an_invitation_opened_in_a_browser_says_what_to_do(
    progress: Progress, origin: str
) -> None:
    """Who has no app yet would find nothing, and a code could bring markup along."""
    cohort = await progress.cohorts.create(MANAGER, "Class 7")
    invitation = await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id))
    path = invitation.url.removeprefix("http://localhost")

    async with aiohttp.ClientSession(origin) as session:
        async with session.get(path) as response:
            page = await response.text()
        async with session.get("/join/<script>") as hostile:
            other = await hostile.text()

    assert invitation.code in page
    assert "<script>" not in other
