"""The command `morsel verify`: whether a credential in a file counts, each check explained."""

import asyncio
import sys
import textwrap
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from morsel.refusal import Refusal
from morsel.verifying.files import Handed, open_file, read_file
from morsel.verifying.judging import Fetch, Judgement, Terms, judge
from services.credentials.contract import CheckName, CheckOutcome
from services.credentials.domain.verification import unreadable
from services.credentials.repository.web import Web
from services.credentials.repository.wheel import load_contexts
from services.kit.clock import utc_now
from services.kit.errors import ServiceError
from services.kit.records import Json, Record

VERIFIED, NOT_VERIFIED = 0, 1
WIDTH = 96
_MARKS = {CheckOutcome.PASSED: "passed", CheckOutcome.FAILED: "FAILED", CheckOutcome.SKIPPED: "-"}


class Shown(Record, rename="camel"):
    """A check, as JSON."""

    name: CheckName
    outcome: CheckOutcome
    message: str


class Report(Record, rename="camel"):
    """The outcome, as JSON."""

    verified: bool
    file: str
    kind: str | None
    at: datetime
    keys_from: str
    status_signed_at: datetime | None
    made_at: datetime | None
    issuer_name: str | None
    issuer_id: str | None
    holder_name: str | None
    achievement_name: str | None
    skills: tuple[str, ...]
    checks: tuple[Shown, ...]


def main(  # noqa: PLR0913 - one keyword for each option of the command
    *,
    path: Path,
    at: datetime | None,
    as_json: bool,
    online: bool,
    origins: list[str] | None,
    trust: list[Path] | None,
    max_age: timedelta | None,
) -> int:
    """Verify a file; return 0 when no check failed, 1 when one did."""
    if origins and not online:
        raise Refusal("--origin says where --online may ask: give both.")
    terms = Terms(
        at=at or utc_now(),
        contexts=load_contexts(),
        trusted=_documents(trust) if trust else None,
        max_age=max_age,
    )
    fetch = _fetcher(origins or []) if online else None
    report = asyncio.run(_report(path, terms, fetch))
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
    else:
        print(_told(report))
    return VERIFIED if report.verified else NOT_VERIFIED


async def _report(path: Path, terms: Terms, fetch: Fetch | None) -> Report:
    content, handed = read_file(path), None
    try:
        handed = await asyncio.to_thread(open_file, content)
        judged = await judge(handed, terms, fetch=fetch)
    except ServiceError as error:
        judged = Judgement(verification=unreadable(error.message), keys_from="nowhere")
    return _as_report(path, terms.at, handed, judged)


def _as_report(path: Path, at: datetime, handed: Handed | None, judged: Judgement) -> Report:
    found = judged.verification
    return Report(
        verified=found.verified,
        file=path.name,
        kind=handed.kind if handed else None,
        at=at,
        keys_from=judged.keys_from,
        status_signed_at=judged.status_signed_at,
        made_at=handed.made_at if handed else None,
        issuer_name=found.issuer_name,
        issuer_id=found.issuer_id,
        holder_name=found.holder_name,
        achievement_name=found.achievement_name,
        skills=found.skills,
        checks=tuple(
            Shown(name=check.name, outcome=check.outcome, message=check.message)
            for check in found.checks
        ),
    )


def _told(report: Report) -> str:
    """Return the report for a person at a terminal, control characters of others left out."""
    lines = [f"{_verdict(report)}  {report.file}"]
    about = {
        "for": report.achievement_name,
        "held by": report.holder_name,
        "issued by": report.issuer_name,
        "skills": ", ".join(report.skills),
    }
    lines += [f"  {label:<9} {_plain(value)}" for label, value in about.items() if value]
    lines.append(f"  as of     {report.at:%Y-%m-%d %H:%M} UTC")
    for check in report.checks:
        head = f"  {_MARKS[check.outcome]:<7} {check.name:<12} "
        body = textwrap.wrap(_plain(check.message), WIDTH - len(head)) or [""]
        lines += [head + body[0], *(" " * len(head) + line for line in body[1:])]
    return "\n".join(lines)


def _verdict(report: Report) -> str:
    """Return the first words, which alone are read in a hurry."""
    if not report.verified:
        return "NOT VERIFIED"
    proved = {check.name for check in report.checks if check.outcome is CheckOutcome.PASSED}
    return "VERIFIED" if CheckName.ISSUER in proved else "VERIFIED, but not who issued it:"


def _plain(text: str) -> str:
    """Return a text that moves no cursor of a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _fetcher(origins: list[str]) -> Fetch:
    """Return a way to the web on which some origins may be private, and speak plain http."""
    web = Web(exempt=origins)
    plain = {f"https://{urlsplit(origin).netloc}/": f"{origin}/" for origin in origins}

    async def fetch(url: str) -> Json:
        for secure, origin in plain.items():
            if url.startswith(secure):
                return await web.json(origin + url.removeprefix(secure))
        return await web.json(url)

    return fetch


def _documents(paths: list[Path]) -> dict[str, Json]:
    """Return DID documents by DID; a Refusal for a file that holds none."""
    found: dict[str, Json] = {}
    for path in paths:
        try:
            document = msgspec.json.decode(read_file(path))
        except (ValueError, RecursionError) as error:
            raise Refusal(f"{path} is no JSON: {error}.") from error
        name = document.get("id") if isinstance(document, dict) else None
        if not isinstance(name, str) or not name.startswith("did:"):
            raise Refusal(f"{path} is no DID document: its id begins with did: there.")
        found[name] = document
    return found
