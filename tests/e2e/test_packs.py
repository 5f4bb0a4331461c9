"""A course taken from a downloaded pack: no network from the download to the sync."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import brotli

from tests.support.answers import known_answers
from tests.support.learner import COURSE, ENROL, START_GUEST, VIEWER, App
from tests.support.pack import PackFolder, bound
from tests.support.running import Client, System

SLUG = "spot-phishing"


async def guest(client: Client) -> Client:
    """Start as a guest."""
    data = await client.run(START_GUEST, input={"deviceId": str(uuid.uuid4())})
    return client.signed_in(data["startGuest"]["token"])


def orders(lesson: dict[str, Any]) -> dict[str, Any]:
    """Return a lesson with the answers of order questions under the name that App asks by."""
    for block in lesson["blocks"]:
        if "question" in block:
            block["question"]["orderIds"] = block["question"].get("correctIds")
    return lesson


async def test_a_course_is_learned_from_its_pack_and_completed(anybody: Client) -> None:
    """Offline learning would end at the first lesson that was not opened online before."""
    someone = await guest(anybody)
    # given a pack on the phone, every file checked against its hash
    folder = PackFolder()
    pack = await folder.download(someone, SLUG, locale="en-GB")
    assert pack["left"] == []
    course = folder.course(pack)
    # when everything is learned with nothing but those files, and ids are bound as events are made
    app = App(someone, course, start=datetime.now(UTC) - timedelta(hours=3))
    for lesson in app.lessons:
        exam = lesson["kind"] == "ASSESSMENT"
        app.study(orders(lesson), known_answers(lesson) if exam else None)
    events = bound(course["version"]["hash"], app.queue)
    # then the server takes every event, and marks every answer right
    for start in range(0, len(events), 200):
        result = await app.sync(events[start : start + 200])
        assert {each["status"] for each in result["receipts"]} == {"ACCEPTED"}
        marks = [each["mark"] for each in result["receipts"] if each["mark"]]
        assert all(mark["correct"] for mark in marks)
    (enrolment,) = (await someone.run(VIEWER))["viewer"]["enrolments"]["nodes"]
    assert (enrolment["status"], enrolment["percent"], enrolment["score"]) == ("COMPLETED", 100, 1)


async def test_a_lesson_of_a_pack_is_the_lesson_of_the_api(anybody: Client) -> None:
    """Two truths of one lesson: a phone would show and mark by which it met first."""
    folder = PackFolder()
    pack = await folder.download(anybody, SLUG, locale="en")
    course = folder.course(pack)
    online = (await anybody.run(COURSE, slug=SLUG))["course"]["version"]
    assert course["version"]["hash"] == online["hash"]
    for mine, theirs in zip(course["version"]["modules"], online["modules"], strict=True):
        offline = bound(online["hash"], [orders(lesson) for lesson in mine["lessons"]])
        _same(offline, theirs["lessons"], "lessons")


def _same(offline: Any, online: Any, place: str) -> None:
    """Compare all that the API told; addresses of pictures differ."""
    if isinstance(online, dict):
        for key in online.keys() - {"url"}:
            _same(offline[key], online[key], f"{place}.{key}")
    elif isinstance(online, list):
        assert len(offline) == len(online), place
        for index, each in enumerate(online):
            _same(offline[index], each, f"{place}.{index}")
    else:
        assert offline == online, place


async def test_a_learner_with_little_room_gets_what_comes_next(anybody: Client) -> None:
    """What is done already would fill the phone, and the next lesson be missing on the train."""
    someone = await guest(anybody)
    whole = await PackFolder().download(someone, SLUG, locale="en")
    course = (await anybody.run(COURSE, slug=SLUG))["course"]
    await someone.run(ENROL, input={"courseId": course["id"]})
    app = App(someone, course, start=datetime.now(UTC) - timedelta(hours=1))
    for lesson in app.lessons[:2]:
        app.study(lesson)
    await app.sync(app.queue)
    folder = PackFolder()
    pack = await folder.download(someone, SLUG, locale="en", maxBytes=whole["bytes"] // 2)
    assert pack["bytes"] <= whole["bytes"] // 2
    ids = [lesson["id"] for lesson in app.lessons]
    assert pack["lessonIds"] == ids[2 : 2 + len(pack["lessonIds"])]
    assert (*pack["lessonIds"], *pack["left"]) == (*ids[2:], *ids[:2])
    # and with more room only the rest is fetched
    await folder.download(someone, SLUG, locale="en")
    assert len(folder.fetched) + len(pack["files"]) == len(folder.files) == len(whole["files"])


async def test_files_travel_packed_and_go_on_where_they_stopped(
    system: System, anybody: Client
) -> None:
    """A data plan pays for what travels, and for every start from the beginning."""
    pack = await PackFolder().download(anybody, SLUG, locale="en")
    file = max((each for each in pack["files"] if each["kind"] == "LESSON"), key=_size)
    headers = {"accept-encoding": "br"}
    async with aiohttp.ClientSession(headers=headers, auto_decompress=False) as session:
        async with session.get(file["url"]) as response:
            whole, tag = await response.read(), response.headers["etag"]
            assert response.headers["content-encoding"] == "br"
        assert len(whole) == file["compressedBytes"] < file["bytes"]
        asked = {"range": f"bytes={len(whole) // 2}-", "if-range": tag}
        async with session.get(file["url"], headers=asked) as response:
            assert response.status == 206
            rest = await response.read()
    assert whole[: len(whole) // 2] + rest == whole
    assert len(brotli.decompress(whole)) == file["bytes"]
    assert file["url"].startswith(f"{system.url}/packs/sha256/")


def _size(file: dict[str, Any]) -> int:
    return int(file["bytes"])
