"""previewPublish: what content and progress say of a publication, put together."""

from tests.gateway.conftest import Gateway
from tests.support.versions import rich_version

VERSION = rich_version()
PREVIEW = """
mutation Preview($input: CourseIdInput!) { previewPublish(input: $input) {
  midCourse completionsLost scoresRaised lessonsChanged packBytesToFetch
  questions { lesson question change } problems { code message path } } }
"""


async def test_a_preview_is_composed_of_both_services(gateway: Gateway) -> None:
    """An author would see numbers of another course, or questions that did not change."""
    token = gateway.accounts.author()
    answer = await gateway.run(PREVIEW, {"input": {"courseId": VERSION.course_id}}, token=token)
    assert answer.data["previewPublish"] == {
        "midCourse": 0,
        "completionsLost": 0,
        "scoresRaised": 1,
        "lessonsChanged": 1,
        "packBytesToFetch": 512,
        "questions": [{"lesson": "one", "question": "q2", "change": "REKEYED"}],
        "problems": [],
    }


async def test_a_course_that_is_not_there_is_said_so(gateway: Gateway) -> None:
    """Zeros would be shown for a course that nobody knows."""
    token = gateway.accounts.author()
    answer = await gateway.run(PREVIEW, {"input": {"courseId": "crs_AA"}}, token=token)
    (error,) = answer.json["errors"]
    assert error["message"] == "There is no such course."
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": "NOT_FOUND"}
