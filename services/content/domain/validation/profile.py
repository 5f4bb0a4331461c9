"""What a course's achievement should name, so that its credentials say what they are good for."""

from services.content.domain.course import Course
from services.content.domain.problem import Problem

_SKILL = (
    "The achievement names no skill with an address, so no employer can match it:"
    " give the course a skill from a framework, with its url."
)
_ROLE = (
    "The achievement names no job role with an address, so no employer can match it:"
    " give the course a job role from a framework, with its url."
)


def find_advice(course: Course) -> tuple[Problem, ...]:
    """Return what a credential of the course would lack of the micro-credential profile."""
    if course.achievement is None:
        return ()
    named = ((course.skills, "skills", _SKILL), (course.job_roles, "jobRoles", _ROLE))
    return tuple(
        Problem(path=(path,), message=message)
        for found, path, message in named
        if not any(item.url for item in found)
    )
