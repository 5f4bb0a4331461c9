"""The indexes of progress: unique ones start with the learner, by whom the collections are sharded.

One index of each starts with the learner and holds every document: sharding asks for that.
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
]
CARD_INDEXES = [
    Index([("learner", 1)], name="learner"),
    Index(
        [("learner", 1), ("due", 1)],
        name="learner_due",
        partialFilterExpression={"due": {"$exists": True}},
    ),
    Index(
        [("learner", 1), ("changed", 1), ("_id", 1)],
        name="learner_changed",
        partialFilterExpression={"changed": {"$exists": True}},
    ),
]
COURSE_INDEXES = [
    Index([("learner", 1), ("changed", 1)], name="learner_changed"),
    Index([("course", 1), ("status", 1), ("version", 1)], name="course_status"),
    Index([("course", 1), ("missed", 1), ("_id", 1)], name="course_missed"),
    *Outbox.indexes(),
]
