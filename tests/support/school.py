"""A school whose one course has an assessment full of canaries, and a spy who reads it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from morsel.data import Data
from morsel.mongod import Mongod
from morsel.system import System
from services.content.contract import Course, ImportCourse, ImportFormat
from services.kit.records import Actor, Role
from tests.gateway.conftest import AccountIssuer, Gateway, started
from tests.support.canaries import SLUG, Canaries, canary_course
from tests.support.learner import COURSE, ENROL, App
from tests.support.running import Client
from tests.support.world import World

ORIGIN = "http://localhost:8000"
SCHOOL = "school"
AUTHOR = Actor(subject="lrn_author", roles=frozenset({Role.AUTHOR}), organisation=SCHOOL)
PEOPLE: dict[str, tuple[tuple[Role, ...], str | None]] = {
    "learner": ((Role.LEARNER,), None),
    "author elsewhere": ((Role.AUTHOR,), "rival"),
    "manager": ((Role.MANAGER,), SCHOOL),
    "employer": ((Role.EMPLOYER,), SCHOOL),
    "issuer": ((Role.ISSUER,), SCHOOL),
    "accreditor": ((Role.ACCREDITOR,), SCHOOL),
}
SCORE = re.compile(r'"score": ?[\d.]+')
"""What an attempt earned in all, told once it is released."""


@dataclass
class Spy:
    """Reads as somebody, and keeps all that was told."""

    gateway: Gateway
    told: list[tuple[str, str]] = field(default_factory=list)

    async def ask(
        self, query: str, variables: Any = None, *, token: str | None = None, who: str = "anybody"
    ) -> Any:
        """Run a document; whatever comes back is kept, errors and headers too."""
        answer = await self.gateway.run(query, variables, token=token)
        self.told.append((f"{who}: {query[:200]}", f"{answer.text} {dict(answer.headers)}"))
        assert answer.status < 500, answer.text
        return answer.json.get("data")

    async def fetch(self, url: str, **headers: str) -> None:
        """Fetch an address."""
        parts = urlsplit(url)
        address = f"{self.gateway.url}{parts.path}?{parts.query}"
        async with self.gateway.session.get(address, headers=headers) as response:
            text = (await response.read()).decode("latin-1")
            self.told.append((f"GET {url} {headers}", f"{text} {dict(response.headers)}"))


@dataclass
class School:
    """The system with the course published, and who asks."""

    system: System
    spy: Spy
    canaries: Canaries
    course: Course
    tokens: dict[str, str | None]
    mongo_uri: str

    def leaks(self) -> list[tuple[str, list[str]]]:
        """Return what was told that nobody may know."""
        texts = ((where, SCORE.sub("", text)) for where, text in self.spy.told)
        found = ((where, self.canaries.found_in(text)) for where, text in texts)
        return [(where, places) for where, places in found if places]


@asynccontextmanager
async def opened_school(folder: Path) -> AsyncIterator[School]:
    """A school with one course, all of Morsel around it."""
    canaries, package = canary_course()
    async with Mongod(folder / "mongo") as mongod:
        system = System(Data(folder / "data"), mongo_uri=mongod.uri, public_url=ORIGIN)
        await system.start()
        imported = await system.content.authoring.import_course(
            AUTHOR, ImportCourse(format=ImportFormat.MARKDOWN, package=package, publish=True)
        )
        assert imported.problems == ()
        assert imported.course is not None
        async with started(World(), AccountIssuer(), app=system.app) as gateway:
            tokens: dict[str, str | None] = {
                name: system.issuer.token(name, roles=(Role.LEARNER, *roles), organisation=org)
                for name, (roles, org) in PEOPLE.items()
            }
            tokens |= {"guest": await gateway.guest(), "anybody": None}
            yield School(system, Spy(gateway), canaries, imported.course, tokens, mongod.uri)
        await system.stop()


class Watched(Client):
    """A client whose every answer the spy keeps."""

    def __init__(self, spy: Spy, token: str | None) -> None:
        super().__init__(spy.gateway.session, spy.gateway.url, token)
        self._spy = spy

    async def post(self, document: str, **variables: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await super().post(document, **variables)
        self._spy.told.append((document[:200], json.dumps(answer)))
        return answer


async def enrolled(school: School, who: str) -> App:
    """Return the app of somebody who has downloaded the course and enrolled."""
    client = Watched(school.spy, school.tokens[who])
    course = (await client.run(COURSE, slug=SLUG))["course"]
    await client.run(ENROL, input={"courseId": course["id"]})
    return App(client, course, start=datetime.now(UTC) - timedelta(hours=1))


async def push(app: App) -> list[dict[str, Any]]:
    """Push what is queued, and return the receipts."""
    queue, app.queue = app.queue, []
    receipts: list[dict[str, Any]] = (await app.sync(queue))["receipts"]
    return receipts
