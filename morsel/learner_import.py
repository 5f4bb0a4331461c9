"""`morsel import-learner`: brings an export into a learner's log, and says what became of it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import uvloop
from rich.console import Console
from rich.progress import Progress as Bar

from gateway.identity.subjects import learner_id
from morsel.data import Data
from morsel.export_file import ExportFile, opened
from morsel.issuer import development_issuer
from morsel.refold import is_cluster, open_progress
from morsel.refusal import Refusal
from services.kit.ids import Kind, read_id
from services.progress.domain.exported import Exported
from services.progress.use_cases.importing import Tally

PATIENCE_SECONDS = 2.0
SHOWN = 20
"""Conflicts, refusals and credentials that are printed each."""


def main(
    *, data: Data, mongo: str | None, path: Path, learner: str | None, subject: str | None
) -> int:
    """Import one export; return 1 where some event was refused or clashed."""
    id_ = learner or _learner(data, subject or "")
    read_id(Kind.LEARNER, id_)
    with opened(path) as export:
        tally = uvloop.run(_bring(data, mongo, export, id_))
        _report(tally, export, id_)
    return 1 if tally.conflicts or tally.refusals else 0


async def _bring(data: Data, mongo: str | None, export: ExportFile, learner: str) -> Tally:
    tally = Tally()
    async with open_progress(data, mongo) as progress:
        importing = progress.leaving.importing
        now = importing.now
        export.check(now=now)
        for one in _under_bar(export, now):
            await importing.bring(learner, one, tally)
    return tally


def _learner(data: Data, subject: str) -> str:
    """Return the learner's id of a subject of the data folder's issuer."""
    if is_cluster():
        raise Refusal("Name the learner with --learner: subjects are those of a data folder.")
    return learner_id(data.key_bytes("learner_key"), development_issuer(data).url, subject)


def _under_bar(export: ExportFile, now: int) -> Iterator[Exported]:
    """Yield the submissions, and show on the terminal how far it is where it takes its time."""
    began = time.monotonic()
    with ExitStack() as stack:
        bar = Bar(console=Console(stderr=True), transient=True)
        task = bar.add_task("events", total=export.bytes)
        for one in export.submissions(now=now):
            yield one
            bar.advance(task, sum(len(event.canonical) + 1 for event in one.events))
            if not bar.live.is_started and time.monotonic() - began > PATIENCE_SECONDS:
                stack.enter_context(bar)


def _report(tally: Tally, export: ExportFile, learner: str) -> None:
    out = Console(soft_wrap=True, highlight=False, markup=False)
    for id_ in tally.conflicts[:SHOWN]:
        out.print(f"CONFLICT  {id_}: another event has this id here, and stays")
    for refusal in tally.refusals[:SHOWN]:
        out.print(f"REJECTED  {refusal.id}: {refusal.message}")
    for version, count in tally.foreign.items():
        out.print(f"UNKNOWN   version {version} is not here: {count} events kept, not marked")
    for kind, count in sorted(tally.left.items()):
        out.print(f"LEFT      {kind}: {count}")
    for name in export.credentials[:SHOWN]:
        out.print(f"ASIDE     {name}: stays its issuer's, and is not issued again")
    out.print(
        f"{learner}: {tally.accepted} events accepted, {tally.present} there before, "
        f"{len(tally.conflicts)} conflicts, {len(tally.refusals)} rejected, "
        f"{tally.foreign.total()} of unknown versions, {len(export.credentials)} credential files"
    )
