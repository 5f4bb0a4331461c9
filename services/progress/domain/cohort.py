"""A cohort as it is kept: its name, its code and what it is assigned."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from services.kit.errors import Invalid
from services.kit.ids import Kind, global_id, read_id
from services.kit.records import Record

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: none of them is taken for another."""
CODE_LENGTH = 12
CODE_GROUP = 4
CODE_LIFE = timedelta(days=30)
MAX_NAME = 200
MAX_EMAIL = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]+\.[^\s@<>,;\".]+")
_READ_AS = str.maketrans("OIL", "011", " -")
"""What is typed for a digit, and what people put between."""


class Assigned(Record):
    """A course that a cohort is to do."""

    course_id: str
    version_id: str
    """What was published when it was assigned: it is known by this when the course is archived."""
    due_on: date | None = None


class CohortState(Record):
    """A cohort as it is kept."""

    id: str
    organisation: str
    name: str
    created_at: datetime
    revision: int = 1
    """Grows with each change of what is assigned."""
    assigned: tuple[Assigned, ...] = ()
    code: str | None = None
    code_until: datetime | None = None

    def open_code(self, now: datetime) -> str | None:
        """Return the code that lets people join now, None where there is none."""
        return self.code if self.code_until is not None and now < self.code_until else None


def cohort_id(organisation: str, name: str) -> str:
    """Return the id of an organisation's cohort of that name: a repeat makes the same one."""
    told = f"{organisation}\0{name}".encode()
    return global_id(Kind.COHORT, hashlib.sha256(told).digest()[:16])


def assignment_id(cohort: str, course_id: str) -> str:
    """Return the id of a cohort's assignment of a course: both ids in one."""
    return global_id(
        Kind.ASSIGNMENT, read_id(Kind.COHORT, cohort) + read_id(Kind.COURSE, course_id)
    )


def learner_assignment_id(cohort: str, course_id: str, learner_id: str) -> str:
    """Return the id of what a cohort asks of one learner: the cohort's, then a half of a hash."""
    asked = hashlib.sha256(f"{course_id}\0{learner_id}".encode()).digest()[:16]
    return global_id(Kind.LEARNER_ASSIGNMENT, read_id(Kind.COHORT, cohort) + asked)


def is_of(cohort: str, assignment: str) -> bool:
    """Return whether a learner's assignment is of that cohort."""
    return read_id(Kind.LEARNER_ASSIGNMENT, assignment).startswith(read_id(Kind.COHORT, cohort))


def read_name(name: str) -> str:
    """Return a cohort's name with its spaces tidied; Invalid when it is empty or too long."""
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= MAX_NAME or not tidy.isprintable():
        raise Invalid(f"name must be 1 to {MAX_NAME} printable characters.", path=("name",))
    return tidy


def check_emails(emails: Iterable[str]) -> None:
    """Return when all are e-mail addresses, else Invalid that names each that is not."""
    faults = [
        (f"{email[:MAX_EMAIL]!r} is no e-mail address.", ("emails", str(i)))
        for i, email in enumerate(emails)
        if len(email) > MAX_EMAIL or _EMAIL.fullmatch(email) is None
    ]
    if faults:
        (message, path), *others = faults
        raise Invalid(message, path=path, others=tuple(others))


def code_of(random: bytes) -> str:
    """Return the code of 12 random bytes, 5 bits of each: 60 that nobody guesses."""
    return "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in random[:CODE_LENGTH])


def shown_code(code: str) -> str:
    """Return a code as people read it: ABCD-EFGH-JKMN."""
    return "-".join(code[i : i + CODE_GROUP] for i in range(0, len(code), CODE_GROUP))


def read_code(text: str) -> str | None:
    """Return the code that somebody typed, however they spaced it; None when it cannot be one."""
    code = text.upper().translate(_READ_AS)
    fits = len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS)
    return code if fits else None
