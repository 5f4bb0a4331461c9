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
    essential: bool
    framework: str
    """Whose statement it is."""
    scope: str
    """Of which part of the framework."""


class Findable(Record):
    """What an import says of a skill or job role beyond its record."""

    also: Mapping[str, str]
    """Other names to be found by, by language."""
    scope: str
    """Of which part of its framework it is."""


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

    async def put(self, records: Sequence[R], about: Mapping[str, Findable], *, run: str) -> None:
        """Store records of an import in place of earlier ones; other names are added by language.

        `about` is by id.
        """

    async def link(self, links: Sequence[RoleSkill], *, run: str) -> None:
        """Store which job roles need which skills."""

    async def retire(self, kind: type[R], framework: str, scope: str, *, run: str) -> int:
        """Retire what an import of a part of a framework did not see; return how many."""

    async def unlink(self, framework: str, scope: str, *, run: str) -> int:
        """Remove relations of a part that an import did not see; return how many."""
