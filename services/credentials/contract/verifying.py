"""Verification of anybody's credential: what is handed in, and what each check says."""

from enum import StrEnum
from typing import Protocol

from services.kit.records import Json, Record

MAX_VERIFICATIONS = 1_000
"""Credentials that are verified in one call."""


class CheckName(StrEnum):
    """What a verification looks at, in this order."""

    SYNTAX = "SYNTAX"
    SCHEMA = "SCHEMA"
    PROOF = "PROOF"
    ISSUER = "ISSUER"
    STATUS = "STATUS"
    VALIDITY = "VALIDITY"
    ENDORSEMENT = "ENDORSEMENT"
    LOG = "LOG"


class CheckOutcome(StrEnum):
    """How a check went; SKIPPED says in its message why."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class VerifyInput(Record):
    """What to verify: exactly one is given."""

    json: Json | None = None
    """The credential, or its text."""
    jwt: str | None = None
    image: str | None = None
    """A baked PNG or SVG, or a PDF with the credential attached, in base64."""
    url: str | None = None
    """Where one of these can be fetched."""


class Check(Record):
    """One check of a verification, in words that an employer understands."""

    name: CheckName
    outcome: CheckOutcome
    message: str


class Verification(Record):
    """The outcome: verified only when no check failed."""

    verified: bool
    checks: tuple[Check, ...]
    issuer_name: str | None = None
    issuer_id: str | None = None
    holder_name: str | None = None
    achievement_name: str | None = None
    skills: tuple[str, ...] = ()
    role_match: float | None = None
    """Share of the job role's skills that it proves, 0 to 1; 0 unless verified, None unasked."""
    role_skills: tuple[str, ...] = ()
    """Names of those skills."""
    credential: Json | None = None


class VerifyingApi(Protocol):
    """Verification of anybody's credential; nothing is stored."""

    async def verify(
        self,
        inputs: tuple[VerifyInput, ...],
        *,
        job_role_id: str | None = None,
        seconds: float | None = None,
    ) -> tuple[Verification, ...]:
        """Verify each input; a malformed one answers with a failed SYNTAX check, never an error.

        With a job role each is matched against its skills: NotFound for an unknown one.
        What is not reached within `seconds`, or those of the service when they are fewer, answers
        with every check skipped. LimitReached for more than MAX_VERIFICATIONS.
        """
