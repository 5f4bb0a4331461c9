"""A small content service in memory.

One course with a practice lesson and an assessment, marked by number.
"""

import hashlib

from services.content.contract import (
    AchievementFacts,
    Answer,
    CatalogQuery,
    CompetencyQuery,
    Course,
    CourseVersion,
    Difference,
    JobRole,
    LessonFacts,
    LessonKind,
    Level,
    Mark,
    Moves,
    OfflinePack,
    PackQuery,
    PictureName,
    QuestionChange,
    QuestionFacts,
    Skill,
    Target,
    VersionFacts,
    VersionPair,
)
from services.kit.errors import Unavailable
from services.kit.ids import Kind, global_id, item_id, version_id
from services.kit.outbox import Outbox
from services.kit.records import Page
from services.progress.app import ContentDoors

RIGHT = 42.0
"""The right answer to every question of the library whose version has no other in `keys`."""
SKILL = global_id(Kind.SKILL, b"arithmetic")
"""The skill of every question of the library."""


def version_of(name: str) -> str:
    """Return a version hash for a name."""
    return hashlib.sha256(name.encode()).hexdigest()


class Library:
    """A CatalogApi, MarkingApi and ComparingApi that hold what a test put in."""

    def __init__(self) -> None:
        self.facts_of: dict[str, VersionFacts] = {}
        self.courses_of: dict[str, Course] = {}
        self.keys: dict[str, dict[str, float]] = {}
        self.marked = 0
        self.away = False

    def add(self, facts: VersionFacts) -> VersionFacts:
        """Publish a version."""
        self.facts_of[facts.version_id] = facts
        self.courses_of[facts.course_id] = Course(
            id=facts.course_id,
            slug="course",
            organisation="org",
            language="en",
            locales=("en",),
            title={"en": "Course"},
            summary={"en": "Course"},
            level=Level.BEGINNER,
            minutes=5,
            lesson_count=len(facts.lessons),
            skills=(Skill(id=SKILL, name="Adding"),),
            version_id=facts.version_id,
        )
        return facts

    async def mark(self, answers: tuple[Answer, ...]) -> tuple[Mark | None, ...]:
        self._present()
        self.marked += len(answers)
        return tuple(self._mark(answer, key=answer.version_id) for answer in answers)

    async def remark(self, answers: tuple[Answer, ...], key: Target) -> tuple[Mark | None, ...]:
        self._present()
        return tuple(self._mark(answer, key=key.version_id) for answer in answers)

    async def differences(self, pairs: tuple[VersionPair, ...]) -> tuple[Difference | None, ...]:
        self._present()
        return tuple(
            Difference(
                questions={
                    path: QuestionChange.SAME
                    if self._right(pair.before, path) == self._right(pair.after.version_id, path)
                    else QuestionChange.REKEYED
                    for path in self._paths(pair.before).values()
                }
            )
            for pair in pairs
        )

    async def version_ids(self, course_ids: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(
            tuple(id_ for id_, facts in self.facts_of.items() if facts.course_id == course_id)
            for course_id in course_ids
        )

    @property
    def doors(self) -> ContentDoors:
        """The library as progress sees content; its feed stays empty."""
        return ContentDoors(catalog=self, marking=self, comparing=self, feed=Outbox(()))

    def _mark(self, answer: Answer, *, key: str) -> Mark:
        right = self._right(key, self._paths(answer.version_id)[answer.question_id])
        correct = answer.response.number == right
        return Mark(correct=correct, score=float(correct), max_score=1.0)

    def _right(self, version_id: str, path: str) -> float:
        return self.keys.get(version_id, {}).get(path, RIGHT)

    def _paths(self, version_id: str) -> dict[str, str]:
        return {
            question.id: f"{lesson.key}/{question.key}"
            for lesson in self.facts_of[version_id].lessons.values()
            for question in lesson.questions.values()
        }

    async def facts(self, version_ids: tuple[str, ...]) -> tuple[VersionFacts | None, ...]:
        self._present()
        return tuple(self.facts_of.get(id_) for id_ in version_ids)

    async def courses(self, ids: tuple[str, ...]) -> tuple[Course | None, ...]:
        return tuple(self.courses_of.get(id_) for id_ in ids)

    async def courses_by_slug(self, slugs: tuple[str, ...]) -> tuple[Course | None, ...]:
        by_slug = {course.slug: course for course in self.courses_of.values()}
        return tuple(by_slug.get(slug) for slug in slugs)

    async def catalog(self, query: CatalogQuery) -> Page[Course]:
        del query
        nodes = tuple(self.courses_of.values())
        return Page(nodes=nodes, cursors=tuple(course.id for course in nodes), total=len(nodes))

    async def versions(self, ids: tuple[str, ...]) -> tuple[CourseVersion | None, ...]:
        return tuple(None for _ in ids)

    async def lesson_versions(
        self, lesson_ids: tuple[str, ...]
    ) -> tuple[CourseVersion | None, ...]:
        return tuple(None for _ in lesson_ids)

    async def packs(self, queries: tuple[PackQuery, ...]) -> tuple[OfflinePack | None, ...]:
        return tuple(None for _ in queries)

    async def skills(self, ids: tuple[str, ...]) -> tuple[Skill | None, ...]:
        return tuple(None for _ in ids)

    async def moves(self, since: str | None, *, wait: float) -> Moves:
        del wait
        return Moves(position=since or "")

    async def pictures(self, names: tuple[PictureName, ...]) -> tuple[bytes | None, ...]:
        return tuple(None for _ in names)

    async def find_skills(self, query: CompetencyQuery) -> Page[Skill]:
        return Page()

    async def job_roles(self, ids: tuple[str, ...]) -> tuple[JobRole | None, ...]:
        return tuple(None for _ in ids)

    async def find_job_roles(self, query: CompetencyQuery) -> Page[JobRole]:
        return Page()

    async def job_role_skills(self, ids: tuple[str, ...]) -> tuple[tuple[Skill, ...], ...]:
        return tuple(() for _ in ids)

    def _present(self) -> None:
        if self.away:
            raise Unavailable("content is away")


def lesson_facts(
    version: str, key: str, *, texts: int, questions: int, **more: object
) -> LessonFacts:
    """Return a lesson with text blocks t1.. and question blocks q1.. worth a point each.

    Two flashcards, c1 and c2, hang on the first text block.
    """
    text_keys = [f"t{i + 1}" for i in range(texts)]
    question_keys = [f"q{i + 1}" for i in range(questions)]
    blocks = {
        item_id(Kind.BLOCK, version, f"{key}/{block}"): block
        for block in (*text_keys, *question_keys)
    }
    asked = {
        item_id(Kind.QUESTION, version, f"{key}/{question}"): QuestionFacts(
            id=item_id(Kind.QUESTION, version, f"{key}/{question}"),
            key=question,
            max_score=1.0,
            skills=(SKILL,),
        )
        for question in question_keys
    }
    cards = {
        item_id(Kind.CARD, version, f"{key}/t1/{card}"): f"t1/{card}"
        for card in ("c1", "c2")
        if texts
    }
    defaults: dict[str, object] = {"kind": LessonKind.PRACTICE, **more}
    return LessonFacts(
        id=item_id(Kind.LESSON, version, key),
        key=key,
        blocks=blocks,
        questions=asked,
        cards=cards,
        **defaults,  # type: ignore[arg-type]  # the caller's own fields
    )


def small_course(name: str = "v1", *, course: str = "course") -> VersionFacts:
    """Return a version.

    `practice` (t1, q1, q2), `reading` (t1), `exam` (q1-q4, two attempts, pass 0.75).
    """
    version = version_of(name)
    course_id = global_id(Kind.COURSE, hashlib.sha256(course.encode()).digest()[:16])
    lessons = [
        lesson_facts(version, "practice", texts=1, questions=2),
        lesson_facts(version, "reading", texts=1, questions=0),
        lesson_facts(
            version,
            "exam",
            texts=0,
            questions=4,
            kind=LessonKind.ASSESSMENT,
            attempt_limit=2,
            pass_score=0.75,
        ),
    ]
    return VersionFacts(
        version_id=version_id(version),
        course_id=course_id,
        lessons={lesson.id: lesson for lesson in lessons},
        achievement=AchievementFacts(
            id=global_id(Kind.ACHIEVEMENT, course_id.encode()[:16]), version="1", pass_score=0.75
        ),
    )
