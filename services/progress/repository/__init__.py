"""The database of progress: the log is the truth, the state documents can be made again from it.

log       {learner, n, at, pending?, due?, by?, kinds?, days?, refused?, closing?, erased?, outbox?,
           events: [{id, json, at, eff, clamped?, mark?}]}
          days: "device day" of the phones' own events, for their digests by day
          due, by: until when who sweeps has leased it; gone, as pending, once projected
          closing: when what a closed log leaves to do is next looked at; erased: a tombstone
learners  {_id: learner, through, body, closed?, erased?, idle?}
          closed: the account that claimed the guest; idle: when a guest without events began
courses   {_id: enrolment, learner, through, changed, active, body, outbox,
           course?, status, version, score?, completed?, earned, missed}
          course: gone once a guest's log is closed; missed: questions, "lesson/question"
cards     {_id: review, learner, through, changed?, due?, body,
           course?, skills?, stability?, last?}: these of question cards, for reports of cohorts
          due: study day, gone while suspended; changed: gone before the first review
cohorts   {_id, organisation, name, created, revision, assigned, code?, codeUntil?, outbox}
members   {_id, cohort | left, learner, joined, outbox}
          left: the cohort that they were taken out of, until they were told
guesses   {_id: learner and hour, learner, n, until}
keepsakes {_id: learner and name, learner, name, body, at}
          what others put into an export; gone after two hours
question_counts {_id: "version lesson", version, counts: {question: {name: n}}, applied}
course_counts   {_id: course, learners, applied}
          applied: tokens of the entries that were last taken in
regrades  {_id: the entry of content's feed, outbox}
meta      {_id: "epoch", value}

`body` is msgpack of the document's record. Unique indexes start with the learner, the shard key;
those that start with a course serve regrading and what authors ask: no learner waits for them.
"""

from services.progress.repository.across import MongoAcross
from services.progress.repository.closings import MongoClosings
from services.progress.repository.cohorts import MongoCohorts
from services.progress.repository.exports import MongoExports
from services.progress.repository.regrades import Regrades
from services.progress.repository.standings import MongoStandings
from services.progress.repository.store import MongoStore
from services.progress.repository.tallies import MongoTallies

__all__ = [
    "MongoAcross",
    "MongoClosings",
    "MongoCohorts",
    "MongoExports",
    "MongoStandings",
    "MongoStore",
    "MongoTallies",
    "Regrades",
]
