"""Reading a learner's export, which may come from anybody: nothing of it is unpacked to disk."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from morsel.refusal import Refusal
from services.progress.domain import event
from services.progress.domain.exported import Exported, read_event, read_told, submission
from services.progress.domain.rules import Bad

EVENTS, LOG = "events.jsonl", "log.jsonl"
MAX_MEMBERS = 10_000
MAX_BYTES = 512 * 1024 * 1024
"""Of one file, unpacked."""
MAX_EVENT_BYTES = 256 * 1024
MAX_LINE_BYTES = 4 * 1024 * 1024
"""Of log.jsonl: a thousand events, marked."""
MAX_SUBMISSION_BYTES = 8 * 1024 * 1024
ENCRYPTED = 1
"""The bit of a member's flags that says so."""
_CREDENTIAL = re.compile(r"credentials/[\w-]{1,80}\.(?:json|jwt)", re.ASCII)


class ExportFile:
    """An open export: its submissions, and the names of its credentials."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Look at what is in it; Refusal where it is no export."""
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(members) > MAX_MEMBERS:
            raise Refusal(f"The export holds more than {MAX_MEMBERS} files.")
        for name in (EVENTS, LOG):
            if names.count(name) != 1:
                raise Refusal(f"This is no export of a learner: it must hold one {name}.")
            if archive.getinfo(name).flag_bits & ENCRYPTED:
                raise Refusal(f"{name} is encrypted: exports are not.")
            if archive.getinfo(name).file_size > MAX_BYTES:
                raise Refusal(f"{name} is over {MAX_BYTES >> 20} MiB.")
        self._archive = archive
        self.bytes = archive.getinfo(EVENTS).file_size
        self.credentials = sorted(name for name in names if _CREDENTIAL.fullmatch(name))

    def submissions(self, *, now: int) -> Iterator[Exported]:
        """Yield the submissions in their order; Refusal at the first thing that cannot be so."""
        with ExitStack() as stack:
            events, log = (stack.enter_context(self._archive.open(name)) for name in (EVENTS, LOG))
            lines = _lines(events, EVENTS, longest=MAX_EVENT_BYTES)
            for number, line in _lines(log, LOG, longest=MAX_LINE_BYTES):
                yield _submission(number, line, lines, now=now)
            for number, _ in lines:
                raise Refusal(f"{EVENTS}, line {number}, is in no submission of {LOG}.")

    def check(self, *, now: int) -> None:
        """Read all of it once, before anything is written; Refusal also for an event told twice."""
        seen: set[str] = set()
        for one in self.submissions(now=now):
            for id_ in (stored.id for stored in one.events):
                if id_ in seen:
                    raise Refusal(f"The event {id_} is in the export twice.")
                seen.add(id_)


@contextmanager
def opened(path: Path) -> Iterator[ExportFile]:
    """Yield the export in a file; Refusal for whatever is none, or breaks while it is read."""
    if not path.is_file():
        raise Refusal(f"{path} is no file.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield ExportFile(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refusal(f"{path} is no whole zip file: {error}.") from error


def _lines(file: IO[bytes], name: str, *, longest: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line, without its end."""
    number = 0
    while line := file.readline(longest + 2):
        number += 1
        if not line.endswith(b"\n"):
            why = f"is longer than {longest >> 10} KiB" if len(line) > longest else "is cut off"
            raise Refusal(f"{name}, line {number}, {why}.")
        yield number, line[:-1]


def _submission(
    number: int, line: bytes, lines: Iterator[tuple[int, bytes]], *, now: int
) -> Exported:
    """Return a submission with its events, each of them the one that the log tells of."""
    try:
        told = read_told(line)
    except Bad as bad:
        raise Refusal(f"{LOG}, line {number}, {bad.message}") from bad
    found, size = [], 0
    for one in told.events:
        at, raw = next(lines, (0, b""))
        if not at:
            raise Refusal(f"{EVENTS} ends before {LOG} does: {one.id} is missing.")
        found.append(_event(raw, one.id, f"{EVENTS}, line {at},"))
        size += len(raw)
    if size > MAX_SUBMISSION_BYTES:
        raise Refusal(f"{LOG}, line {number}, tells of more than {MAX_SUBMISSION_BYTES >> 20} MiB.")
    return submission(told, found, now=now)


def _event(raw: bytes, id_: str, where: str) -> event.Event | event.Refusal:
    try:
        found = read_event(raw)
    except Bad as bad:
        raise Refusal(f"{where} {bad.message}") from bad
    if found.id != id_.lower():
        raise Refusal(f"{where} is not the event {id_}, which {LOG} tells of there.")
    return found
