"""What each collection of this service holds of learners.

Erasure goes by this table, and a test of the house fails where a collection is missing from it: who
adds one that names learners gives the field here, and it is erased with the rest.
"""

from collections.abc import Mapping

from services.kit.records import Holding

HOLDINGS: Mapping[str, Holding] = {
    "log": Holding(learner="learner", exported="events.jsonl, log.jsonl"),
    "learners": Holding(learner="_id", exported="profile.json; the rest is made from the events"),
    "courses": Holding(learner="learner", exported="enrolments.jsonl"),
    "cards": Holding(learner="learner", exported="made from the events"),
    "keepsakes": Holding(learner="learner", exported="all of it, where it belongs"),
    "members": Holding(learner="learner", exported="cohorts are their managers' own"),
    "guesses": Holding(learner="learner", exported="codes tried in an hour; gone after two"),
    "cohorts": Holding(exported="names organisations and courses"),
    "question_counts": Holding(exported="sums over all learners; names nobody"),
    "course_counts": Holding(exported="sums over all learners; names nobody"),
    "regrades": Holding(exported="names courses and versions, and where in a list it stands"),
    "meta": Holding(exported="names nobody"),
}
"""By collection."""
