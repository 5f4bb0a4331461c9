"""From the events of a learner to the state documents that hold what they mean; pure."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from services.content.contract import VersionFacts
from services.kit.records import Record
from services.progress.domain.ages import aged
from services.progress.domain.cards import CardState, cards_in, fold_card, schedule
from services.progress.domain.course import FOLDED_TYPES, CourseState, fold, stale_lessons
from services.progress.domain.event_types import REFERRING_TYPES
from services.progress.domain.ids import review_id
from services.progress.domain.learner import fold_learner
from services.progress.domain.personal import needs_history
from services.progress.domain.regrading import missed_questions
from services.progress.domain.stored import Stored
from services.progress.use_cases.changes import card_change, course_changes, stamped
from services.progress.use_cases.personal_changes import learner_changes
from services.progress.use_cases.standings import proven_by
from services.progress.use_cases.store import (
    FOLD,
    CardDocument,
    CourseDocument,
    CourseSummary,
    LearnerDocument,
    LogDocument,
)
from services.progress.use_cases.view import enrolment_of

Versions: TypeAlias = Mapping[str, VersionFacts]
"""Facts by version hash."""


class History(Record):
    """All events of a learner up to where a projection goes, with the facts that they need."""

    events: tuple[Stored, ...] = ()
    versions: Versions = {}


def versions_in(events: Iterable[Stored]) -> set[str]:
    """Return the hashes of the versions whose facts the fold of these events needs."""
    return {
        stored.event.version
        for stored in events
        if stored.event.version and stored.event.type in FOLDED_TYPES | REFERRING_TYPES
    }


def by_course(events: Iterable[Stored], versions: Versions) -> dict[str, list[Stored]]:
    """Return the events that are folded into a course, by course id."""
    found: dict[str, list[Stored]] = {}
    for stored in events:
        facts = versions.get(stored.event.version or "")
        if facts is not None and stored.event.type in FOLDED_TYPES:
            found.setdefault(facts.course_id, []).append(stored)
    return found


def are_late(
    learner: LearnerDocument,
    courses: Mapping[str, CourseDocument],
    events: Iterable[Stored],
    versions: Versions,
) -> bool:
    """Return whether some of the events are older than what was folded, and need the history."""
    batch = list(events)
    return needs_history(learner.state.own, batch, versions) or any(
        stale_lessons(courses[id_].state if id_ in courses else CourseState(), own, versions)
        for id_, own in by_course(batch, versions).items()
    )


def course_state(
    state: CourseState, course_id: str, events: Iterable[Stored], versions: Versions, past: History
) -> CourseState:
    """Return the state of a course with its events taken in."""
    history = by_course(past.events, past.versions).get(course_id, ())
    return fold(state, events, {**past.versions, **versions}, history=history)


def course_after(
    before: CourseDocument, state: CourseState, facts: VersionFacts, *, through: int
) -> CourseDocument:
    """Return the document of a course in a new state; `facts` are those of the pinned version."""
    view = enrolment_of(state, facts, enrolment_id=before.id, learner_id=before.learner_id)
    after = replace(
        before,
        through=through,
        fold=FOLD,
        state=state,
        view=view,
        proven=proven_by(state, facts),
        missed=missed_questions(state, facts),
    )
    changes = course_changes(before), course_changes(after)
    return replace(after, stamps=stamped(before.stamps, *changes, n=through))


def cards_after(
    learner_id: str,
    known: Mapping[str, CardDocument],
    events: Iterable[Stored],
    versions: Versions,
    *,
    through: int,
    anew: bool = False,
) -> list[CardDocument]:
    """Return the documents of the cards that events touch; `known` are those there, by id.

    `anew`: the events are all that there are, and what is known of their state counts for nothing.
    """
    found = []
    for key, own in cards_in(events, versions).items():
        id_ = review_id(learner_id, key)
        before = known.get(id_) or CardDocument(id=id_, learner_id=learner_id, key=key)
        state = fold_card(CardState() if anew else before.state, own, versions)
        after = replace(before, through=through, state=state, schedule=schedule(state, key))
        same = _record(after) == _record(before)
        found.append(after if same else replace(after, changed=through))
    return found


def card_ids(learner_id: str, events: Iterable[Stored], versions: Versions) -> list[str]:
    """Return the ids of the cards that events touch."""
    return [review_id(learner_id, key) for key in cards_in(events, versions)]


def learner_after(
    before: LearnerDocument, documents: list[LogDocument], versions: Versions, past: History
) -> LearnerDocument:
    """Return the document of a learner with documents of the log taken in."""
    events = [stored for document in documents for stored in document.events]
    refused = [pair for document in documents for pair in document.refused]
    state = fold_learner(
        before.state,
        events,
        {**past.versions, **versions},
        refused=refused,
        history=past.events,
    )
    if state.registered is None:
        state = replace(state, registered=documents[0].received)
    ages = before.ages
    for document in documents:
        ages = aged(ages, document.n, document.received)
    return replace(before, through=documents[-1].n, fold=FOLD, state=state, ages=ages)


def with_courses(
    learner: LearnerDocument, courses: Mapping[str, CourseDocument]
) -> LearnerDocument:
    """Return the learner with what Home shows of these courses."""
    summaries = {
        id_: CourseSummary(
            enrolment=replace(document.view, lessons=()),
            active=document.state.active,
            proven=document.proven,
        )
        for id_, document in courses.items()
        if document.view is not None
    }
    return replace(learner, courses={**learner.courses, **summaries})


def stamp_learner(before: LearnerDocument, after: LearnerDocument) -> LearnerDocument:
    """Return the learner with the log number of what is not as it was before."""
    changes = learner_changes(before), learner_changes(after)
    return replace(after, stamps=stamped(before.stamps, *changes, n=after.through))


def _record(card: CardDocument) -> object:
    change = card_change(card)
    return change.record if change else None
