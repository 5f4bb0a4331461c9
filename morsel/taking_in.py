"""`morsel import-learner`: brings an export of a learner into the log of a learner here."""

import zipfile
from pathlib import Path

import uvloop

from morsel.data import Data
from morsel.refold import open_progress
from morsel.refusal import Refusal

FILES = ("events.jsonl", "log.jsonl")
LARGEST = 1 << 30
"""Bytes of a file, unpacked: far more than a learner's life has."""


def main(*, data: Data, mongo: str | None, source: Path, learner: str) -> int:
    """Import the export and say how many events it holds."""
    events, log = _read(source)
    count = uvloop.run(_take_in(data, mongo, learner, events, log))
    print(f"{count} events are in the log of {learner}.")
    return 0


def _read(source: Path) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(source) as packed:
            for name in FILES:
                if packed.getinfo(name).file_size > LARGEST:
                    raise Refusal(f"{name} is larger than {LARGEST >> 20} MiB unpacked.")
            events, log = (packed.read(name) for name in FILES)
            return events, log
    except KeyError as error:
        raise Refusal(f"{source} is no export of exportMyData: {error.args[0]}") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise Refusal(f"{source} cannot be read as a zip: {error}") from error


async def _take_in(data: Data, mongo: str | None, learner: str, events: bytes, log: bytes) -> int:
    async with open_progress(data, mongo) as progress:
        return await progress.leaving.importing.take_in(learner, events, log)
