"""Processes of their own on one learner: killed between append and projection, racing a repeat."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from morsel.child import die_with
from services.kit.ids import Kind, new_id
from services.kit.mongo import Database
from services.kit.records import Actor
from services.progress.app import Progress
from services.progress.contract import LessonKey
from services.progress.domain.event import Event
from services.progress.domain.learner import digest_of
from services.progress.domain.parsing import parse
from tests.support.library import small_course
from tests.support.phone import Phone

ROOT = Path(__file__).parents[3]
FACTS = small_course()
PATIENCE = 60


@asynccontextmanager
async def pushers(uri: str, database: str, count: int) -> AsyncIterator[list[Process]]:
    """Start processes that wait to be told what to push."""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            *["-m", "tests.support.pushing", uri, database],
            cwd=ROOT,
            stdin=PIPE,
            stdout=PIPE,
            preexec_fn=partial(die_with, os.getpid(), signal.SIGTERM),
        )
        for _ in range(count)
    ]
    try:
        for process in started:
            assert await _line(process) == b"ready\n"
        yield started
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _line(process: Process) -> bytes:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return await process.stdout.readline()


async def tell(
    process: Process, actor: Actor, phone: Phone, events: list[Any], *, dies: bool = False
) -> None:
    told = {"learner": actor.subject, "device": phone.device, "events": events, "dies": dies}
    assert process.stdin is not None
    process.stdin.write(json.dumps(told).encode() + b"\n")
    await process.stdin.drain()


async def test_what_killed_processes_left_is_projected_once_by_whoever_sweeps(
    mongo_uri: str, database: Database, progress: Progress
) -> None:
    """What a process acknowledged to nobody, but stored, would count only at the next visit."""
    actors = [Actor(subject=new_id(Kind.LEARNER)) for _ in range(3)]
    phone = Phone(FACTS)
    events = phone.study("practice")
    async with pushers(mongo_uri, database.name, len(actors)) as processes:
        for actor, process in zip(actors, processes, strict=True):
            await tell(process, actor, phone, events, dies=True)
            async with asyncio.timeout(PATIENCE):
                assert await process.wait() == -signal.SIGKILL
    # then the sweep of the process that lives projects it, though nobody asks
    log, ids = database.truth("log"), [actor.subject for actor in actors]
    async with asyncio.timeout(PATIENCE):
        while await log.find({"learner": {"$in": ids}, "pending": True}):
            await asyncio.sleep(0.05)
    assert await progress.store.heads(ids) == dict.fromkeys(ids, 1)
    places = tuple(
        LessonKey(learner_id=id_, course_id=FACTS.course_id, lesson_key="practice") for id_ in ids
    )
    for lesson in await progress.learners.lesson_progress(places):
        assert lesson is not None
        assert (lesson.status, lesson.attempts) == ("COMPLETED", 1)
    for learner in (await progress.store.learners(ids)).values():
        parsed = [parse(raw) for raw in events]
        digest = digest_of(one for one in parsed if isinstance(one, Event))
        assert learner.state.devices[phone.device].digest == digest


async def test_two_processes_given_the_same_push_at_once_tell_one_story(
    mongo_uri: str, database: Database, progress: Progress, actor: Actor
) -> None:
    """A load balancer that repeats a request would make a phone count twice."""
    phone = Phone(FACTS)
    async with pushers(mongo_uri, database.name, 2) as processes:
        for _ in range(5):
            events = phone.study("practice")
            for process in processes:
                await tell(process, actor, phone, events)
            (one, digest), (other, same) = [json.loads(await _line(each)) for each in processes]
            assert digest == same
            assert [[id_, mark] for id_, _, mark in one] == [[id_, mark] for id_, _, mark in other]
            for (_, first, _), (_, second, _) in zip(one, other, strict=True):
                assert {first, second} == {"ACCEPTED", "DUPLICATE"}
    documents = await progress.store.log_after(actor.subject, 0)
    ids = [one.event.id for document in documents for one in document.events if one.event.seq]
    assert len(ids) == len(set(ids)) == phone.seq
