"""The log of learners, and the state documents made from it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.kit.ids import uuid7
from services.kit.mongo import Database, Document, patient
from services.kit.outbox import Outbox
from services.kit.records import OutboxEntry
from services.progress.contract import ChangeKind, DayKey, Known, Notice
from services.progress.domain.calendar import EPOCH
from services.progress.domain.event import Event, restore
from services.progress.domain.ids import learner_in
from services.progress.domain.stored import Stored
from services.progress.repository import indexes
from services.progress.repository.bulk import clashing
from services.progress.repository.documents import (
    ENCODER,
    addressed,
    card_update,
    day_name,
    due_pipeline,
    learner_update,
    log_document,
    millis,
    read_card,
    read_course,
    read_log,
)
from services.progress.use_cases.store import (
    CardDocument,
    CourseDocument,
    LearnerDocument,
    LogDocument,
    Risk,
    risk,
)

BODY = {"body": 1}
_NEVER = datetime.fromtimestamp(0, UTC)


class MongoStore:
    """The Store over MongoDB."""

    def __init__(self, database: Database) -> None:
        """Choose each collection's concerns.

        The log majority, the state documents journaled on the primary.
        """
        self._log = database.truth("log")
        self._settling = database.projection("log")
        self._learners = database.projection("learners")
        self._courses = database.projection("courses")
        self._cards = database.projection("cards")
        self._meta = database.truth("meta")
        self.outbox = Outbox([self._courses, self._log])

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._log.create_indexes(indexes.LOG_INDEXES)
        await self._learners.create_indexes(indexes.LEARNER_INDEXES)
        await self._cards.create_indexes(indexes.CARD_INDEXES)
        await self._courses.create_indexes(indexes.COURSE_INDEXES)

    async def epoch(self, fresh: str) -> str:
        """Return the name of this history of the database: `fresh` where it has none yet."""
        await self._meta.update_one(
            {"_id": "epoch"}, {"$setOnInsert": {"value": fresh}}, upsert=True
        )
        found = await self._meta.find_one({"_id": "epoch"})
        return str(found["value"]) if found else fresh

    async def append_all(self, documents: Sequence[LogDocument]) -> frozenset[int]:
        """Make submissions durable (majority) in one round trip.

        Return the positions of those whose number or one of whose events is taken.
        """
        try:
            with patient():
                await self._log.insert_many([log_document(document) for document in documents])
        except BulkWriteError as error:
            return frozenset(clashing(error))
        return frozenset()

    async def log_after(self, learner_id: str, n: int) -> list[LogDocument]:
        """Return the documents after number `n`, ascending."""
        where = {"learner": learner_id, "n": {"$gt": n}}
        found = await self._log.find(where, sort=[("n", 1)])
        return [read_log(document) for document in found]

    async def stored(self, learner_id: str, event_ids: list[str]) -> dict[str, Stored]:
        """Return which of these events are stored, by id."""
        wanted = set(event_ids)
        where = {"learner": learner_id, "events.id": {"$in": event_ids}}
        found = await self._log.find(where)
        return {
            stored.event.id: stored
            for document in found
            for stored in read_log(document).events
            if stored.event.id in wanted
        }

    async def events_of_days(self, keys: Collection[DayKey]) -> list[tuple[str, Event]]:
        """Return (learner, event) of what was stored together with some event of these days."""
        days = [(key.learner_id, _day_name(key)) for key in keys]
        where = {"$or": [{"learner": learner, "days": day} for learner, day in days]}
        found = await self._log.find(where, {"learner": 1, "events.json": 1}) if days else []
        return [
            (document["learner"], restore(entry["json"]))
            for document in found
            for entry in document["events"]
        ]

    async def settle(self, learner_id: str, through: int) -> None:
        """Note that documents up to `through` are projected."""
        where = {"learner": learner_id, "n": {"$lte": through}, "pending": True}
        await self._settling.update_many(where, {"$unset": {"pending": "", "due": "", "by": ""}})

    async def lease_pending(self, *, after: float, lasts: float) -> list[str]:
        """Lease documents that have waited for their projection, and return their learners.

        A document is noted when it is first seen and leased `after` seconds later, for `lasts`
        seconds; all by the server's clock.
        """
        token = uuid7().hex
        taken = await self._settling.update_many(
            {"pending": True, "due": {"$gt": _NEVER}, "$expr": {"$lte": ["$due", "$$NOW"]}},
            [{"$set": {"due": _in(lasts), "by": token}}],
        )
        await self._settling.update_many(
            {"pending": True, "due": None}, [{"$set": {"due": _in(after)}}]
        )
        if not taken:
            return []
        ours = {"pending": True, "due": {"$gt": _NEVER}, "by": token}
        found = await self._settling.find(ours, {"learner": 1})
        return list(dict.fromkeys(document["learner"] for document in found))

    async def heads(self, ids: list[str]) -> dict[str, int]:
        """Return up to which log number learners are projected; 0 for one that is not there."""
        found = await self._learners.find({"_id": {"$in": ids}}, {"through": 1})
        return dict.fromkeys(ids, 0) | {one["_id"]: int(one["through"]) for one in found}

    async def notices(self, known: list[Known]) -> dict[str, tuple[Notice, ...]]:
        """Return by learner the submissions after a log number that stored an event, ascending."""
        after = [{"learner": one.learner_id, "n": {"$gt": one.n}} for one in known]
        fields = {"learner": 1, "n": 1, "kinds": 1}
        found = await self._log.find({"$or": after}, fields, sort=[("n", 1)]) if after else []
        notices: dict[str, tuple[Notice, ...]] = {}
        for one in found:
            if "kinds" in one:
                notice = Notice(n=int(one["n"]), kinds=tuple(map(ChangeKind, one["kinds"])))
                notices[one["learner"]] = (*notices.get(one["learner"], ()), notice)
        return notices

    async def learners(self, ids: list[str]) -> dict[str, LearnerDocument]:
        """Return learner documents by id."""
        found = await self._learners.find({"_id": {"$in": ids}})
        return {
            document["_id"]: msgspec.msgpack.decode(document["body"], type=LearnerDocument)
            for document in found
        }

    async def save_learner(self, document: LearnerDocument, *, expected: int) -> bool:
        """Put a learner document in the place of the one at `through == expected` (0: none)."""
        where, update = {"_id": document.learner_id, "through": expected}, learner_update(document)
        try:
            return await self._learners.update_one(where, update, upsert=expected == 0)
        except DuplicateKeyError:
            return False

    async def count_learners(self) -> int:
        """Return how many learners have a log."""
        return await self._learners.count({})

    async def learner_ids(self, *, after: str, limit: int) -> list[str]:
        """Return ids of learners that have a log, ascending."""
        found = await self._learners.find(
            {"_id": {"$gt": after}}, {"_id": 1}, sort=[("_id", 1)], limit=limit
        )
        return [document["_id"] for document in found]

    async def cards(self, ids: list[str]) -> dict[str, CardDocument]:
        """Return cards by review id."""
        found = await self._cards.find(_of_learners(ids), BODY)
        return {document["_id"]: read_card(document) for document in found}

    async def cards_changed(
        self, learner_id: str, *, after: tuple[int, str], limit: int
    ) -> list[CardDocument]:
        """Return reviewed cards whose (changed, id) is after a place, in that order."""
        n, id_ = after
        found = await self._cards.find(
            {
                "$or": [
                    {"learner": learner_id, "changed": n, "_id": {"$gt": id_}},
                    {"learner": learner_id, "changed": {"$gt": n}},
                ]
            },
            BODY,
            sort=[("changed", 1), ("_id", 1)],
            limit=limit,
            hint="learner_changed",
        )
        return [read_card(document) for document in found]

    async def cards_of(self, learner_id: str) -> list[CardDocument]:
        """Return all cards of a learner, in no order."""
        return [read_card(one) for one in await self._cards.find({"learner": learner_id}, BODY)]

    async def save_cards(self, documents: Sequence[CardDocument]) -> None:
        """Put cards in the place of those that are not beyond them.

        A clash is a card that another process has taken further: it holds all of this one.
        """
        try:
            await self._cards.upsert_all([card_update(document) for document in documents])
        except BulkWriteError as error:
            list(clashing(error))

    async def due(self, learner_id: str) -> tuple[tuple[int, int], ...]:
        """Return (study day, cards that fall due on it), ascending."""
        found = await self._cards.aggregate(
            [
                {"$match": {"learner": learner_id, "due": {"$gte": 0}}},
                {"$group": {"_id": "$due", "cards": {"$sum": 1}}},
                {"$sort": {"_id": 1}},
            ]
        )
        return tuple((int(one["_id"]), int(one["cards"])) for one in found)

    async def due_cards(
        self, learner_id: str, *, before: int, at: int, after: Risk | None, limit: int
    ) -> list[CardDocument]:
        """Return cards due before a study day, in the order of their `risk` on the day `at`."""
        found = await self._cards.aggregate(due_pipeline(learner_id, before, at, after, limit))
        cards = await self.cards([one["_id"] for one in found])
        return sorted(cards.values(), key=lambda card: risk(card, at).order)

    async def courses(self, ids: list[str]) -> dict[str, CourseDocument]:
        """Return course documents by enrolment id."""
        found = await self._courses.find(_of_learners(ids), BODY)
        return {document["_id"]: read_course(document) for document in found}

    async def courses_of(self, learner_id: str, *, changed_after: int = -1) -> list[CourseDocument]:
        """Return a learner's courses with a change after a log number, last active first."""
        where = {"learner": learner_id, "changed": {"$gt": changed_after}}
        found = await self._courses.find(where, BODY)
        documents = [read_course(document) for document in found]
        return sorted(documents, key=lambda one: (one.state.active, one.id), reverse=True)

    async def retire(self, learner_id: str) -> None:
        """Take a closed guest's courses out of what is counted over a whole course."""
        await self._courses.update_many({"learner": learner_id}, {"$unset": {"course": ""}})

    async def save_course(
        self, document: CourseDocument, *, expected: int, entries: tuple[OutboxEntry, ...]
    ) -> bool:
        """Put a course document in the place of the one at `expected`, with outbox entries."""
        fields: dict[str, Any] = {
            "through": document.through,
            "changed": max(document.stamps.values(), default=0),
            "active": document.state.active,
            "course": document.course_id,
            "status": document.view and str(document.view.status),
            "version": document.view and document.view.version_id,
            "score": document.view and document.view.score,
            "completed": millis(document.view.completed_at if document.view else None),
            "earned": bool(document.awarded),
            "missed": list(document.missed),
            "body": ENCODER.encode(document),
        }
        update: dict[str, Any] = {"$set": fields}
        if entries:
            update["$push"] = {"outbox": {"$each": [addressed(entry) for entry in entries]}}
        where = {"_id": document.id, "learner": document.learner_id, "through": expected}
        try:
            return await self._courses.update_one(where, update, upsert=expected == 0)
        except DuplicateKeyError:
            return False


def _of_learners(ids: Collection[str]) -> Document:
    """Return the condition of being one of these enrolments or cards, with the shard key."""
    return {"_id": {"$in": list(ids)}, "learner": {"$in": sorted({learner_in(id_) for id_ in ids})}}


def _day_name(key: DayKey) -> str:
    return day_name(key.device_id, key.day.toordinal() - EPOCH)


def _in(seconds: float) -> Document:
    return {"$add": ["$$NOW", round(seconds * 1000)]}
