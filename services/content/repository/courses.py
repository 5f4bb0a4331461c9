"""Courses, their drafts, and the published pointer with its outbox."""

from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from pymongo.errors import DuplicateKeyError

from services.content.use_cases.ports import Pointer, Published, StoredCourse
from services.kit.mongo import Collection, Document, Index
from services.kit.outbox import Outbox, waiting
from services.kit.records import OutboxEntry

INDEXES = [
    Index([("slug", 1)], name="slug", unique=True),
    Index([("organisation", 1), ("_id", 1)], name="organisation"),
    Index(
        [("published.catalogued", 1)],
        name="catalogued",
        partialFilterExpression={"published.at": {"$exists": True}},
    ),
]
CATALOGUED = 1
"""The form of the catalogue that a course is in; a new form brings all courses in anew."""
_FIELDS = {
    "slug": 1,
    "organisation": 1,
    "secret": 1,
    "revision": 1,
    "content": 1,
    "updated_at": 1,
    "published.hash": 1,
    "published.card": 1,
    "published_count": 1,
}


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
        document["_id"] = document.pop("id")
        del document["published_hash"], document["card"]
        try:
            await self._courses.insert_one({**document, "outbox": []})
        except DuplicateKeyError:
            return False
        return True

    async def courses(self, ids: Many[str]) -> Mapping[str, StoredCourse]:
        """Return courses by id."""
        found = await self._courses.find({"_id": {"$in": list(ids)}}, _FIELDS)
        return {document["_id"]: _read(document) for document in found}

    async def course_by_slug(self, slug: str) -> StoredCourse | None:
        """Return the course of a slug."""
        found = await self._courses.find_one({"slug": slug}, _FIELDS)
        return None if found is None else _read(found)

    async def organisation_page(
        self, organisation: str | None, *, after: str | None, limit: int
    ) -> tuple[list[StoredCourse], int]:
        """Return courses of an organisation (None: of all) after an id, and how many there are."""
        of = {} if organisation is None else {"organisation": organisation}
        where = of if after is None else {**of, "_id": {"$gt": after}}
        found = await self._courses.find(where, _FIELDS, sort=[("_id", 1)], limit=limit)
        return [_read(document) for document in found], await self._courses.count(of)

    async def replace_draft(
        self, course_id: str, *, base_revision: int, content: bytes, at: datetime
    ) -> StoredCourse | None:
        """Put a draft in place of a revision; None when the draft is another by now."""
        found = await self._courses.find_one_and_update(
            {"_id": course_id, "revision": base_revision},
            {"$set": {"content": content, "updated_at": at}, "$inc": {"revision": 1}},
        )
        return None if found is None else _read(found)

    async def published_hashes(self, ids: Many[str]) -> Mapping[str, str]:
        """Return the hashes of published versions by course id."""
        where = {"_id": {"$in": list(ids)}, "published.at": {"$exists": True}}
        found = await self._courses.find(where, {"published.hash": 1})
        return {document["_id"]: document["published"]["hash"] for document in found}

    async def move_pointer(
        self, course: StoredCourse, published: Published, entry: OutboxEntry, *, to: Sequence[str]
    ) -> StoredCourse | None:
        """Move the pointer with its outbox entry at once; None when draft or pointer moved."""
        found = await self._courses.find_one_and_update(
            {
                "_id": course.id,
                "revision": course.revision,
                "published_count": course.published_count,
            },
            {
                "$set": {"published": msgspec.structs.asdict(published)},
                "$inc": {"published_count": 1},
                "$push": {"outbox": waiting(entry, to)},
            },
        )
        return None if found is None else _read(found)

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
        where = {"published.at": {"$exists": True}, "published.catalogued": {"$ne": CATALOGUED}}
        found = await self._courses.find(where, {"_id": 1}, hint="catalogued")
        return [document["_id"] for document in found]

    async def set_catalogued(self, course_id: str, *, moves: int) -> bool:
        """Note that the catalogue is up to a move of the pointer; False when it moved again."""
        return await self._courses.update_one(
            {"_id": course_id, "published_count": moves, "published.at": {"$exists": True}},
            {"$set": {"published.catalogued": CATALOGUED}},
        )


def _read(document: Document) -> StoredCourse:
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
        published_hash=published.get("hash"),
        published_count=document["published_count"],
        card=None if card is None else bytes(card),
    )
