"""Logs: one JSON line a request, with its id, and nothing that is nobody's business."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.kit.telemetry import RequestLog, configure, request_id
from tests.support.asgi import get
from tests.support.logs import logging_put_back


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave logging as it was."""
    with logging_put_back():
        yield


async def _page(_request: Request) -> Response:
    return PlainTextResponse(f"request {request_id.get()}")


async def _fault(_request: Request) -> Response:
    raise ZeroDivisionError("secret")


APP = RequestLog(Starlette(routes=[Route("/page", _page), Route("/fault", _fault)]))


async def test_a_request_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    """Breaks when a request is not logged once with all that is promised, or logs a secret."""
    configure("content")

    await get(
        APP,
        "/page",
        query="signature=hidden",
        x_request_id="phone-1234",
        authorization="Bearer hidden",
    )

    (line,) = capfd.readouterr().err.splitlines()
    record = json.loads(line)
    assert record.pop("ms") >= 0
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "request",
        "level": "info",
        "service": "content",
        "request_id": "phone-1234",
        "method": "GET",
        "path": "/page",
        "status": 200,
    }


@pytest.mark.parametrize("earlier", [True, False])
async def test_the_last_word_on_logging_counts(
    capfd: pytest.CaptureFixture[str], *, earlier: bool
) -> None:
    """Breaks when a logger that wrote before goes on under the name of an earlier start."""
    configure("morsel", json=earlier)
    await get(APP, "/page")
    capfd.readouterr()

    configure("content")
    await get(APP, "/page")

    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["service"] == "content"


async def test_a_request_id_goes_in_and_out() -> None:
    """Breaks when a client cannot find its request in our log."""
    answer = await get(APP, "/page", x_request_id="phone-1234")

    assert (answer.headers["x-request-id"], answer.body) == ("phone-1234", b"request phone-1234")


@pytest.mark.parametrize("given", ["short", "x" * 65, 'a"quoted"id', "line\nbreak99"])
async def test_an_id_of_another_shape_is_replaced(given: str) -> None:
    """Breaks when a client writes what it likes into our log."""
    answer = await get(APP, "/page", x_request_id=given)

    assert len(answer.headers["x-request-id"]) == 32


async def test_a_fault_is_logged_as_500(capfd: pytest.CaptureFixture[str]) -> None:
    """Breaks when a request that ended in an exception leaves no line."""
    configure("content")

    with pytest.raises(ZeroDivisionError):
        await get(APP, "/fault")

    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["status"] == 500


@pytest.mark.parametrize("json_lines", [True, False])
def test_a_trace_shows_no_values(capfd: pytest.CaptureFixture[str], *, json_lines: bool) -> None:
    """Breaks when a token that a function held is written to the log with its trace."""
    configure("content", json=json_lines)
    token = chr(104) + "idden"

    try:
        _ = 1 / len(token[:0])
    except ZeroDivisionError:
        structlog.get_logger("ours").exception("failed")

    text = capfd.readouterr().err
    assert "ZeroDivisionError" in text
    assert "hidden" not in text


def test_an_exception_is_logged_with_its_trace(capfd: pytest.CaptureFixture[str]) -> None:
    """Breaks when a fault cannot be found again: structlog's and the standard library's alike."""
    configure("content")

    for logger in (structlog.get_logger("ours"), logging.getLogger("theirs")):
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            logger.exception("failed")

    records = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [record["event"] for record in records] == ["failed", "failed"]
    assert [record["exception"][0]["exc_type"] for record in records] == ["ZeroDivisionError"] * 2


def test_a_laptop_gets_lines_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    """Breaks when `morsel up` prints JSON."""
    configure("morsel", json=False)

    structlog.get_logger("ours").info("course published", slug="spot-phishing")

    text = capfd.readouterr().err
    assert "course published" in text
    assert "slug=spot-phishing" in text
    assert not text.startswith("{")
