"""Builders for credentials: a course version that awards something, and who completes it."""

import hashlib
from datetime import UTC, datetime

from services.content.contract import (
    AchievementDefinition,
    Course,
    CourseVersion,
    Image,
    JobRole,
    Level,
    PictureName,
    Skill,
)
from services.credentials.domain.records import Completion, Evidence
from services.kit.ids import Kind, global_id, version_id
from services.kit.records import Actor
from services.progress.contract import (
    Findable,
    Profile,
    ServerEvent,
    SkillMemory,
    SkillStanding,
)

COMPLETED_AT = datetime(2026, 11, 20, 9, 30, 15, 250_000, tzinfo=UTC)
QUOTES = 'Ñandú „Prüfung“ \\ "naïve" \u2028 日本語 🧭 <b>&amp;</b> ]]>'
"""Text that goes wrong wherever somebody escapes by hand."""


def make_id(kind: Kind, name: str) -> str:
    """Return a global id made of a name."""
    return global_id(kind, hashlib.sha256(name.encode()).digest()[:16])


def award_of(name: str = "award", *, version: str = "1") -> AchievementDefinition:
    """Return an award with a pass score of 70 percent that is valid for a year."""
    return AchievementDefinition(
        id=make_id(Kind.ACHIEVEMENT, name),
        version=version,
        name={"en": "Safe Ladder Use", "es": "Uso seguro de escaleras"},
        description={"en": "Chooses, checks and climbs a ladder safely."},
        criteria={"en": "Completed every lesson and\nreached *70 percent* in the assessment."},
        pass_score=0.7,
        valid_for_days=365,
    )


def course_version(
    name: str = "ladders",
    *,
    number: int = 1,
    award: AchievementDefinition | None = None,
    organisation: str = "morsel-academy",
) -> CourseVersion:
    """Return a version that awards something, for two skills, one without address, and a role."""
    digest = hashlib.sha256(f"{name} {number}".encode()).hexdigest()
    return CourseVersion(
        id=version_id(digest),
        hash=digest,
        course_id=make_id(Kind.COURSE, name),
        slug=name,
        organisation=organisation,
        number=number,
        published_at=COMPLETED_AT,
        language="en",
        locales=("en",),
        title={"en": "Ladders"},
        summary={"en": "Ladders"},
        level=Level.BEGINNER,
        minutes=12,
        skills=(
            Skill(
                id=make_id(Kind.SKILL, "climb"),
                name="work safely at height",
                framework="ESCO",
                url="http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000001",
            ),
            Skill(id=make_id(Kind.SKILL, "check"), name="check ladders"),
        ),
        job_roles=(
            JobRole(
                id=make_id(Kind.JOB_ROLE, "cleaner"),
                name="window cleaner",
                framework="ESCO",
                url="http://data.europa.eu/esco/occupation/00000000-0000-4000-8000-000000000002",
            ),
        ),
        achievement=award or award_of(),
    )


def completion_of(
    version: CourseVersion,
    learner: str = "zoe",
    *,
    name: str | None = "Zoë Example",
    email: str | None = "Zoe@Example.org ",
) -> Completion:
    """Return that a learner completed a version with 85.5 percent."""
    return Completion(
        learner_id=make_id(Kind.LEARNER, learner),
        course_id=version.course_id,
        version_id=version.id,
        achievement_id=version.achievement.id if version.achievement else None,
        achievement_version=version.achievement.version if version.achievement else None,
        score=0.855,
        completed_at=COMPLETED_AT,
        name=name,
        email=email,
        evidence=Evidence(digest="0f" * 16, events=42),
    )


class Shelf:
    """The part of a CatalogApi that credentials asks for: versions and courses by id."""

    def __init__(self) -> None:
        self.held: dict[str, CourseVersion] = {}
        self.roles: dict[str, tuple[Skill, ...]] = {}
        self.drawn: dict[PictureName, bytes] = {}
        self.asked = 0

    def add(self, version: CourseVersion) -> CourseVersion:
        """Put a version on the shelf."""
        self.held[version.id] = version
        return version

    def relate(self, name: str, skills: tuple[Skill, ...]) -> str:
        """Let a job role ask for skills, and return its id."""
        role = make_id(Kind.JOB_ROLE, name)
        self.roles[role] = skills
        return role

    async def pictures(self, names: tuple[PictureName, ...]) -> tuple[bytes | None, ...]:
        """Return pictures that a test put on the shelf."""
        return tuple(self.drawn.get(name) for name in names)

    async def job_roles(self, ids: tuple[str, ...]) -> tuple[JobRole | None, ...]:
        """Return job roles by id."""
        return tuple(JobRole(id=id_, name=id_) if id_ in self.roles else None for id_ in ids)

    async def job_role_skills(self, ids: tuple[str, ...]) -> tuple[tuple[Skill, ...], ...]:
        """Return the skills that job roles ask for."""
        return tuple(self.roles.get(id_, ()) for id_ in ids)

    async def courses(self, ids: tuple[str, ...]) -> tuple[Course | None, ...]:
        """Return the courses of versions, with what stands in a credential."""
        by_course = {version.course_id: version for version in self.held.values()}
        return tuple(_course(by_course[key]) if key in by_course else None for key in ids)

    async def picture(self, actor: Actor, upload_id: str) -> Image:
        """Return a picture for whatever upload."""
        return Image(
            id="img_x", alt={"en": ""}, width=360, height=360, hash="ab" * 32, widths=(360,)
        )

    async def versions(self, ids: tuple[str, ...]) -> tuple[CourseVersion | None, ...]:
        """Return whole versions by id."""
        self.asked += 1
        return tuple(self.held.get(one) for one in ids)


class Diary:
    """The part of progress that credentials calls: it keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[ServerEvent] = []
        self.people: dict[str, Profile] = {}
        self.memories: dict[str, tuple[SkillMemory, ...]] = {}
        self.known: dict[str, tuple[SkillStanding, ...]] = {}

    def forget(self) -> None:
        """Keep nothing."""
        for kept in (self.events, self.people, self.memories, self.known):
            kept.clear()

    async def standings(
        self, learner_ids: tuple[str, ...]
    ) -> tuple[tuple[SkillStanding, ...], ...]:
        """Return the standings that a test put in."""
        return tuple(self.known.get(key, ()) for key in learner_ids)

    async def profiles(self, learner_ids: tuple[str, ...]) -> tuple[Profile | None, ...]:
        """Return the profiles that a test put in."""
        return tuple(self.people.get(key) for key in learner_ids)

    async def findable(self, learner_ids: tuple[str, ...]) -> tuple[Findable | None, ...]:
        """Return what is found of people who agreed to it."""
        people = [(id_, self.people.get(id_)) for id_ in learner_ids]
        return tuple(
            Findable(learner_id=id_, name=person.display_name, skills=self.memories.get(id_, ()))
            if person and person.discoverable
            else None
            for id_, person in people
        )

    async def record(self, events: tuple[ServerEvent, ...]) -> None:
        """Keep events of other services."""
        self.events += events


def _course(version: CourseVersion) -> Course:
    return Course(
        id=version.course_id,
        slug=version.slug,
        organisation=version.organisation,
        language=version.language,
        locales=version.locales,
        title=version.title,
        summary=version.summary,
        level=version.level,
        minutes=version.minutes,
        lesson_count=1,
        skills=version.skills,
        job_roles=version.job_roles,
        version_id=version.id,
        achievement=version.achievement,
    )
