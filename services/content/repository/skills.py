"""Skills and job roles: those that courses declare, and those of imported frameworks.

skills, job_roles  {_id, framework?, scope?, run?, also?, record, name, signature, keys}
role_skills        {_id: "role skill", role, skill, essential, framework, scope, run}

`run` is the import that saw a document last, `scope` the part of the framework that it was in; what
a later import of that part no longer saw is retired: it stays for the courses that name it, and
search does not offer it any more. `also` are other names by language.
"""

from collections import defaultdict
from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from services.content.contract import JobRole, Skill
from services.content.domain.search import MAX_NAME_TERMS, SearchText, facet, fold, index_keys
from services.content.domain.search import search_terms as terms_of
from services.content.repository.search import Order, Search, indexes, place, searched
from services.content.use_cases.ports import Sought
from services.content.use_cases.skill_store import CompetencyHit, Findable, RoleSkill
from services.kit.mongo import Collection, Database, Document, Index

R = TypeVar("R", Skill, JobRole)
BY_NAME = "name"
ORDERS: Mapping[str, Order] = {BY_NAME: (("name", 1), ("_id", 1))}
INDEXES = [
    *indexes(ORDERS, home=BY_NAME),
    Index([("framework", 1), ("run", 1)], name="framework", sparse=True),
]
ROLE_INDEXES = [
    Index([("role", 1), ("essential", -1), ("skill", 1)], name="role"),
    Index([("framework", 1), ("run", 1)], name="framework"),
]
SIGNATURE_BYTES = 2048
CURRENT = facet("state", "current")
MAX_NAME = 200


class Competencies:
    """The SkillStore over MongoDB."""

    def __init__(self, database: Database) -> None:
        """Keep the three collections."""
        self._collections: dict[type, Collection] = {
            Skill: database.truth("skills"),
            JobRole: database.truth("job_roles"),
        }
        self._links = database.truth("role_skills")

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        for collection in self._collections.values():
            await collection.create_indexes(INDEXES)
        await self._links.create_indexes(ROLE_INDEXES)

    async def declare(self, records: Sequence[Skill | JobRole]) -> None:
        """Store what courses name unless it is there: who declares an identifier first words it."""
        for kind, collection in self._collections.items():
            documents = [_document(each) for each in records if isinstance(each, kind)]
            await collection.upsert_many(
                [({"_id": each["_id"]}, {"$setOnInsert": _without_id(each)}) for each in documents]
            )

    async def read(self, kind: type[R], ids: Many[str]) -> Mapping[str, R]:
        """Return records by id."""
        found = await self._collections[kind].find({"_id": {"$in": list(ids)}}, {"record": 1})
        return {
            document["_id"]: msgspec.msgpack.decode(document["record"], type=kind)
            for document in found
        }

    async def search(self, kind: type[R], sought: Sought) -> tuple[list[CompetencyHit[R]], int]:
        """Return a slice of the current ones, and how many match."""
        search = Search(
            self._collections[kind], ORDERS, home=BY_NAME, signature_bytes=SIGNATURE_BYTES
        )
        current = msgspec.structs.replace(sought, facets=((CURRENT,), *sought.facets))
        found = await search.page(current, ("record",))
        hits = [
            CompetencyHit(
                record=msgspec.msgpack.decode(document["record"], type=kind),
                place=place(rank, document, ORDERS[BY_NAME]),
            )
            for rank, document in found.documents
        ]
        return hits, found.total

    async def skills_of(self, roles: Many[str]) -> Mapping[str, Sequence[str]]:
        """Return the ids of the skills of job roles, essential ones first."""
        found = await self._links.find(
            {"role": {"$in": list(roles)}},
            {"role": 1, "skill": 1},
            sort=[("role", 1), ("essential", -1), ("skill", 1)],
        )
        skills: defaultdict[str, list[str]] = defaultdict(list)
        for document in found:
            skills[document["role"]].append(document["skill"])
        return skills

    async def put(self, records: Sequence[R], about: Mapping[str, Findable], *, run: str) -> None:
        """Store records of an import in place of earlier ones; other names are added by language.

        `about` is by id.
        """
        collection = self._collections[type(records[0])]
        found = await collection.find({"_id": {"$in": [each.id for each in records]}}, {"also": 1})
        known = {document["_id"]: document.get("also", {}) for document in found}
        updates: list[tuple[Document, Document]] = []
        for each in records:
            also = {**known.get(each.id, {}), **about[each.id].also}
            seen = {"also": also, "scope": about[each.id].scope, "run": run}
            updates.append(({"_id": each.id}, {"$set": _without_id(_document(each, also)) | seen}))
        await collection.upsert_many(updates)

    async def link(self, links: Sequence[RoleSkill], *, run: str) -> None:
        """Store which job roles need which skills."""
        await self._links.upsert_many(
            [
                (
                    {"_id": f"{each.role_id} {each.skill_id}"},
                    {
                        "$set": {
                            "role": each.role_id,
                            "skill": each.skill_id,
                            "essential": each.essential,
                            "framework": each.framework,
                            "scope": each.scope,
                            "run": run,
                        }
                    },
                )
                for each in links
            ]
        )

    async def retire(self, kind: type[R], framework: str, scope: str, *, run: str) -> int:
        """Retire what an import of a part of a framework did not see; return how many."""
        collection = self._collections[kind]
        gone = {**_unseen(framework, scope, run), "keys": CURRENT}
        count = 0
        while found := await collection.find(gone, {"record": 1, "also": 1}, limit=500):
            updates: list[tuple[Document, Document]] = []
            for each in found:
                record = msgspec.msgpack.decode(each["record"], type=kind)
                retired = msgspec.structs.replace(record, retired=True)
                document = _document(retired, each.get("also", {}))
                updates.append(({"_id": retired.id}, {"$set": _without_id(document)}))
            await collection.upsert_many(updates)
            count += len(found)
        return count

    async def unlink(self, framework: str, scope: str, *, run: str) -> int:
        """Remove relations of a part that an import did not see; return how many."""
        return await self._links.delete_many(_unseen(framework, scope, run))


def _unseen(framework: str, scope: str, run: str) -> Document:
    """Return the condition of being imported as this part of a framework, but not by this run."""
    return {"framework": framework, "scope": scope, "run": {"$exists": True, "$ne": run}}


def _document(record: Skill | JobRole, also: Mapping[str, str] | None = None) -> Document:
    """Return what is stored of a record; other names are found as skills of a course are."""
    descriptions = record.descriptions or {"": record.description or ""}
    text = SearchText(
        title=(record.name, *record.names.values()),
        skill=(*(also or {}).values(), record.code or ""),
        body=tuple(descriptions.values()),
    )
    terms = terms_of(text, most=MAX_NAME_TERMS)
    facets = [facet("framework", record.framework or "")]
    facets += [] if record.retired else [CURRENT]
    keys = (*index_keys(terms), *facets)
    return {
        "_id": record.id,
        **({} if record.framework is None else {"framework": record.framework}),
        "name": fold(record.name)[:MAX_NAME],
        "record": msgspec.msgpack.encode(record),
        **searched((*terms, *facets), keys, signature_bytes=SIGNATURE_BYTES),
    }


def _without_id(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "_id"}
