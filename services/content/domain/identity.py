"""Ids that follow from content: of skills, job roles, achievements and pictures."""

import hashlib

from services.content.domain.course import Competency
from services.kit.ids import Kind, global_id, read_id


def skill_id(skill: Competency) -> str:
    """Return a skill's id: the same in every course that names the same public identifier."""
    return global_id(Kind.SKILL, _digest(skill))


def job_role_id(role: Competency) -> str:
    """Return a job role's id: the same in every course that names the same public identifier."""
    return global_id(Kind.JOB_ROLE, _digest(role))


def achievement_id(course_id: str) -> str:
    """Return the id of a course's achievement, stable over all its versions."""
    return global_id(Kind.ACHIEVEMENT, read_id(Kind.COURSE, course_id))


def pathway_achievement_id(pathway_id: str) -> str:
    """Return the id of a pathway's achievement, stable whatever becomes of the pathway."""
    return global_id(Kind.ACHIEVEMENT, read_id(Kind.PATHWAY, pathway_id))


def image_id(picture_hash: str) -> str:
    """Return the id of a picture from the SHA-256 in hex of its original."""
    return global_id(Kind.IMAGE, bytes.fromhex(picture_hash))


def _digest(competency: Competency) -> bytes:
    """Return 16 bytes of what identifies it best: its address, framework and code, or its name."""
    identifier = competency.name
    if competency.framework and competency.code:
        identifier = f"{competency.framework} {competency.code}"
    return hashlib.sha256((competency.url or identifier).encode()).digest()[:16]
