"""Offline packs, as the schema shows them: what is most useful to who asks comes first."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.schema.content.packs import most_useful
from services.progress.contract import LessonStatus, ResumePoint
from tests.gateway.conftest import Gateway
from tests.support.counted import EPOCH
from tests.support.versions import rich_version

VERSION = rich_version()
ALL, SHORT, EXAM = (lesson.id for module in VERSION.modules for lesson in module.lessons)
PACK = """query($width: Int = 720, $bytes: Int, $locale: Locale) {
  course(slug: "wiring") { version { pack(imageWidth: $width, maxBytes: $bytes, locale: $locale) {
    hash bytes lessonIds left
    files { hash bytes compressedBytes mediaType kind locales url lessonIds }
  } } }
}"""
ENROL = "mutation($id: ID!) { enrol(input: {courseId: $id}) { enrolment { id } } }"


async def pack(gateway: Gateway, *, token: str | None = None, **variables: Any) -> Any:
    """Return the pack of the course."""
    answer = await gateway.run(PACK, variables, token=token)
    return answer.data["course"]["version"]["pack"]


async def test_a_pack_names_every_file_and_what_it_is_for(gateway: Gateway) -> None:
    """A phone would not know what to fetch, or what to delete with a lesson."""
    found = await pack(gateway, locale="de-AT")
    assert (found["lessonIds"], found["left"]) == ([ALL, SHORT, EXAM], [])
    assert found["bytes"] == sum(file["bytes"] for file in found["files"])
    index, *rest = found["files"]
    assert (index["kind"], index["locales"], index["mediaType"]) == (
        *("INDEX", ["de"]),
        "application/json",
    )
    assert index["lessonIds"] == [ALL, SHORT, EXAM]
    assert index["url"] == f"https://learn.example/packs/sha256/{index['hash']}"
    assert [(each["kind"], each["lessonIds"]) for each in rest] == [
        ("LESSON", [ALL]),
        ("IMAGE", [ALL]),
        ("LESSON", [SHORT]),
        ("LESSON", [EXAM]),
    ]
    assert rest[1] | {"hash": ""} == {
        "hash": "",
        "bytes": 720,
        "compressedBytes": 720,
        "mediaType": "image/webp",
        "kind": "IMAGE",
        "locales": [],
        "url": f"https://learn.example/packs/sha256/{720:064x}",
        "lessonIds": [ALL],
    }


async def test_the_width_decides_the_picture_and_the_language_the_texts(gateway: Gateway) -> None:
    """A phone would pay for pixels and languages that it does not show."""
    narrow, everything = await pack(gateway, width=100), await pack(gateway, width=None)
    assert [each["bytes"] for each in narrow["files"] if each["kind"] == "IMAGE"] == [360]
    assert [each["bytes"] for each in everything["files"] if each["kind"] == "IMAGE"] == [720]
    tags = [each["locales"] for each in everything["files"] if each["kind"] == "INDEX"]
    assert tags == [["en"], ["de"]]
    assert narrow["hash"] != everything["hash"]
    assert everything == await pack(gateway)


async def test_what_the_budget_leaves_out_is_named(gateway: Gateway) -> None:
    """A learner would find out on the train."""
    whole = await pack(gateway, locale="en")
    part = await pack(gateway, locale="en", bytes=whole["bytes"] - 1)
    assert (part["lessonIds"], part["left"]) == ([ALL, SHORT], [EXAM])
    nothing = await pack(gateway, locale="en", bytes=10)
    assert (nothing["files"], nothing["bytes"], nothing["left"]) == ([], 0, [ALL, SHORT, EXAM])


async def test_a_learner_gets_first_where_they_stopped(gateway: Gateway) -> None:
    """With room for two of twenty lessons, the two already done would fill it."""
    token = gateway.accounts.token()
    await gateway.run(ENROL, {"id": VERSION.course_id}, token=token)
    held = gateway.world.ledger._enrolments
    (key,) = held
    first, *others = held[key].lessons
    # given an enrolment pinned to another version, whose lessons have the same keys
    done = msgspec.structs.replace(first, status=LessonStatus.COMPLETED)
    older = [msgspec.structs.replace(each, lesson_id=f"old {each.lesson_key}") for each in others]
    held[key] = msgspec.structs.replace(
        held[key],
        lessons=(done, *older),
        resume=ResumePoint(lesson_id="old exam", at=EPOCH),
    )
    found = await pack(gateway, token=token)
    assert found["lessonIds"] == [EXAM, SHORT, ALL]
    assert (await pack(gateway))["lessonIds"] == [ALL, SHORT, EXAM]


@pytest.mark.parametrize(
    "variables,field",
    [
        ({"width": 0}, "imageWidth"),
        ({"width": 100_000}, "imageWidth"),
        ({"bytes": -1}, "maxBytes"),
    ],
)
async def test_absurd_wishes_are_told_with_what_is_allowed(
    gateway: Gateway, variables: dict[str, int], field: str
) -> None:
    """INTERNAL would tell an app's developer nothing."""
    answer = await gateway.run(PACK, variables)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert field in answer.json["errors"][0]["message"]


names = st.sampled_from("abcdefgh")


@given(st.lists(names, unique=True), st.none() | names, st.sets(names), st.lists(names, max_size=4))
def test_every_lesson_has_one_place_and_completed_ones_are_last(
    keys: list[str], resume: str | None, completed: set[str], due: list[str]
) -> None:
    """A lesson would be lost from the pack, or pushed out by one that is done."""
    order = most_useful(keys, resume=resume, completed=completed, due=due)
    assert sorted(order) == sorted(keys)
    if resume in keys and resume not in completed:
        assert order[0] == resume
    rest = [key for key in order if key not in due]
    done = [key in completed for key in rest]
    assert done == sorted(done)
    assert most_useful(keys, resume=None, completed=()) == keys


def test_the_order_goes_on_from_where_somebody_is() -> None:
    """What comes next is opened next."""
    keys = ["a", "b", "c", "d", "e"]
    assert most_useful(keys, resume="c", completed={"a", "d"}, due=["d", "gone"]) == [
        *("c", "d", "e", "b", "a")
    ]
