"""What asks credentials for an award: an outbox entry, written with the course's document."""

from services.content.contract import AchievementFacts
from services.kit.clock import to_rfc3339
from services.kit.records import OutboxEntry
from services.progress.contract import Enrolment
from services.progress.domain.learner import LearnerState, digest_of
from services.progress.domain.stored import Stored


def award_entry(
    view: Enrolment, award: AchievementFacts, learner: LearnerState, events: list[Stored]
) -> OutboxEntry:
    """Return the entry for a course that was completed; `events` are all that the course has."""
    profile = learner.profile.values if learner.profile else {}
    return OutboxEntry(
        id=f"{view.learner_id}:{award.id}:{award.version}",
        type="course.completed",
        data={
            "learnerId": view.learner_id,
            "courseId": view.course_id,
            "versionId": view.version_id,
            "achievementId": award.id,
            "achievementVersion": award.version,
            "score": view.score,
            "completedAt": to_rfc3339(view.completed_at or view.enrolled_at),
            "name": profile.get("displayName"),
            "email": profile.get("email"),
            "evidence": {
                "digest": digest_of(stored.event for stored in events).hex(),
                "events": len(events),
            },
        },
    )


def award_key(award: AchievementFacts) -> str:
    """Return how a course's document remembers that an award was asked for."""
    return f"{award.id} {award.version}"


def is_guest(learner: LearnerState) -> bool:
    """Return whether the learner is a guest: guests earn at the claim."""
    return bool(learner.profile and learner.profile.values.get("isGuest"))
