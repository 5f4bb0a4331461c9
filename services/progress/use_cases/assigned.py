"""What a learner's cohorts ask of them, from the assignment events of their log."""

from datetime import date

from services.progress.contract import LearnerAssignment
from services.progress.domain.learner import LearnerState


def assignments_of(learner_id: str, state: LearnerState) -> tuple[LearnerAssignment, ...]:
    """Return the assignments that stand, what is due first at the head."""
    made = [
        LearnerAssignment(
            id=id_,
            learner_id=learner_id,
            course_id=assignment.values["courseId"],
            version_id=assignment.values["versionId"],
            due_on=_day(assignment.values["dueOn"]),
            cohort_name=assignment.values["cohortName"],
        )
        for id_, assignment in state.own.assignments.items()
        if assignment.values is not None
    ]
    return tuple(sorted(made, key=lambda one: (one.due_on or date.max, one.id)))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
