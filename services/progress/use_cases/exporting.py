"""A learner's export: a zip of all that is held of them, read from the log as it is sent.

Never more than a few submissions are in memory, whatever a learner has done.
"""

import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec

from services.kit.capabilities import Capabilities
from services.kit.clock import from_millis, to_rfc3339
from services.kit.errors import NotFound
from services.kit.records import Actor, Json, PageArgs
from services.progress.contract import DataExport, Keepsake, LearnerApi
from services.progress.domain.closing import Claimed, Erased
from services.progress.domain.stored import Stored
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.store import LogDocument

DOCUMENTS = 20
"""Submissions read at once: 256 KiB each at most, as they came."""
README = """This is all that Morsel holds of you.

events.jsonl      what you did, one event a line, in the order in which the server took it: the very
                  bytes that your devices sent and the server added. A digest of a device is the sum
                  modulo 2^128 of the first 16 bytes of the SHA-256 of each of its lines.
log.jsonl         one submission a line: when it came, what numbers were refused, and of each of
                  its events when it is taken to have happened and how it was marked.
profile.json      your settings.
enrolments.jsonl  where you are in each course, as it follows from the events.
credentials/      what you earned: signed JSON (Open Badges 3.0), and the same as a JWT. Anybody can
                  verify them, here and elsewhere.
talent-views.json which employers found you in the last year, and by which skills; if any did.

Reviews, streak, goal and skills are worked out from the events, and hold nothing of their own.
"""


class Exports(Protocol):
    """What exports are read from."""

    async def log_page(self, learner_id: str, *, after: int, limit: int) -> list[LogDocument]:
        """Return the next documents of a log, ascending."""

    async def keep(self, learner_id: str, keepsakes: Sequence[Keepsake]) -> None:
        """Hold files of a learner for a while, each in place of the one of its name."""

    def keepsakes(self, learner_id: str) -> AsyncIterator[Keepsake]:
        """Yield the files that are held of a learner, by name."""


class Exporting:
    """Gives out addresses of exports, and what they open."""

    def __init__(
        self,
        exports: Exports,
        projector: Projector,
        learners: LearnerApi,
        *,
        capabilities: Capabilities,
    ) -> None:
        """Keep where to read, and who signs addresses."""
        self._exports = exports
        self._projector = projector
        self._learners = learners
        self._capabilities = capabilities

    async def keep(self, actor: Actor, keepsakes: tuple[Keepsake, ...]) -> None:
        """Hold what others have of the actor, so that exports contain it."""
        await self._check(actor.subject)
        await self._exports.keep(actor.subject, keepsakes)

    async def export(self, actor: Actor) -> DataExport:
        """Return where the actor's export is."""
        await self._check(actor.subject)
        url = self._capabilities.url(_path(actor.subject))
        (expires,) = parse_qs(urlsplit(url).query)["expires"]
        return DataExport(url=url, expires_at=from_millis(int(expires) * 1000))

    async def file(self, learner_id: str, *, expires: str, signature: str) -> AsyncIterator[bytes]:
        """Return the export that an address opens, in parts; NotFound for any other."""
        self._capabilities.check(_path(learner_id), expires=expires, signature=signature)
        try:
            await self._check(learner_id)
        except (Erased, Claimed) as error:
            raise NotFound("There is no such export any more.") from error
        return self._zipped(learner_id)

    async def _check(self, learner_id: str) -> None:
        learner = await self._projector.catch_up(learner_id)
        if learner.state.erased:
            raise Erased
        if learner.state.closed_to is not None:
            raise Claimed("export it")

    async def _zipped(self, learner_id: str) -> AsyncIterator[bytes]:
        out = _Parts()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("README.txt", README)
            (profile,) = await self._learners.profiles((learner_id,))
            packed.writestr("profile.json", _line(profile))
            for name, parts in (
                ("enrolments.jsonl", self._enrolments(learner_id)),
                ("events.jsonl", self._events(learner_id)),
                ("log.jsonl", self._log(learner_id)),
            ):
                with packed.open(name, "w") as file:
                    async for part in parts:
                        file.write(part)
                        yield out.take()
            async for keepsake in self._exports.keepsakes(learner_id):
                packed.writestr(keepsake.name, keepsake.body)
                yield out.take()
        yield out.take()

    async def _enrolments(self, learner_id: str) -> AsyncIterator[bytes]:
        after: str | None = None
        while True:
            page = await self._learners.enrolments_of(
                learner_id, status=None, page=PageArgs(first=20, after=after)
            )
            yield b"".join(map(_line, page.nodes))
            if not page.has_next:
                return
            after = page.cursors[-1]

    async def _events(self, learner_id: str) -> AsyncIterator[bytes]:
        async for document in self._documents(learner_id):
            yield b"".join(stored.event.canonical + b"\n" for stored in document.events)

    async def _log(self, learner_id: str) -> AsyncIterator[bytes]:
        async for document in self._documents(learner_id):
            yield _line(
                {
                    "n": document.n,
                    "receivedAt": to_rfc3339(from_millis(document.received)),
                    "refused": document.refused,
                    "events": [_told(stored) for stored in document.events],
                }
            )

    async def _documents(self, learner_id: str) -> AsyncIterator[LogDocument]:
        after = 0
        while found := await self._exports.log_page(learner_id, after=after, limit=DOCUMENTS):
            for document in found:
                yield document
            after = found[-1].n


class _Parts(io.RawIOBase):
    """What was written since it was last taken; it cannot be sought in."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def writable(self) -> bool:
        """Return that it is."""
        return True

    def write(self, data: object) -> int:
        """Keep more bytes."""
        added = bytes(memoryview(data))  # type: ignore[arg-type]  # any buffer, as RawIOBase says
        self._parts += added
        return len(added)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._parts = bytes(self._parts), bytearray()
        return taken


def _path(learner_id: str) -> str:
    return f"/exports/{learner_id}.zip"


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _told(stored: Stored) -> Json:
    """Return what the server added to an event."""
    return {
        "id": stored.event.id,
        "receivedAt": to_rfc3339(from_millis(stored.received)),
        "effectiveAt": to_rfc3339(from_millis(stored.effective)),
        "clamped": stored.clamped,
        "mark": stored.mark,
    }
