"""Records of progress as documents of the database, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.content.contract import Mark
from services.kit.clock import to_millis
from services.kit.mongo import Document
from services.kit.outbox import waiting
from services.kit.records import OutboxEntry
from services.progress.domain.event import SERVER_DEVICE, restore
from services.progress.domain.stored import Stored
from services.progress.use_cases.counting import COUNTED
from services.progress.use_cases.store import (
    CardDocument,
    CourseDocument,
    LearnerDocument,
    LogDocument,
    Risk,
)

ENCODER = msgspec.msgpack.Encoder(order="deterministic")
"""Equal states are equal bytes."""

CONSUMERS = {"course.completed": "credentials", COUNTED: "progress"}
"""By type of entry: who deals with it."""


def addressed(entry: OutboxEntry) -> Document:
    """Return an entry of a course as its document holds it, for who deals with it."""
    return waiting(entry, [CONSUMERS[entry.type]])


def card_update(document: CardDocument) -> tuple[Document, Document]:
    """Return which card an update puts a document in the place of, and the update."""
    fields: Document = {
        "through": document.through,
        "body": ENCODER.encode(document),
    }
    gone: Document = {}
    plan, met = document.schedule, document.state.met
    shown = {
        "due": document.due,
        "last": plan and plan.last_day,
        "stability": plan and plan.stability,
        "seen": met and met.order[0],
        "changed": document.changed or None,
        **_reported(document),
    }
    for name, value in shown.items():
        if value is None:
            gone[name] = ""
        else:
            fields[name] = value
    update = {"$set": fields} | ({"$unset": gone} if gone else {})
    where = {"_id": document.id, "learner": document.learner_id}
    return {**where, "through": {"$lte": document.through}}, update


def _reported(document: CardDocument) -> dict[str, Any]:
    """Return what reports of cohorts read of a question card; Nones of any other."""
    skills = document.state.met.skills if document.state.met else ()
    if document.schedule is None or not document.key.is_question or not skills:
        return dict.fromkeys(("course", "skills"))
    return {"course": document.key.course_id, "skills": list(skills)}


def day_name(device: str, day: int) -> str:
    """Return how the log names a device and a day of its clock."""
    return f"{device} {day}"


def due_pipeline(
    learner_id: str, before: int, at: int, after: Risk | None, limit: int
) -> list[Document]:
    """Return what finds the ids of due cards in the order of `risk`, from the index alone."""
    passed = {"$divide": [{"$max": [0, {"$subtract": [at, "$last"]}]}, "$stability"]}
    pipeline: list[Document] = [
        {"$match": {"learner": learner_id, "due": {"$gte": 0, "$lt": before}}},
        {"$project": {"passed": passed, "seen": 1}},
        {"$sort": {"passed": -1, "seen": 1, "_id": 1}},
        {"$limit": limit},
        {"$project": {"_id": 1}},
    ]
    if after is not None:
        equal: list[Document] = [
            {"seen": {"$gt": after.seen}},
            {"seen": after.seen, "_id": {"$gt": after.id}},
        ]
        beyond = [{"passed": {"$lt": after.passed}}, {"passed": after.passed, "$or": equal}]
        pipeline.insert(2, {"$match": {"$or": beyond}})
    return pipeline


def learner_update(document: LearnerDocument) -> Document:
    """Return the update that puts a learner in place of what was there.

    closed: the account that claimed the guest; idle: when a guest began of whom no event came.
    """
    state = document.state
    fields: Document = {"through": document.through, "body": ENCODER.encode(document)}
    gone: Document = {}
    told = {
        "closed": state.closed_to,
        "erased": state.erased or None,
        "idle": state.registered if document.is_idle_guest else None,
    }
    for name, value in told.items():
        if value is None:
            gone[name] = ""
        else:
            fields[name] = value
    return {"$set": fields, "$unset": gone}


def log_document(document: LogDocument) -> Document:
    """Return a submission as the log stores it."""
    found: Document = {
        "learner": document.learner_id,
        "n": document.n,
        "at": document.received,
        "pending": True,
    }
    if document.events:
        found["events"] = [_stored_document(stored) for stored in document.events]
        found["kinds"] = list(document.kinds)
        sent = [one.event for one in document.events if one.event.device != SERVER_DEVICE]
        found["days"] = sorted({day_name(event.device, event.day) for event in sent})
    if document.closes:
        found["closing"] = document.received
    if document.is_tombstone:
        found["erased"] = True
    if document.entries:
        found["outbox"] = [waiting(entry, ["credentials"]) for entry in document.entries]
    if document.refused:
        found["refused"] = [list(pair) for pair in document.refused]
    return found


def _stored_document(stored: Stored) -> Document:
    found: Document = {
        "id": stored.event.id,
        "json": stored.event.canonical,
        "at": stored.received,
        "eff": stored.effective,
    }
    if stored.clamped:
        found["clamped"] = True
    if stored.mark is not None:
        found["mark"] = msgspec.msgpack.encode(stored.mark)
    return found


def read_log(document: Mapping[str, Any]) -> LogDocument:
    """Return a log document; the driver's Int64 becomes int, for msgpack knows no subclass."""
    return LogDocument(
        learner_id=document["learner"],
        n=int(document["n"]),
        received=int(document["at"]),
        events=tuple(
            Stored(
                event=restore(entry["json"]),
                place=(int(document["n"]), i),
                received=int(entry["at"]),
                effective=int(entry["eff"]),
                clamped=entry.get("clamped", False),
                mark=msgspec.msgpack.decode(entry["mark"], type=Mark) if "mark" in entry else None,
            )
            for i, entry in enumerate(document.get("events", ()))
        ),
        refused=tuple((device, int(seq)) for device, seq in document.get("refused", ())),
    )


def read_card(document: Mapping[str, Any]) -> CardDocument:
    """Return a card from a document with a body."""
    return msgspec.msgpack.decode(document["body"], type=CardDocument)


def read_course(document: Mapping[str, Any]) -> CourseDocument:
    """Return a course document from one with a body."""
    return msgspec.msgpack.decode(document["body"], type=CourseDocument)


def millis(instant: datetime | None) -> int | None:
    """Return an instant in ms, where there is one."""
    return None if instant is None else to_millis(instant)
