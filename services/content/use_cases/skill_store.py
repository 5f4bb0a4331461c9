"""Where skills and job roles are kept, as the use-cases see it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from services.content.contract import JobRole, Skill
from services.content.use_cases.ports import Sought
from services.kit.records import Json, Record

R = TypeVar("R", Skill, JobRole)


class CompetencyHit(Record, Generic[R]):
    """A skill or a job role found, and its place in the order."""

    record: R
    place: tuple[Json, ...]


class RoleSkill(Record):
    """A job role needs a skill."""

    role_id: str
    skill_id: str
    essential: bool = True


class SkillStore(Protocol):
    """Skills and job roles, declared by courses or imported."""

    async def declare(self, records: Sequence[Skill | JobRole]) -> None:
        """Store what courses name unless it is there: who declares an identifier first words it."""

    async def read(self, kind: type[R], ids: Collection[str]) -> Mapping[str, R]:
        """Return records by id."""

    async def search(self, kind: type[R], sought: Sought) -> tuple[list[CompetencyHit[R]], int]:
        """Return a slice of the current ones, and how many match."""

    async def skills_of(self, roles: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the ids of the skills of job roles, essential ones first."""

    async def put(self, records: Sequence[R], *, also: Mapping[str, str], run: str) -> None:
        """Store records of an import in place of earlier ones; `also` are other names, by id."""

    async def link(self, links: Sequence[RoleSkill], *, framework: str, run: str) -> None:
        """Store which job roles need which skills."""

    async def retire(self, kind: type[R], *, framework: str, run: str) -> int:
        """Retire what an import of a framework did not see; return how many those are."""

    async def unlink(self, *, framework: str, run: str) -> int:
        """Remove relations of a framework that an import did not see; return how many."""
