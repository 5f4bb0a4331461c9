"""The indexes of progress: unique ones start with the learner, by whom the collections are sharded.

One index of each starts with the learner and holds every document: sharding asks for that. Cohorts
and guesses are few: they stay whole.
"""

from services.kit.mongo import Index
from services.kit.outbox import Outbox

LOG_INDEXES = [
    Index([("learner", 1), ("n", 1)], name="learner_n", unique=True),
    Index(
        [("learner", 1), ("events.id", 1)],
        name="learner_event",
        unique=True,
        partialFilterExpression={"events.id": {"$exists": True}},
    ),
    Index(
        [("learner", 1), ("days", 1)],
        name="learner_day",
        partialFilterExpression={"days": {"$exists": True}},
    ),
    Index([("due", 1)], name="pending_due", partialFilterExpression={"pending": True}),
    Index([("closing", 1)], name="closing", partialFilterExpression={"closing": {"$exists": True}}),
    *Outbox.indexes(),
]
LEARNER_INDEXES = [
    Index([("closed", 1)], name="closed", partialFilterExpression={"closed": {"$exists": True}}),
    Index([("erased", 1)], name="erased", partialFilterExpression={"erased": {"$exists": True}}),
    Index([("idle", 1)], name="idle", partialFilterExpression={"idle": {"$exists": True}}),
]
CARD_INDEX = "learner_course"
"""By which reports of cohorts read cards."""
CARD_INDEXES = [
    Index([("learner", 1)], name="learner"),
    Index(
        [("learner", 1), ("due", 1), ("last", 1), ("stability", 1), ("seen", 1), ("_id", 1)],
        name="learner_due_risk",
        partialFilterExpression={"due": {"$exists": True}},
    ),
    Index(
        [("learner", 1), ("changed", 1), ("_id", 1)],
        name="learner_changed",
        partialFilterExpression={"changed": {"$exists": True}},
    ),
    Index(
        [("learner", 1), ("course", 1)],
        name=CARD_INDEX,
        partialFilterExpression={"course": {"$exists": True}},
    ),
]
STANDING_INDEX = "learner_standing"
"""By which reports of cohorts are read, without a look at the documents."""
COURSE_INDEXES = [
    Index([("learner", 1), ("changed", 1)], name="learner_changed"),
    Index([("course", 1), ("status", 1), ("version", 1)], name="course_status"),
    Index([("course", 1), ("missed", 1), ("_id", 1)], name="course_missed"),
    Index(
        [
            ("learner", 1),
            ("course", 1),
            ("status", 1),
            ("score", 1),
            ("completed", 1),
            ("active", 1),
            ("earned", 1),
        ],
        name=STANDING_INDEX,
    ),
    *Outbox.indexes(),
]
COHORT_INDEXES = [
    Index([("organisation", 1), ("name", 1)], name="organisation_name", unique=True),
    Index(
        [("code", 1)],
        name="code",
        unique=True,
        partialFilterExpression={"code": {"$exists": True}},
    ),
    *Outbox.indexes(),
]
MEMBER_INDEXES = [
    Index([("learner", 1)], name="learner"),
    Index(
        [("learner", 1), ("cohort", 1)],
        name="learner_cohort",
        unique=True,
        partialFilterExpression={"cohort": {"$exists": True}},
    ),
    Index([("cohort", 1), ("learner", 1)], name="cohort_learner"),
    *Outbox.indexes(),
]
GUESS_INDEXES = [
    Index([("learner", 1)], name="learner"),
    Index([("until", 1)], name="until", expireAfterSeconds=0),
]
KEEPSAKE_INDEXES = [
    Index([("learner", 1), ("name", 1)], name="learner_name"),
    Index([("at", 1)], name="at", expireAfterSeconds=2 * 60 * 60),
]
