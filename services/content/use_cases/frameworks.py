"""Bringing frameworks of skills and job roles in, batch by batch; a newer version updates."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import NamedTuple

from services.content.contract import JobRole, Skill
from services.content.domain.identity import job_role_id, skill_id
from services.content.importers.frameworks.rows import Fact, Item, Refused, Relation, Row
from services.content.use_cases.skill_store import Findable, R, RoleSkill, SkillStore
from services.kit.ids import uuid7
from services.kit.records import Record

BATCH = 500


class Brought(Record):
    """What an import came to."""

    frameworks: Mapping[str, str | None]
    """Name to version."""
    skills: int
    job_roles: int
    relations: int
    refused: int
    retired: int | None
    """Of the parts that came; None: nothing was retired, for rows were refused."""


class Part(NamedTuple):
    """What an import may speak for: all of one kind in one part of a framework."""

    kind: type
    framework: str
    scope: str


class Frameworks:
    """Imports skills, job roles and their relations; repeating an import changes nothing."""

    def __init__(self, skills: SkillStore) -> None:
        """Keep the store."""
        self._skills = skills

    async def bring_in(
        self,
        rows: Iterable[Row],
        *,
        version: str | None,
        told: Callable[[Refused], None],
        moved: Callable[[int], None],
    ) -> Brought:
        """Store what the rows say, telling of each that is refused and how far it has come."""
        run, rest = str(uuid7()), iter(rows)
        facts: dict[str, str | None] = {}
        seen: dict[type, set[str]] = {Skill: set(), JobRole: set()}
        parts: set[Part] = set()
        counts: Counter[str] = Counter()
        while batch := list(islice(rest, BATCH)):
            for row in batch:
                if isinstance(row, Fact):
                    facts[row.framework] = version or row.version
                elif isinstance(row, Refused):
                    counts["refused"] += 1
                    told(row)
            items = [row for row in batch if isinstance(row, Item)]
            skills = [each for each in items if not each.is_role]
            roles = [each for each in items if each.is_role]
            seen[Skill] |= await self._put(Skill, skills, facts=facts, run=run)
            seen[JobRole] |= await self._put(JobRole, roles, facts=facts, run=run)
            links = [_link(row) for row in batch if isinstance(row, Relation)]
            if links:
                await self._skills.link(links, run=run)
                counts["relations"] += len(links)
            parts |= {part for row in batch for part in _parts(row)}
            moved(len(batch))
        return Brought(
            frameworks=facts,
            skills=len(seen[Skill]),
            job_roles=len(seen[JobRole]),
            relations=counts["relations"],
            refused=counts["refused"],
            retired=None if counts["refused"] else await self._retire(parts, run=run),
        )

    async def _put(
        self, kind: type[R], items: Sequence[Item], *, facts: Mapping[str, str | None], run: str
    ) -> set[str]:
        """Store items of a batch joined with what is there of them in other languages."""
        if not items:
            return set()
        ids = [_id(each) for each in items]
        records = dict(await self._skills.read(kind, ids))
        about: dict[str, Findable] = {}
        for id_, each in zip(ids, items, strict=True):
            records[id_] = _joined(kind, id_, records.get(id_), each, facts)
            also = about[id_].also if id_ in about else {}
            about[id_] = Findable(also={**also, each.language: each.also}, scope=each.scope)
        await self._skills.put(list(records.values()), about, run=run)
        return set(ids)

    async def _retire(self, parts: AbstractSet[Part], *, run: str) -> int:
        """Retire what is gone of those parts that came; of others this import says nothing."""
        retired = 0
        for part in parts:
            of = (part.framework, part.scope)
            if part.kind is Relation:
                await self._skills.unlink(*of, run=run)
            elif part.kind is JobRole:
                retired += await self._skills.retire(JobRole, *of, run=run)
            else:
                retired += await self._skills.retire(Skill, *of, run=run)
        return retired


def _joined(
    kind: type[R], id_: str, known: R | None, each: Item, facts: Mapping[str, str | None]
) -> R:
    """Return a record with one more language; English names it where there is English."""
    item = each.competency
    names = {**(known.names if known else {}), each.language: item.name}
    described = {each.language: item.description} if item.description else {}
    descriptions = {**(known.descriptions if known else {}), **described}
    name = names.get("en") or next(iter(names.values()))
    return kind(
        id=id_,
        name=name,
        description=descriptions.get("en") or next(iter(descriptions.values()), None),
        framework=item.framework,
        code=item.code or (known.code if known else None),
        url=item.url,
        names=names,
        descriptions=descriptions,
        framework_version=facts.get(item.framework or ""),
    )


def _id(each: Item) -> str:
    return job_role_id(each.competency) if each.is_role else skill_id(each.competency)


def _link(row: Relation) -> RoleSkill:
    return RoleSkill(
        role_id=job_role_id(row.role),
        skill_id=skill_id(row.skill),
        essential=row.essential,
        framework=row.framework,
        scope=row.scope,
    )


def _parts(row: Row) -> Iterator[Part]:
    """Yield what a row shows to be among the files."""
    if isinstance(row, Relation):
        yield Part(kind=Relation, framework=row.framework, scope=row.scope)
    elif isinstance(row, Item):
        framework = row.competency.framework or ""
        yield Part(JobRole if row.is_role else Skill, framework=framework, scope=row.scope)
        if row.scope:
            yield Part(kind=Relation, framework=framework, scope=row.scope)
