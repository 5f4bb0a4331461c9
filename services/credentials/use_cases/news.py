"""News of credentials: outbox entries that end up as events in their holders' logs."""

import uuid

from services.credentials.domain.records import Issued
from services.kit.clock import to_rfc3339
from services.kit.records import OutboxEntry

ISSUED = "credential.issued"
REVOKED = "credential.revoked"
SUSPENDED = "credential.suspended"
REINSTATED = "credential.reinstated"
REFRESHED = "credential.refreshed"
CHANGED = frozenset({REVOKED, SUSPENDED, REINSTATED, REFRESHED})
"""Told of a credential after it was issued."""

_NEWS = uuid.UUID("6f6b0b0e-6a2f-5d55-9f0c-8a4f6d5f3c11")
"""Namespace of the entries' ids (UUIDv5 of the credential's id, and its revision after issue)."""


def news_of(issued: Issued, told: str) -> OutboxEntry:
    """Return the entry that tells of a credential; `learnerId` is whose log it belongs in.

    Each says all that a phone keeps: whichever arrives last, the highest revision counts.
    """
    named = f"{issued.id} {issued.revision}" if issued.revision else issued.id
    ended = issued.valid_until
    changed = issued.changes[-1].at if issued.changes else issued.valid_from
    data: dict[str, object] = {
        "learnerId": issued.learner_id,
        "credentialId": issued.id,
        "achievementId": issued.achievement_id,
        "achievementVersion": issued.achievement_version,
        "courseId": issued.course_id,
        "awardedAt": to_rfc3339(issued.awarded_at),
        "issuedAt": to_rfc3339(issued.valid_from),
        "validUntil": None if ended is None else to_rfc3339(ended),
        "status": str(issued.status),
        "statusReason": issued.status_reason,
        "revision": issued.revision,
        "changedAt": to_rfc3339(max(changed, issued.valid_from)),
    }
    if issued.waits:
        data["waits"] = True
    return OutboxEntry(id=str(uuid.uuid5(_NEWS, named)), type=told, data=data)
