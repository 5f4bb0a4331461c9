"""A published version for tests, with every type of block and question."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from services.content import contract
from services.kit.ids import Kind, global_id, item_id, version_id

SKILL = contract.Skill(id="skl_AQ", name="Wiring", framework="ESCO", code="S1.2")
IMAGE = contract.Image(
    id="img_AQ",
    alt={"en": "A socket", "de": "Eine Dose"},
    width=1600,
    height=900,
    hash="ab" * 32,
    widths=(360, 720, 1080),
)


def both(text: str) -> dict[str, str]:
    """Return a text in English and German."""
    return {"en": text, "de": f"{text} (de)"}


class Maker:
    """Makes the items of one lesson, with their ids."""

    def __init__(self, version_hash: str, lesson: str) -> None:
        self._hash = version_hash
        self._lesson = lesson

    def id(self, kind: Kind, *path: str) -> str:
        """Return the id of an item."""
        return item_id(kind, self._hash, "/".join((self._lesson, *path)))

    def block(self, type_: type[Any], key: str, **fields: Any) -> Any:
        """Return a block."""
        return type_(id=self.id(Kind.BLOCK, key), key=key, **fields)

    def choices(self, block: str, *keys: str) -> tuple[contract.Choice, ...]:
        """Return choices, named by their keys."""
        return tuple(
            contract.Choice(
                id=self.id(Kind.CHOICE, block, key),
                key=key,
                text=both(key),
                feedback=both(f"about {key}"),
            )
            for key in keys
        )

    def ask(self, type_: type[Any], key: str, **fields: Any) -> contract.QuestionBlock:
        """Return a block with a question."""
        question = type_(
            id=self.id(Kind.QUESTION, key),
            key=key,
            prompt=both(f"{key}?"),
            skills=(SKILL.id,),
            explanation=both("because"),
            **fields,
        )
        block: contract.QuestionBlock = self.block(contract.QuestionBlock, key, question=question)
        return block


def rich_version(slug: str = "wiring") -> contract.CourseVersion:
    """Return a version of three lessons; `all` has every type of block and question."""
    digest = hashlib.sha256(slug.encode()).hexdigest()
    course = global_id(Kind.COURSE, bytes.fromhex(digest)[:16])

    def lesson(key: str, blocks: tuple[Any, ...] = (), **fields: Any) -> contract.Lesson:
        return contract.Lesson(
            id=item_id(Kind.LESSON, digest, key),
            key=key,
            title=both(f"Lesson {key}"),
            minutes=3,
            blocks=blocks,
            **fields,
        )

    def module(key: str, *lessons: contract.Lesson) -> contract.Module:
        return contract.Module(
            id=item_id(Kind.MODULE, digest, key), key=key, title=both(key), lessons=lessons
        )

    exam = lesson("exam", kind=contract.LessonKind.ASSESSMENT, attempt_limit=3, pass_score=0.7)
    return contract.CourseVersion(
        id=version_id(digest),
        hash=digest,
        course_id=course,
        slug=slug,
        organisation="academy",
        number=1,
        published_at=datetime(2026, 11, 1, 8, 0, 0, 512_000, tzinfo=UTC),
        language="en",
        locales=("en", "de"),
        title=both(f"Course {slug}"),
        summary=both("What it is"),
        level=contract.Level.BEGINNER,
        tags=("electricity",),
        minutes=9,
        cover=IMAGE,
        skills=(SKILL,),
        modules=(
            module("one", lesson("all", every_block(Maker(digest, "all"))), lesson("short")),
            module("two", exam),
        ),
        achievement=contract.AchievementDefinition(
            id=global_id(Kind.ACHIEVEMENT, bytes.fromhex(digest)[:16]),
            version="1",
            name=both("Wirer"),
            description=both("Can wire"),
            criteria=both("Wired"),
            pass_score=0.7,
        ),
    )


def every_block(maker: Maker) -> tuple[Any, ...]:
    """Return a block of each type, and a question of each."""
    return (
        maker.block(contract.TextBlock, "text", markdown=both("*a*"), html=both("<em>a</em>")),
        maker.block(contract.ImageBlock, "image", image=IMAGE, caption=both("A caption")),
        maker.block(contract.AudioBlock, "audio", url="/media/a.ogg", transcript=both("hum")),
        maker.block(
            contract.VideoBlock,
            "video",
            renditions=(contract.Rendition(url="/media/v.mp4", media_type="video/mp4"),),
            captions=(contract.Caption(url="/media/v.vtt", locale="en"),),
            poster=IMAGE,
        ),
        maker.block(contract.CodeBlock, "code", language="python", source="print()"),
        maker.block(
            contract.CalloutBlock, "callout", tone="tip", markdown=both("t"), html=both("<p>t</p>")
        ),
        maker.block(
            contract.FlashcardBlock,
            "cards",
            cards=(
                contract.Flashcard(
                    id=maker.id(Kind.CARD, "cards", "c1"),
                    key="c1",
                    front=both("front"),
                    back=both("back"),
                ),
            ),
        ),
        *every_question(maker),
    )


def every_question(maker: Maker) -> tuple[contract.QuestionBlock, ...]:
    """Return a question of each type, with its answer."""
    pick, order = maker.choices("choice", "a", "b"), maker.choices("order", "a", "b")
    left, right = maker.choices("match", "l"), maker.choices("match", "r")
    gap = maker.id(Kind.GAP, "gap", "g1")
    return (
        maker.ask(
            contract.ChoiceQuestion,
            "choice",
            choices=pick,
            correct_ids=(pick[0].id,),
            mapping={pick[0].id: 1.0},
        ),
        maker.ask(
            contract.OrderQuestion,
            "order",
            choices=order,
            correct_ids=tuple(choice.id for choice in reversed(order)),
        ),
        maker.ask(
            contract.MatchQuestion,
            "match",
            sources=left,
            targets=right,
            correct_pairs=((left[0].id, right[0].id),),
        ),
        maker.ask(contract.TextEntryQuestion, "entry", accepted=("earth",)),
        maker.ask(
            contract.NumericQuestion, "number", unit="V", correct_number=230.0, tolerance=0.5
        ),
        maker.ask(
            contract.GapQuestion,
            "gap",
            text=both(f"Red is {{{gap}}}"),
            gaps=(contract.Gap(id=gap, key="g1", accepted=("live",)),),
        ),
    )
