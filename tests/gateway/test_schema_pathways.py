"""Pathways, as the schema shows them."""

from datetime import UTC, datetime

from services.content.contract import Pathway
from services.kit.ids import Kind, new_id
from services.progress.contract import CourseKey, Enrolment
from tests.gateway.conftest import Gateway
from tests.support.versions import rich_version
from tests.support.world import World

VERSION = rich_version()
WAY = """{ pathway(slug: "way") {
  title courses { id } percent achievement { id } } }"""


def way(*course_ids: str) -> Pathway:
    """Return a pathway over courses."""
    return Pathway(
        id=new_id(Kind.PATHWAY),
        slug="way",
        organisation="academy",
        revision=1,
        language="en",
        title={"en": "Way"},
        summary={"en": "A way."},
        course_ids=course_ids,
    )


async def test_percent_is_the_mean_over_all_courses(gateway: Gateway, world: World) -> None:
    """Two halves would read as done, or a course not begun would not count."""
    others = new_id(Kind.COURSE), new_id(Kind.COURSE)
    world.paths._put(way(VERSION.course_id, *others))
    token = await gateway.guest()
    viewer = (await gateway.run("{ viewer { id } }", token=token)).data["viewer"]["id"]
    at = datetime(2026, 11, 1, tzinfo=UTC)
    for course_id, percent in ((VERSION.course_id, 100.0), (others[0], 50.0)):
        key = CourseKey(learner_id=viewer, course_id=course_id)
        world.ledger._enrolments[key] = Enrolment(
            id=new_id(Kind.ENROLMENT),
            learner_id=viewer,
            course_id=course_id,
            version_id=VERSION.id,
            enrolled_at=at,
            percent=percent,
        )

    shown = (await gateway.run(WAY, token=token)).data["pathway"]

    assert shown == {
        "title": "Way",
        "courses": [{"id": VERSION.course_id}],
        "percent": 50.0,
        "achievement": None,
    }


async def test_percent_is_null_when_signed_out(gateway: Gateway, world: World) -> None:
    """0 would say that somebody has not begun of whom nobody knows."""
    world.paths._put(way(VERSION.course_id))
    assert (await gateway.run(WAY)).data["pathway"]["percent"] is None
