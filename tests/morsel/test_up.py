"""`morsel up` as a person runs it: starts, welcomes, keeps what was learned, stops, refuses."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from morsel.welcome import COMMANDS
from tests.support.running import ROOT, free_port

DEMO_COURSES = {"spot-phishing", "read-data", "ask-an-ai-well"}
DEMO_PATHWAY = "everyday-digital-judgement"
ENROL = (ROOT / "graphql" / "operations" / "Enrol.graphql").read_text(encoding="utf-8")


class Up:
    """A running `morsel up`."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.url = f"http://localhost:{port}"

    async def welcome(self) -> list[str]:
        """Return the lines that it prints until it answers."""
        assert self.process.stdout is not None
        lines: list[str] = []
        while sum(line.startswith("curl ") for line in lines) < len(COMMANDS):
            line = (await self.process.stdout.readline()).decode()
            assert line, f"morsel up ended after {lines}"
            lines.append(line.rstrip("\n"))
        return lines

    async def status(self, path: str) -> int:
        """Return the status of a page."""
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
            return response.status

    async def run(self, query: str, *, token: str | None = None, **variables: Any) -> Any:
        """Return the data of an operation."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(f"{self.url}/graphql", json=body) as response,
        ):
            answer = await response.json()
        assert "errors" not in answer
        return answer["data"]

    async def end(self, how: signal.Signals) -> int:
        """Signal it and return its exit code; one that hangs fails the test."""
        self.process.send_signal(how)
        async with asyncio.timeout(60):
            return await self.process.wait()


async def _morsel(*arguments: str) -> tuple[int, str, str]:
    """Run a command and return exit code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "morsel", *arguments],
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), errors.decode()


@asynccontextmanager
async def _up(data: Path) -> AsyncIterator[Up]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "morsel", "up", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(180):
            yield Up(process, port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_life_of_three_starts(tmp_path: Path) -> None:
    """Breaks when a stop or a kill loses data, keys or learners, or hinders the next start."""
    data = tmp_path / "data"
    code, token, _ = await _morsel("token", "--subject", "ann", "--data", str(data))
    assert code == 0
    token = token.strip()

    async with _up(data) as first:
        await first.welcome()
        assert await first.status("/readyz") == 200
        course = (await first.run('{ course(slug: "spot-phishing") { id } }'))["course"]
        learner = (await first.run("{ viewer { id } }", token=token))["viewer"]
        chosen = {"courseId": course["id"]}
        enrolled = (await first.run(ENROL, token=token, input=chosen))["enrol"]
        assert await first.end(signal.SIGINT) == 0
    async with _up(data) as second:
        await second.welcome()
        kept = (await second.run("{ viewer { id enrolments { totalCount } } }", token=token))[
            "viewer"
        ]
        assert await second.end(signal.SIGKILL) == -signal.SIGKILL
    async with _up(data) as third:
        await third.welcome()
        same = (await third.run('{ course(slug: "spot-phishing") { id } }'))["course"]
        assert await third.end(signal.SIGTERM) == 0

    assert enrolled["userErrors"] == []
    assert enrolled["enrolment"]["course"]["slug"] == "spot-phishing"
    assert kept == {"id": learner["id"], "enrolments": {"totalCount": 1}}
    assert same == course
    assert sorted(path.name for path in (data / "mongo").iterdir()) == ["db", "mongod.log"]


async def test_the_welcome_keeps_its_word(tmp_path: Path) -> None:
    """Breaks when a command that a newcomer is told to copy does not work."""
    async with _up(tmp_path) as up:
        commands = [line for line in await up.welcome() if line.startswith("curl ")]
        answers = []
        for command in commands:
            shell = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.PIPE)
            answers.append(json.loads((await shell.communicate())[0])["data"])
        await up.end(signal.SIGINT)

    assert {node["slug"] for node in answers[0]["catalog"]["nodes"]} == DEMO_COURSES
    assert answers[1]["viewer"]["displayName"] == "Demo learner"
    assert {node["slug"] for node in answers[2]["authoredCourses"]["nodes"]} == DEMO_COURSES


async def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """Breaks when a taken port is a traceback, or something was started before it was noticed."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, out, errors = await _morsel("up", "--port", str(port), "--data", str(tmp_path / "d"))

    assert (code, out) == (1, "")
    assert errors == (
        f"morsel: Port {port} is taken by another program: "
        "stop it, or choose another with --port.\n"
    )
    assert not (tmp_path / "d").exists()


@pytest.mark.slow
async def test_commands_work_beside_a_running_one(tmp_path: Path) -> None:
    """Breaks when a second `up` shares a folder, or an import has to wait for the first to stop."""
    course = ROOT / "services" / "content" / "demo" / "spot-phishing"
    async with _up(tmp_path) as up:
        await up.welcome()
        second = await _morsel("up", "--port", str(free_port()), "--data", str(tmp_path))
        taken = await _morsel("import", str(course), "--org", "acme", "--data", str(tmp_path))
        seeded = await _morsel("seed", "--data", str(tmp_path))
        here, own = ("--data", str(tmp_path)), ("--org", "morsel-academy")
        written = await _morsel("export", "--pathway", DEMO_PATHWAY, str(tmp_path / "way"), *here)
        back = await _morsel("import", str(tmp_path / "way"), *own, *here)
        await up.end(signal.SIGINT)

    assert second[:2] == (1, "")
    assert second[2].startswith(f"morsel: The data folder {tmp_path} is in use by another `morsel`")
    assert taken[0] == 1
    assert "spot-phishing" in taken[1] + taken[2]
    assert seeded[0] == 0
    assert set(seeded[1].splitlines()) == {f"{slug}: 6 lessons, published" for slug in DEMO_COURSES}
    assert written[:2] == (0, f"{DEMO_PATHWAY}: a pathway\n")
    assert back[:2] == (0, f"{DEMO_PATHWAY}: a pathway of 3 courses\n")


async def test_an_import_works_alone(tmp_path: Path) -> None:
    """Breaks when a course can be brought in only while the system runs."""
    course = ROOT / "services" / "content" / "demo" / "spot-phishing"

    code, out, _ = await _morsel("import", str(course), "--org", "acme", "--data", str(tmp_path))
    missing = await _morsel("import", str(tmp_path / "no"), "--org", "acme")

    assert (code, out) == (0, "spot-phishing: 6 lessons, a draft\n")
    assert missing == (1, "", f"morsel: {tmp_path / 'no'} is not there.\n")
