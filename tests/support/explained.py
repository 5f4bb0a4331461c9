"""A collection that lets the server explain each query it is asked, as it is asked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import json_util

from services.kit.mongo import Collection, Document, Filter, Sort


@dataclass(frozen=True)
class Plan:
    """What the server did for one query."""

    kind: str
    """find, count, aggregate or update."""
    stages: frozenset[str]
    command: str
    """What was asked, for whoever reads of a plan that is not as it should be."""
    keys: int
    """Index keys examined, in all pipelines."""
    documents: int


class Explained(Collection):
    """Answers as a collection does, and keeps the plans."""

    def __init__(self, collection: Collection) -> None:
        super().__init__(collection._collection)
        self.plans: list[Plan] = []

    async def find(
        self,
        where: Filter,
        fields: Filter | None = None,
        *,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int = 0,
        hint: str | None = None,
    ) -> list[Document]:
        asked = {"filter": where, "sort": dict(sort or ()), "limit": limit}
        more = {"projection": fields or {}} | ({} if hint is None else {"hint": hint})
        await self._explain("find", {"find": self.name, **asked, **more})
        return await super().find(where, fields, sort=sort, skip=skip, limit=limit, hint=hint)

    async def count(self, where: Filter, *, hint: str | None = None) -> int:
        stages = [{"$match": where}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
        more = {} if hint is None else {"hint": hint}
        await self._explain(
            "count", {"aggregate": self.name, "pipeline": stages, "cursor": {}, **more}
        )
        return await super().count(where, hint=hint)

    async def aggregate(self, pipeline: Sequence[Filter], *, hint: str = "") -> list[Document]:
        asked = {"aggregate": self.name, "pipeline": list(pipeline), "cursor": {}}
        await self._explain("aggregate", asked | ({"hint": hint} if hint else {}))
        return await super().aggregate(pipeline, hint=hint)

    async def find_one(
        self, where: Filter, fields: Filter | None = None, *, sort: Sort | None = None
    ) -> Document | None:
        asked = {"filter": where, "sort": dict(sort or ()), "limit": 1}
        await self._explain("find", {"find": self.name, **asked})
        return await super().find_one(where, fields, sort=sort)

    async def update_one(
        self, where: Filter, update: Any, *, upsert: bool = False, array_filters: Any = None
    ) -> bool:
        await self._explain_update(where, update, array_filters, multi=False)
        return await super().update_one(where, update, upsert=upsert, array_filters=array_filters)

    async def update_many(self, where: Filter, update: Any, *, array_filters: Any = None) -> int:
        await self._explain_update(where, update, array_filters, multi=True)
        return await super().update_many(where, update, array_filters=array_filters)

    async def _explain_update(
        self, where: Filter, update: Any, array_filters: Any, *, multi: bool
    ) -> None:
        asked = {"q": where, "u": update, "multi": multi}
        more = {} if array_filters is None else {"arrayFilters": array_filters}
        await self._explain("update", {"update": self.name, "updates": [asked | more]})

    async def _explain(self, kind: str, command: Mapping[str, Any]) -> None:
        told = await self._collection.database.command(
            {"explain": command, "verbosity": "executionStats"}
        )
        plain = json.loads(json_util.dumps(told, json_options=json_util.RELAXED_JSON_OPTIONS))
        plain = _won(plain)
        del plain["command"]
        self.plans.append(
            Plan(
                kind=kind,
                command=str(command)[:400],
                stages=frozenset(_all(plain, "stage")),
                keys=sum(_all(plain, "totalKeysExamined")),
                documents=sum(_all(plain, "totalDocsExamined")),
            )
        )


def _won(node: Any) -> Any:
    """Return what the server told without the plans that it considered and did not take."""
    if isinstance(node, list):
        return [_won(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {name: _won(each) for name, each in node.items() if name != "rejectedPlans"}


def _all(node: Any, name: str) -> list[Any]:
    """Return every value of that name in what the server told."""
    if isinstance(node, list):
        return [found for each in node for found in _all(each, name)]
    if not isinstance(node, dict):
        return []
    own = [node[name]] if name in node else []
    return own + [found for each in node.values() for found in _all(each, name)]
