"""Ids that progress derives."""

from services.kit.ids import Kind, global_id, read_id


def enrolment_id(learner_id: str, course_id: str) -> str:
    """Return the id of a learner's enrolment in a course: both ids in one."""
    return global_id(
        Kind.ENROLMENT, read_id(Kind.LEARNER, learner_id) + read_id(Kind.COURSE, course_id)
    )
