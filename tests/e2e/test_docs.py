"""Every request in docs/app-developers.md is run, in its order, and answers as the page says.

A fence says what it is: `http` and `graphql` (with whose token) are requests, `json` variables,
`json answer` what must come back. What differs from run to run - ids, tokens, times - is taken from
the answers and put in place of what the page has.
"""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
import rfc8785

from services.kit.ids import bound_id
from services.progress.domain.event import restore
from services.progress.domain.learner import digest_of
from tests.support.running import System

PAGE = Path(__file__).parents[2] / "docs" / "app-developers.md"
FENCE = re.compile(r"^```(\w+) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
OPAQUE = re.compile(
    r"[a-z]{3}_[\w-]{20,}"  # an id
    r"|[0-9a-f]{32}|[0-9a-f]{64}"  # a digest, a hash
    r"|eyJ[\w.-]+"  # a token
)


class Step(NamedTuple):
    """One request of the page."""

    kind: str
    who: str
    text: str
    variables: dict[str, Any]
    answer: Any


def steps() -> list[Step]:
    """Return the requests of the page in their order."""
    found: list[Step] = []
    for kind, word, text in FENCE.findall(PAGE.read_text(encoding="utf-8")):
        if kind in ("http", "graphql", "sh"):
            found.append(Step(kind, word, text, {}, None))
        elif kind == "json" and word == "answer":
            found[-1] = found[-1]._replace(answer=json.loads(text))
        elif kind == "json":
            found[-1] = found[-1]._replace(variables=json.loads(text))
    return found


class Reader:
    """Somebody who follows the page against a server, and learns what stands for what."""

    def __init__(self, system: System, session: aiohttp.ClientSession) -> None:
        self._system = system
        self._session = session
        self._known: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    async def follow(self, step: Step) -> None:
        """Do a step and compare the answer."""
        if step.kind == "sh":
            _, _, _, subject, *more = shlex.split(step.text)
            self._tokens[subject] = await self._system.token(subject, *more)
            return
        if step.kind == "http":
            head, _, text = step.text.partition("\n\n")
            body, headers = json.loads(text), _headers(head)
        else:
            body = {"query": step.text, "variables": self._put_in(step.variables)}
            headers = {"Authorization": f"Bearer {self._tokens[step.who]}"} if step.who else {}
        url = f"{self._system.url}/graphql"
        async with self._session.post(url, json=body, headers=headers) as response:
            answer = await response.json()
        self._compare(step.answer, answer, "answer")
        if token := answer["data"].get("startGuest", {}).get("token"):
            self._tokens["guest"] = token

    def _put_in(self, shown: Any) -> Any:
        """Return variables with the values of this run."""
        if isinstance(shown, dict):
            return {key: self._put_in(value) for key, value in shown.items()}
        if isinstance(shown, list):
            return [self._put_in(value) for value in shown]
        return self._known.get(shown, shown) if isinstance(shown, str) else shown

    def _compare(self, shown: Any, real: Any, place: str) -> None:
        """Compare what the page shows with the answer; lists may be cut."""
        if isinstance(shown, dict):
            assert isinstance(real, dict), place
            assert list(shown) == list(real), place
            for key, value in shown.items():
                self._compare(value, real[key], f"{place}.{key}")
        elif isinstance(shown, list):
            assert isinstance(real, list), place
            assert bool(shown) == bool(real), place
            assert len(shown) <= len(real), place
            for index, value in enumerate(shown):
                self._compare(value, real[index], f"{place}.{index}")
        elif isinstance(shown, str) and (form := _time_form(shown)):
            assert form.fullmatch(real), place
        elif isinstance(shown, str) and (OPAQUE.fullmatch(shown) or place.endswith(".cursor")):
            assert isinstance(real, str), place
            assert OPAQUE.fullmatch(real) or place.endswith(".cursor"), place
            self._known[shown] = real
        else:
            assert shown == real, place


def _time_form(shown: str) -> re.Pattern[str] | None:
    """Return what an instant or a date has to look like, None for any other text."""
    return next((form for form in (INSTANT, DATE) if form.fullmatch(shown)), None)


async def test_the_page_for_app_developers_is_true(system: System) -> None:
    """Its readers would build on requests that do not work."""
    async with aiohttp.ClientSession() as session:
        reader = Reader(system, session)
        for step in steps():
            await reader.follow(step)


def test_the_digest_on_the_page_is_that_of_its_events() -> None:
    """Who builds a phone checks their own digest against it."""
    first = next(step for step in steps() if "events" in step.variables.get("input", {}))
    events = [restore(rfc8785.dumps(event)) for event in first.variables["input"]["events"]]
    assert first.answer["data"]["sync"]["digest"] == digest_of(events).hex()


def test_ids_are_bound_as_the_page_shows(node: Path) -> None:
    """Events would name what the server never gave, and all that was learned be refused."""
    page = PAGE.read_text(encoding="utf-8")
    (snippet,) = re.findall(r"^```ts\n(const bind .*?)^```$", page, re.MULTILINE | re.DOTALL)
    examples = re.findall(r"^\| `(\w{3}_[\w-]{22})` \| `(\w{3}_[\w-]{43})` \|$", page, re.MULTILINE)
    version = next(
        step.answer["data"]["course"]["version"]["hash"] for step in steps() if "pack(" in step.text
    )
    assert [bound_id(version, loose) for loose, _ in examples] == [bound for _, bound in examples]
    asked = ", ".join(f'bind("{version}", "{loose}")' for loose, _ in examples)
    script = f"{snippet}\nconsole.log(JSON.stringify([{asked}]));"
    command = [str(node), "--input-type=module-typescript", "--eval", script]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout) == [bound for _, bound in examples]
    assert len(examples) == 3


@pytest.mark.parametrize("kind", ["http", "graphql", "sh"])
def test_the_page_has_requests_of_each_kind(kind: str) -> None:
    """A fence that is written differently would not be run."""
    assert kind in {step.kind for step in steps()}


def test_every_request_has_an_answer() -> None:
    """One that is not compared could say anything."""
    assert [step.text for step in steps() if step.kind != "sh" and not step.answer] == []


def _headers(head: str) -> dict[str, str]:
    request, *lines = head.splitlines()
    assert request == "POST /graphql"
    return dict(line.split(": ", 1) for line in lines)
