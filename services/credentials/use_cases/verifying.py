"""Verifying: finds out what a credential refers to, and has the domain judge it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec
import structlog

from services.content.contract import CatalogApi, Skill
from services.credentials.contract import MAX_VERIFICATIONS, CheckName, Verification, VerifyInput
from services.credentials.domain import handed, rolematch
from services.credentials.domain.handed import Address, Handed
from services.credentials.domain.openbadges2.assertion import Assertion, assertion_of, known
from services.credentials.domain.openbadges2.verification import verify_assertion
from services.credentials.domain.shape import Presented, read_json, read_token
from services.credentials.domain.verification import (
    Findings,
    conclude,
    unexamined,
    unfinished,
    unreadable,
)
from services.credentials.domain.verification.findings import FAILED, run
from services.credentials.domain.verification.status import check_status
from services.credentials.use_cases.sources import Judge, Sources
from services.kit.clock import Clock
from services.kit.errors import Invalid, LimitReached, NotFound, ServiceError, Unavailable
from services.kit.records import Json

AT_ONCE = 16
"""Credentials of one call that are looked at at the same time."""
HOPS = 2
"""Addresses on the way to a badge: that of a picture, and the one that is baked into it."""
TOO_MUCH = "Too much was asked at once, so this was not looked at: ask for it again."
OUR_FAULT = "It could not be looked at, which is a fault of this system and says nothing of it."

log = structlog.get_logger(__name__)


class OwnFiles(Protocol):
    """Credentials of ours, by the capability URLs that were given out."""

    async def signed_file(
        self, credential_id: str, suffix: str, *, expires: str, signature: str
    ) -> bytes:
        """Return a credential as signed, `.json` or `.jwt`; NotFound without a capability."""

    async def is_suspended(self, url: str) -> bool:
        """Return whether a credential of ours, by the id in it, is suspended now."""


class Verifying:
    """VerifyingApi: each input is read, what it refers to is found out, and it is judged."""

    def __init__(  # noqa: PLR0913 - what it reads, where it looks, and who judges
        self,
        sources: Sources,
        judge: Judge,
        files: OwnFiles,
        catalog: CatalogApi,
        *,
        origin: str,
        seconds: float,
        clock: Clock,
    ) -> None:
        """Keep where to look, the origin of our own addresses, and how long one call may take."""
        self._clock = clock
        self._sources = sources
        self._judge = judge
        self._files = files
        self._catalog = catalog
        self._origin = origin
        self._seconds = seconds

    async def verify(
        self,
        inputs: tuple[VerifyInput, ...],
        *,
        job_role_id: str | None = None,
        seconds: float | None = None,
    ) -> tuple[Verification, ...]:
        """Verify each input; a malformed one answers with a failed SYNTAX check, never an error.

        What is not done in time answers with skipped checks. NotFound for an unknown job role.
        """
        if len(inputs) > MAX_VERIFICATIONS:
            raise LimitReached(
                f"At most {MAX_VERIFICATIONS} credentials are verified at once.", path=("inputs",)
            )
        skills = await self._skills(job_role_id)
        await self._judge.ready()
        gate = asyncio.Semaphore(AT_ONCE)
        work = [asyncio.create_task(self._answer(given, skills, gate)) for given in inputs]
        if work:
            longest = self._seconds if seconds is None else max(0.0, min(seconds, self._seconds))
            _, late = await asyncio.wait(work, timeout=longest)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        return tuple(unfinished(TOO_MUCH) if task.cancelled() else task.result() for task in work)

    async def stop(self) -> None:
        """End whatever judges."""
        await self._judge.stop()

    async def _answer(
        self, given: VerifyInput, skills: Sequence[Skill] | None, gate: asyncio.Semaphore
    ) -> Verification:
        async with gate:
            try:
                return await self._verify(given, skills)
            except Unavailable as error:
                return unfinished(error.message)
            except ServiceError as error:
                return unreadable(error.message)
            except Exception:  # one odd badge must not take the answers about the others away
                log.exception("verify.failed")
                return unfinished(OUR_FAULT)

    async def _verify(self, given: VerifyInput, skills: Sequence[Skill] | None) -> Verification:
        read = await self._read(given)
        if isinstance(read, Assertion):
            world = await self._sources.world(read)
            verification = await asyncio.to_thread(verify_assertion, read, world, self._clock())
            badge = known(assertion_of(read, world).get("badge"), world)
            return _matched(verification, badge, skills)
        findings = await self._findings(read)
        try:
            examined = await self._judge.examine(read, findings)
        except Invalid as error:
            return unexamined(error.message)
        return _matched(conclude(read, examined, findings), read.document, skills)

    async def _findings(self, read: Presented) -> Findings:
        """Return what a verification needs to know; of ours also whether what is off may return."""
        found = await self._sources.findings(read)
        url = read.document.get("id")
        if read.issuer not in found.own or not isinstance(url, str):
            return found
        if run(CheckName.STATUS, lambda: check_status(read, found)).outcome is not FAILED:
            return found
        suspended = {url} if await self._files.is_suspended(url) else ()
        return msgspec.structs.replace(found, suspended=frozenset(suspended))

    async def _skills(self, job_role_id: str | None) -> tuple[Skill, ...] | None:
        """Return the skills that a job role asks for, None when none is named; NotFound."""
        if job_role_id is None:
            return None
        (role,) = await self._catalog.job_roles((job_role_id,))
        if role is None:
            raise NotFound("There is no such job role.", path=("jobRoleId",))
        (skills,) = await self._catalog.job_role_skills((job_role_id,))
        return skills

    async def _read(self, given: VerifyInput) -> Presented | Assertion:
        """Return what was handed in, once it is found where its address says; else Invalid."""
        if [given.json, given.jwt, given.image, given.url].count(None) != 3:  # noqa: PLR2004 - one of the four
            raise Invalid("Give one thing to verify: json, jwt, image or url.")
        found = await self._handed(given)
        for _ in range(HOPS):
            if not isinstance(found, Address):
                return found
            found = await self._fetched(found.url)
        if isinstance(found, Address):
            raise Invalid("At its address there is only one more address, and no badge.")
        return found

    async def _handed(self, given: VerifyInput) -> Handed:
        if given.url is not None:
            return Address(url=given.url.strip())
        if given.jwt is not None:
            return handed.read_compact(given.jwt)
        if given.image is not None:
            return await asyncio.to_thread(handed.read_picture, given.image)
        return await asyncio.to_thread(handed.read_value, given.json)

    async def _fetched(self, url: str) -> Handed:
        """Return what stands at an address: of ours from the store, of others from the web."""
        own = await self._own(url)
        if own is not None:
            return own
        try:
            fetched = await self._sources.fetch(url)
        except ServiceError as error:
            raise Invalid(f"The badge could not be fetched: {error.message}.") from error
        return await asyncio.to_thread(handed.read_bytes, fetched.body)

    async def _own(self, url: str) -> Presented | None:
        """Return a credential from a capability URL of ours; None for other addresses."""
        try:
            parts, own = urlsplit(url), urlsplit(self._origin)
        except ValueError as error:
            raise Invalid(f"{url[:120]!r} is no address.") from error
        name = parts.path.removeprefix("/credentials/")
        credential_id, dot, suffix = name.rpartition(".")
        if parts[:2] != own[:2] or name == parts.path or dot + suffix not in {".json", ".jwt"}:
            return None
        query = parse_qs(parts.query)
        signed = await self._files.signed_file(
            credential_id,
            dot + suffix,
            expires=query.get("expires", [""])[0],
            signature=query.get("signature", [""])[0],
        )
        return read_json(signed) if suffix == "json" else read_token(signed.decode())


def _matched(
    verification: Verification, described: Mapping[str, Json], skills: Sequence[Skill] | None
) -> Verification:
    """Return a verification with the share of a job role's skills that it proves."""
    if not skills:
        return verification
    names = rolematch.proven(described, skills) if verification.verified else ()
    return msgspec.structs.replace(
        verification, role_match=len(names) / len(skills), role_skills=names
    )
