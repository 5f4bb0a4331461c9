"""Ids that progress derives."""

import hashlib

from services.kit.ids import Kind, global_id, read_id
from services.progress.domain.cards import CardKey

LEARNER_BYTES = 16


def enrolment_id(learner_id: str, course_id: str) -> str:
    """Return the id of a learner's enrolment in a course: both ids in one."""
    return global_id(
        Kind.ENROLMENT, read_id(Kind.LEARNER, learner_id) + read_id(Kind.COURSE, course_id)
    )


def review_id(learner_id: str, card: CardKey) -> str:
    """Return the id of a learner's card: the learner's id and the card's digest in one."""
    return global_id(Kind.REVIEW, read_id(Kind.LEARNER, learner_id) + card.digest)


def learner_in(id_: str) -> str:
    """Return the learner that an enrolment or card belongs to: the id begins with theirs."""
    kind = Kind.ENROLMENT if id_.startswith(Kind.ENROLMENT) else Kind.REVIEW
    return global_id(Kind.LEARNER, read_id(kind, id_)[:LEARNER_BYTES])


def bookmark_id(name: str) -> str:
    """Return the id of a bookmark by `course id/lesson key`: the same whatever the version."""
    return global_id(Kind.BOOKMARK, hashlib.sha256(name.encode()).digest()[:16])
