"""`morsel issue`: awards an achievement to the people of a table, through the API.

Each part of the table is a batch whose key is made of what is in it. So whatever breaks off, the
same command goes on: what was issued is told again, and not issued twice.
"""

import asyncio
import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import aiohttp
import uvloop
from rich.console import Console
from rich.progress import Progress as Bar

from gateway.documents import read_registered
from gateway.settings import REGISTERED
from morsel.refusal import Refusal
from services.kit.records import Record

OPERATION = "mutation IssueCredentials("
"""How the registered operation begins, after its comment."""
COLUMNS = {
    "name": "name",
    "email": "email",
    "learner_id": "learnerId",
    "learnerid": "learnerId",
    "score": "score",
    "narrative": "narrative",
}
"""Of the table, in any case, and the member of a row that each fills."""
AT_ONCE = 250
"""Rows of one request: about a second's work."""
TRIES = 6
FIRST_PAUSE_SECONDS = 0.5
"""Before the second try; each further one waits twice as long."""
TIMEOUT = aiohttp.ClientTimeout(total=60)
SHOWN = 20
_BATCHES = UUID("5a1f4f0e-7a55-5c0a-9d0b-2f6f0c3f9b11")


class Line(Record):
    """A row of the table."""

    number: int
    """In the file, from 1; the first row stands on line 2."""
    row: dict[str, Any]
    """As IssueRowInput has it."""


class Failure(Record):
    """Why a row got no credential."""

    line: Line
    message: str


def main(*, achievement: str, path: Path, url: str, token: str, failed: Path | None) -> int:
    """Issue to everybody in the table; return 1 where somebody got nothing."""
    lines = read_table(path)
    issued, failures = uvloop.run(_issue(achievement, lines, url=url, token=token))
    out = Console(soft_wrap=True, highlight=False, markup=False)
    for failure in failures[:SHOWN]:
        out.print(f"FAILED  line {failure.line.number}: {failure.message}")
    if failures:
        kept = failed or path.with_suffix(".failed.csv")
        _write(kept, failures)
        out.print(f"All that failed, with reasons: {kept}")
    out.print(f"{issued} of {len(lines)} issued, {len(failures)} failed")
    return 1 if failures else 0


def read_table(path: Path) -> list[Line]:
    """Return the rows of a CSV file with a header; Refusal where it is none."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(_lines(csv.reader(file, strict=True), path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path} cannot be read as CSV in UTF-8: {error}.") from error


def _lines(table: Any, path: Path) -> Iterator[Line]:
    header: list[str] = next(table, [])
    members = [COLUMNS.get(name.strip().lower().replace(" ", "_")) for name in header]
    if None in members or "name" not in members or len(set(members)) < len(members):
        raise Refusal(
            f"The first line of {path} must name columns, each once: name, and any of email, "
            f"learner_id, score, narrative. It says: {', '.join(header)[:200]}."
        )
    for cells in table:
        if any(cell.strip() for cell in cells):
            if len(cells) != len(header):
                raise Refusal(
                    f"Line {table.line_num} of {path} has {len(cells)} cells, not {len(header)}."
                )
            filled = zip(members, cells, strict=True)
            row = {str(name): cell.strip() for name, cell in filled if cell.strip()}
            yield Line(number=table.line_num, row=row)


async def _issue(
    achievement: str, lines: Sequence[Line], *, url: str, token: str
) -> tuple[int, list[Failure]]:
    """Return how many were issued, and what failed; shows a bar meanwhile."""
    issued, failures = 0, []
    registered = read_registered(REGISTERED)
    document = next(id_ for id_, text in registered.items() if OPERATION in text)
    headers = {"Authorization": f"Bearer {token}"}
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("credentials", total=len(lines))
        async with aiohttp.ClientSession(headers=headers, timeout=TIMEOUT) as session:
            for some in (lines[at : at + AT_ONCE] for at in range(0, len(lines), AT_ONCE)):
                good, bad = _scored(some)
                failures += bad
                if good:
                    given = _input(achievement, good)
                    answer = await _asked(session, url, document, given)
                    issued += len(answer["issued"])
                    failures += [
                        Failure(line=good[each["row"]], message=each["message"])
                        for each in answer["failed"]
                    ]
                bar.advance(task, len(some))
    return issued, sorted(failures, key=lambda each: each.line.number)


def _scored(lines: Sequence[Line]) -> tuple[list[Line], list[Failure]]:
    """Return lines with their scores as numbers, and those whose score is none."""
    good, bad = [], []
    for line in lines:
        try:
            score = {"score": float(line.row["score"])} if "score" in line.row else {}
            good.append(Line(number=line.number, row={"name": "", **line.row, **score}))
        except ValueError:
            bad.append(Failure(line=line, message="score is no number from 0 to 1."))
    return good, bad


def _input(achievement: str, lines: Sequence[Line]) -> dict[str, Any]:
    rows = [line.row for line in lines]
    told = json.dumps([achievement, [line.number for line in lines], rows], sort_keys=True)
    key = uuid5(_BATCHES, hashlib.sha256(told.encode()).hexdigest())
    return {"achievementId": achievement, "rows": rows, "idempotencyKey": str(key)}


async def _asked(
    session: aiohttp.ClientSession, url: str, document: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what became of a batch; it is sent again while nobody answers."""
    body = {"documentId": document, "variables": {"input": given}}
    for trial in range(TRIES):
        if trial:
            await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (trial - 1))
        try:
            async with session.post(url, json=body) as response:
                if response.status < 500:  # noqa: PLR2004 - HTTP's own border
                    return _read(await response.json(content_type=None))
        except ValueError as error:
            raise Refusal(f"{url} is no GraphQL endpoint.") from error
        except (aiohttp.ClientError, TimeoutError):
            continue
    raise Refusal(f"{url} does not answer. The same command goes on where this one ended.")


def _read(answer: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = (answer.get("data") or {}).get("issueCredentials") or {}
    troubles = [*(answer.get("errors") or ()), *data.get("userErrors", ())]
    if troubles:
        raise Refusal(str(troubles[0].get("message")))
    return {"issued": data["issued"], "failed": data["failed"]}


def _write(path: Path, failures: Sequence[Failure]) -> None:
    members = list(dict.fromkeys(name for one in failures for name in one.line.row))
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, ["line", "reason", *members])
        table.writeheader()
        for one in failures:
            table.writerow({"line": one.line.number, "reason": one.message, **one.line.row})
