"""Talent in MongoDB: who is found by which skills, who found whom, and how often is searched.

talent          one document somebody who agreed to be found, by learner id; made from elsewhere
talent_views    one a learner, employer, set of skills and day
talent_searches one an organisation and hour, gone after two
"""

from datetime import datetime

from services.credentials.contract import MOST_COUNTED
from services.credentials.domain.talent import Findings, Search
from services.credentials.repository.documents import to_document, to_record
from services.credentials.use_cases.finding import View
from services.kit.mongo import Database, Document, Index

YEAR_SECONDS = 366 * 24 * 60 * 60
KEPT = {"$dateAdd": {"startDate": "$$NOW", "unit": "hour", "amount": 2}}


class Talents:
    """The TalentStore over MongoDB; every method is one round trip."""

    def __init__(self, database: Database) -> None:
        """Choose the collections."""
        self._talent = database.projection("talent")
        self._views = database.truth("talent_views")
        self._searches = database.projection("talent_searches")

    async def create_indexes(self) -> None:
        """Create what is not there yet."""
        await self._talent.create_indexes([Index([("skills.id", 1), ("_id", 1)])])
        await self._views.create_indexes(
            [
                Index([("learner", 1), ("at", -1), ("_id", -1)]),
                Index([("at", 1)], name="kept", expireAfterSeconds=YEAR_SECONDS),
            ]
        )
        await self._searches.create_indexes(
            [Index([("until", 1)], name="until", expireAfterSeconds=0)]
        )

    async def put(self, findings: Findings) -> None:
        """Keep what somebody is found by, in place of what was kept before."""
        document = to_document(findings, "learner_id")
        await self._talent.replace_one({"_id": findings.learner_id}, document, upsert=True)

    async def remove(self, learner_id: str) -> None:
        """Keep nothing of somebody."""
        await self._talent.delete_many({"_id": learner_id})

    async def count(self, search: Search) -> int:
        """Return how many are found; no more than MOST_COUNTED are counted."""
        found = await self._talent.aggregate(
            [{"$match": _where(search)}, {"$limit": MOST_COUNTED}, {"$count": "n"}]
        )
        return int(found[0]["n"]) if found else 0

    async def find(self, search: Search, *, after: str | None, limit: int) -> list[Findings]:
        """Return who is found, by learner id, after one."""
        where = _where(search)
        if after is not None:
            where["_id"] = {"$gt": after}
        found = await self._talent.find(where, sort=[("_id", 1)], limit=limit)
        return [to_record(document, Findings, "learner_id") for document in found]

    async def searches(self, organisation: str, *, now: datetime) -> int:
        """Count one more search of an organisation, and return how many there were this hour."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        one_more = {"$add": [{"$ifNull": ["$n", 0]}, 1]}
        counted = await self._searches.find_one_and_update(
            {"_id": f"{organisation}/{hour.isoformat()}"},
            [{"$set": {"n": one_more, "until": KEPT}}],
            upsert=True,
        )
        return int(counted["n"]) if counted else 1

    async def note(self, views: tuple[View, ...]) -> None:
        """Keep who found whom; a repeat on the same day moves its time alone."""
        await self._views.upsert_many(
            [
                (
                    {"_id": view.id},
                    {
                        "$set": {"at": view.at},
                        "$setOnInsert": {
                            "learner": view.learner_id,
                            "employer": view.employer,
                            "skills": list(view.skill_ids),
                        },
                    },
                )
                for view in views
            ]
        )

    async def views(
        self, learner_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[View], int]:
        """Return who found a learner, the latest first, and how many did; two round trips."""
        where: Document = {"learner": learner_id}
        total = await self._views.count(where)
        if before is not None:
            at, last = before
            where["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": last}}]
        found = await self._views.find(where, sort=[("at", -1), ("_id", -1)], limit=limit)
        return [_view(document) for document in found], total


def _where(search: Search) -> Document:
    """Return the condition of being found: every skill proven, and known today where asked."""
    known = {} if search.level is None else {f"known_until.{search.level}": {"$gte": search.today}}
    return {
        "skills": {
            "$all": [
                {"$elemMatch": {"id": skill, "ends": {"$gt": search.now}, **known}}
                for skill in search.skill_ids
            ]
        }
    }


def _view(document: Document) -> View:
    return View(
        id=document["_id"],
        learner_id=document["learner"],
        at=document["at"],
        employer=document["employer"],
        skill_ids=tuple(document["skills"]),
    )
