"""Advice and question health in memory: an honest fake of AdviceApi and HealthApi."""

from services.content.contract import CatalogApi
from services.kit.records import Actor, Role
from services.progress import contract as progress
from tests.support.counted import Counted


class Adviser(Counted):
    """AdviceApi and HealthApi over what a test put in."""

    def __init__(self, catalog: CatalogApi) -> None:
        super().__init__()
        self._catalog = catalog
        self._standings: dict[str, tuple[progress.SkillStanding, ...]] = {}
        self._gaps: dict[progress.RoleKey, progress.RoleGap] = {}
        self._advice: dict[str, tuple[progress.Recommendation, ...]] = {}
        self._health: dict[str, tuple[progress.QuestionHealth, ...]] = {}

    async def standings(
        self, learner_ids: tuple[str, ...]
    ) -> tuple[tuple[progress.SkillStanding, ...], ...]:
        return tuple(self._standings.get(id_, ()) for id_ in learner_ids)

    async def findable(self, learner_ids: tuple[str, ...]) -> tuple[progress.Findable | None, ...]:
        return tuple(None for _ in learner_ids)

    async def gaps(self, keys: tuple[progress.RoleKey, ...]) -> tuple[progress.RoleGap | None, ...]:
        return tuple(self._gaps.get(key) for key in keys)

    async def recommendations(
        self, learner_ids: tuple[str, ...], *, first: int
    ) -> tuple[tuple[progress.Recommendation, ...], ...]:
        return tuple(self._advice.get(id_, ())[:first] for id_ in learner_ids)

    async def questions(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[tuple[progress.QuestionHealth, ...] | None, ...]:
        courses = await self._catalog.courses(course_ids)
        return tuple(
            self._health.get(course.id, ())
            if course and (Role.ADMIN in actor.roles or actor.organisation == course.organisation)
            else None
            for course in courses
        )
