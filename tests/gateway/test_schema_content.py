"""What content holds, as the schema shows it."""

from tests.gateway.conftest import Gateway
from tests.support.versions import rich_version

VERSION = rich_version()
ALL, SHORT, EXAM = (lesson for module in VERSION.modules for lesson in module.lessons)


async def test_a_course_is_found_by_slug_and_by_id(gateway: Gateway) -> None:
    """A phone that knows either finds the course; a slug that is not there is null, no error."""
    document = """query($id: ID!) {
      bySlug: course(slug: "wiring") { id lessonCount version { number hash publishedAt } }
      byId: course(id: $id) { slug level locales tags }
      none: course(slug: "none") { id }
    }"""

    answer = await gateway.run(document, {"id": VERSION.course_id})

    assert answer.data == {
        "bySlug": {
            "id": VERSION.course_id,
            "lessonCount": 3,
            "version": {
                "number": 1,
                "hash": VERSION.hash,
                "publishedAt": "2026-11-01T08:00:00.512Z",
            },
        },
        "byId": {
            "slug": "wiring",
            "level": "BEGINNER",
            "locales": ["en", "de"],
            "tags": ["electricity"],
        },
        "none": None,
    }
