"""Courses, their drafts, and the published pointer with its outbox."""

from collections.abc import Collection as Many
from collections.abc import Mapping
from datetime import datetime

import msgspec
from pymongo.errors import DuplicateKeyError

from services.content.use_cases.ports import (
    Pointer,
    PointerMove,
    Published,
    Remarks,
    StoredCourse,
    StoredSchedule,
)
from services.kit.mongo import Collection, Document, Index
from services.kit.outbox import Outbox, waiting

INDEXES = [
    Index([("slug", 1)], name="slug", unique=True),
    Index([("organisation", 1), ("_id", 1)], name="organisation"),
    Index([("_id", 1), ("published.hash", 1)], name="pointer"),
    Index(
        [("catalogued", 1)],
        name="moved_catalogued",
        partialFilterExpression={"published_count": {"$gt": 0}},
    ),
]
CATALOGUED = 2
"""The form of the catalogue that a course is in; a new form brings all courses in anew."""
COURSE_FIELDS = {
    "slug": 1,
    "organisation": 1,
    "secret": 1,
    "revision": 1,
    "content": 1,
    "marks": 1,
    "updated_at": 1,
    "published.hash": 1,
    "published.card": 1,
    "published_count": 1,
    "scheduled.at": 1,
    "scheduled.revision": 1,
    "scheduled.remarks": 1,
    "scheduled.failure": 1,
    "scheduled.lease": 1,
}
"""All of a course but what is large and rarely read."""


class Courses:
    """The CourseStore over MongoDB."""

    def __init__(self, collection: Collection) -> None:
        """Keep the collection."""
        self._courses = collection

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._courses.create_indexes([*INDEXES, *Outbox.indexes()])

    async def add_course(self, course: StoredCourse) -> bool:
        """Store a new course; False when its slug is taken."""
        document = msgspec.structs.asdict(course)
        document |= {"_id": document.pop("id"), "marks": _write_marks(course.marks)}
        del document["published_hash"], document["card"], document["scheduled"]
        try:
            await self._courses.insert_one({**document, "outbox": []})
        except DuplicateKeyError:
            return False
        return True

    async def courses(self, ids: Many[str]) -> Mapping[str, StoredCourse]:
        """Return courses by id."""
        found = await self._courses.find({"_id": {"$in": list(ids)}}, COURSE_FIELDS)
        return {document["_id"]: read_course(document) for document in found}

    async def course_by_slug(self, slug: str) -> StoredCourse | None:
        """Return the course of a slug."""
        found = await self._courses.find_one({"slug": slug}, COURSE_FIELDS)
        return None if found is None else read_course(found)

    async def organisation_page(
        self, organisation: str | None, *, after: str | None, limit: int
    ) -> tuple[list[StoredCourse], int]:
        """Return courses of an organisation (None: of all) after an id, and how many there are."""
        of = {} if organisation is None else {"organisation": organisation}
        where = of if after is None else {**of, "_id": {"$gt": after}}
        found = await self._courses.find(where, COURSE_FIELDS, sort=[("_id", 1)], limit=limit)
        return [read_course(document) for document in found], await self._courses.count(of)

    async def replace_draft(
        self,
        course_id: str,
        *,
        base_revision: int,
        content: bytes,
        marks: Mapping[str, str],
        at: datetime,
    ) -> StoredCourse | None:
        """Put a draft in place of a revision; None when the draft is another by now."""
        found = await self._courses.find_one_and_update(
            {"_id": course_id, "revision": base_revision},
            {
                "$set": {"content": content, "marks": _write_marks(marks), "updated_at": at},
                "$inc": {"revision": 1},
            },
        )
        return None if found is None else read_course(found)

    async def published_hashes(self, ids: Many[str]) -> Mapping[str, str]:
        """Return the hashes of published versions by course id."""
        where = {"_id": {"$in": list(ids)}, "published.hash": {"$gt": ""}}
        found = await self._courses.find(where, {"published.hash": 1})
        return {document["_id"]: document["published"]["hash"] for document in found}

    async def move_pointer(self, course: StoredCourse, move: PointerMove) -> StoredCourse | None:
        """Move the pointer with its outbox entry at once; None when it cannot be so."""
        where: Document = {"_id": course.id, "published_count": course.published_count}
        if move.revision is not None:
            where["revision"] = move.revision
        if move.lease is not None:
            where["scheduled.lease.by"] = move.lease
        found = await self._courses.find_one_and_update(where, _move(move))
        return None if found is None else read_course(found)

    async def pointer(self, course_id: str) -> Pointer:
        """Return where a course's pointer stands."""
        found = await self._courses.find_one(
            {"_id": course_id}, {"published": 1, "published_count": 1}
        )
        published = (found or {}).get("published")
        return Pointer(
            published=published and msgspec.convert(published, Published),
            moves=(found or {}).get("published_count", 0),
        )

    async def uncatalogued(self) -> list[str]:
        """Return courses whose pointer moved, and the catalogue does not say so yet."""
        where = {"published_count": {"$gt": 0}, "catalogued": {"$ne": CATALOGUED}}
        found = await self._courses.find(where, {"_id": 1}, hint="moved_catalogued")
        return [document["_id"] for document in found]

    async def set_catalogued(self, course_id: str, *, moves: int) -> bool:
        """Note that the catalogue is up to a move of the pointer; False when it moved again."""
        return await self._courses.update_one(
            {"_id": course_id, "published_count": moves}, {"$set": {"catalogued": CATALOGUED}}
        )


def _move(move: PointerMove) -> Document:
    published = move.published
    point = {} if published is None else {"published": msgspec.structs.asdict(published)}
    gone = {"catalogued": ""} | ({} if published is not None else {"published": ""})
    gone |= {} if move.keeps_schedule else {"scheduled": ""}
    update = {
        "$set": point,
        "$unset": gone,
        "$inc": {"published_count": 1},
        "$push": {"outbox": waiting(move.entry, move.to)},
        "$currentDate": {"moved_at": True},
    }
    return {operator: fields for operator, fields in update.items() if fields}


def read_course(document: Document) -> StoredCourse:
    """Return a course from a document with COURSE_FIELDS."""
    published = document.get("published") or {}
    card = published.get("card")
    return StoredCourse(
        id=document["_id"],
        slug=document["slug"],
        organisation=document["organisation"],
        secret=bytes(document["secret"]),
        revision=document["revision"],
        content=bytes(document["content"]),
        updated_at=document["updated_at"],
        marks=_read_marks(document.get("marks")),
        published_hash=published.get("hash"),
        published_count=document["published_count"],
        card=None if card is None else bytes(card),
        scheduled=_schedule(document.get("scheduled")),
    )


def _write_marks(marks: Mapping[str, str]) -> bytes:
    return msgspec.json.encode(marks)


def _read_marks(stored: bytes | None) -> Mapping[str, str]:
    """Return marks; drafts from before there were any have none."""
    return msgspec.json.decode(stored, type=dict[str, str]) if stored else {}


def _schedule(stored: Document | None) -> StoredSchedule | None:
    if not stored:
        return None
    lease = stored.get("lease") or {}
    return StoredSchedule(
        at=stored["at"],
        revision=stored["revision"],
        remarks=msgspec.convert(stored["remarks"], Remarks),
        failure=stored.get("failure"),
        lease=lease.get("by"),
    )
