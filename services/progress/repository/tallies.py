"""The counts over all learners: one document a lesson of a version, and one a course."""

import hashlib
from collections.abc import Mapping

from pymongo.errors import BulkWriteError

from services.kit.mongo import Database, Document, Index
from services.progress.domain.health import Lessons
from services.progress.repository.bulk import clashing
from services.progress.use_cases.counting import Counted

KEPT = 500
"""Entries that a document remembers, so that a repeat of one counts nothing.

An entry is leased for half a minute and repeated within it: long before so many others came.
"""
TOKEN_BYTES = 9
INDEXES = [Index([("version", 1)], name="version")]


class MongoTallies:
    """The Tallies over MongoDB."""

    def __init__(self, database: Database) -> None:
        """Choose the collections; what was acknowledged is gone from the outbox, so majority."""
        self._questions = database.truth("question_counts")
        self._courses = database.truth("course_counts")

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._questions.create_indexes(INDEXES)

    async def count(self, entry_id: str, told: Counted) -> None:
        """Take in what an entry tells, once: each document remembers that it did."""
        token = hashlib.sha256(entry_id.encode()).digest()[:TOKEN_BYTES]
        updates: list[tuple[Document, Document]] = []
        for share in told.shares:
            where = {"_id": f"{share.version} {share.lesson}", "applied": {"$ne": token}}
            steps = {
                f"counts.{_field(question)}.{name}": n
                for question, counts in share.counts.items()
                for name, n in counts.items()
            }
            update = _once(token, steps) | {"$setOnInsert": {"version": share.version}}
            updates.append((where, update))
        if updates:
            try:
                await self._questions.upsert_all(updates)
            except BulkWriteError as error:
                for position in clashing(error):
                    where, update = updates[position]
                    await self._questions.update_one(where, update)
        if told.learners:
            await self._count_course(token, told)

    async def of_version(self, version: str) -> Lessons:
        """Return the counts of a version's questions, by its hash."""
        found = await self._questions.find({"version": version}, {"counts": 1})
        return {
            document["_id"].split(" ", 1)[1]: {
                _key(field): {name: int(n) for name, n in counts.items() if n}
                for field, counts in document["counts"].items()
            }
            for document in found
        }

    async def learners(self, course_ids: tuple[str, ...]) -> Mapping[str, int]:
        """Return how many learners took courses up, by course id; those with none are left out."""
        found = await self._courses.find({"_id": {"$in": list(course_ids)}}, {"learners": 1})
        return {one["_id"]: int(one["learners"]) for one in found if one["learners"] > 0}

    async def _count_course(self, token: bytes, told: Counted) -> None:
        where = {"_id": told.course_id, "applied": {"$ne": token}}
        update = _once(token, {"learners": told.learners})
        try:
            await self._courses.upsert_all([(where, update)])
        except BulkWriteError as error:
            for _ in clashing(error):
                await self._courses.update_one(where, update)


def _once(token: bytes, steps: Mapping[str, int]) -> Document:
    return {
        "$inc": dict(steps),
        "$push": {"applied": {"$each": [token], "$slice": -KEPT}},
    }


def _field(key: str) -> str:
    """Return a key as the name of a field: keys may hold a dot and no comma."""
    return key.replace(".", ",")


def _key(field: str) -> str:
    return field.replace(",", ".")
