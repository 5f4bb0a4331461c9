"""One whole system a session, started as `make up` starts it."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.support.npm import Run
from tests.support.outside import OutsideVerifier
from tests.support.running import Client, System, client
from tests.support.school import School, opened_school


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """The running system with its demo courses."""
    system = System(tmp_path_factory.mktemp("data"))
    await system.start()
    yield system
    await system.stop()


@pytest.fixture
async def anybody(system: System) -> AsyncIterator[Client]:
    """A client that is not signed in."""
    async with client(system.url) as opened:
        yield opened


@pytest.fixture
def outside(npm_client: Callable[[str], Run], anybody: Client) -> OutsideVerifier:
    """Verification by npm libraries."""
    return OutsideVerifier(npm_client("verifier"), anybody)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def school(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    """A school with one course that holds canaries, all of Morsel around it."""
    async with opened_school(tmp_path_factory.mktemp("secrecy")) as opened:
        yield opened
