"""A process of progress that pushes what it is told to: python -m tests.support.pushing.

Reads a line of JSON for each push from its standard input and answers with its receipts. Told to
die, it kills itself between the append and the projection, as an outage would.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from services.kit.mongo import Mongo
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import Push
from services.progress.settings import Settings
from tests.support.library import Library, small_course
from tests.support.phone import START


async def main(uri: str, database: str) -> None:
    """Serve pushes until the input ends; nothing is swept here."""
    library = Library()
    library.add(small_course())
    mongo = Mongo(uri, app_name="pushing")
    settings = Settings(mongo_uri=uri, public_url="", cursor_key="a2V5", database=database)
    progress = Progress(settings, mongo, library.doors)
    await progress.prepare()
    _say("ready")
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        if told["dies"]:
            progress._projector.project = _die  # type: ignore[method-assign]  # the append is done by then
        result = await progress.tracking.sync(
            Actor(subject=told["learner"]),
            Push(device_id=told["device"], device_time=START, events=Untrusted(told["events"])),
        )
        receipts = [[one.id, one.status, one.mark and one.mark.score] for one in result.receipts]
        _say(json.dumps([receipts, result.digest]))
    await mongo.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
