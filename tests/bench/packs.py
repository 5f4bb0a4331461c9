"""What packs cost at publish, and what one changed word costs a phone, of a course of 40 lessons.

Run: python -m tests.bench.packs   (an embedded mongod of its own; prints ratios)
"""

import asyncio
import random
import tempfile
import time
from pathlib import Path
from statistics import median

from morsel.mongod import Mongod
from services.content.app import Content, build
from services.content.contract import Course, OfflinePack, PackQuery, PublishCourse
from services.content.settings import Settings
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role
from tests.services.content.samples import package

LESSONS, CARDS, ROUNDS = 40, 10, 5
AUTHOR = Actor(subject="lrn_author", roles=frozenset({Role.AUTHOR}), organisation="school")
VOWELS, CONSONANTS = "aeiou", "bcdfghklmnprstvz"


def words(rng: random.Random, count: int) -> str:
    """Return made-up words, few of them often, as in prose."""
    ranks = (min(int(rng.paretovariate(0.7)), 4000) for _ in range(count))
    return " ".join(_word(random.Random(rank)) for rank in ranks)  # noqa: S311 - no secrets


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.randint(1, 4)))


def course_files(slug: str, *, seed: int = 1) -> dict[str, bytes]:
    """Return the folder of a course: each other card is a question of four choices."""
    rng = random.Random(seed)  # noqa: S311 - the same course each time
    names = [f"lesson-{number}.md" for number in range(LESSONS)]
    head = (
        f"slug: {slug}\ntitle: Course\nsummary: Many lessons.\nlanguage: en\n"
        f"modules:\n  - {{key: one, title: One, lessons: [{', '.join(names)}]}}\n"
    )
    files = {name: _lesson(rng, number).encode() for number, name in enumerate(names)}
    return {"course.yaml": head.encode(), **files}


def _lesson(rng: random.Random, number: int) -> str:
    kind = "assessment" if number % 10 == 9 else "practice"
    cards = [
        _question(rng) if card % 2 or kind == "assessment" else _prose(rng) for card in range(CARDS)
    ]
    return f"---\ntitle: Lesson {number}\nkind: {kind}\n---\n" + "\n".join(cards)


def _prose(rng: random.Random) -> str:
    return f"## {words(rng, 4)}\n{words(rng, 60)}\n"


def _question(rng: random.Random) -> str:
    choices = "".join(
        f"- [{' ' if other else 'x'}] {words(rng, 5)} {other} > {words(rng, 6)}\n"
        for other in range(4)
    )
    return f"## {words(rng, 9)}?\n{choices}! {words(rng, 15)}\n"


async def brought(content: Content, files: dict[str, bytes]) -> Course:
    """Bring a course in as a draft."""
    made = await content.authoring.import_course(AUTHOR, package(files, publish=False))
    assert made.course is not None, made.problems[:3]
    return made.course


async def publish(content: Content, course: Course, revision: int) -> tuple[float, Course]:
    """Publish a draft; return the seconds and the course."""
    start = time.perf_counter()
    order = PublishCourse(course_id=course.id, base_revision=revision)
    done = await content.authoring.publish(AUTHOR, order)
    return time.perf_counter() - start, done


async def pack_of(content: Content, course: Course) -> OfflinePack:
    """Return the whole pack of what is published."""
    (pack,) = await content.catalog.packs((PackQuery(version_id=course.version_id or ""),))
    assert pack is not None
    return pack


async def measure(content: Content) -> None:
    """Publish courses with and without packs by turns, and change one word."""
    packing = vars(content.catalog._packing)
    seconds: dict[str, list[float]] = {"with": [], "without": [], "a changed word": []}
    for turn in range(ROUNDS):
        packing["ensure"] = _nothing
        plain = await brought(content, course_files(f"plain-{turn}", seed=turn))
        seconds["without"].append((await publish(content, plain, 1))[0])
        del packing["ensure"]
        files = course_files(f"packed-{turn}", seed=turn)
        took, course = await publish(content, await brought(content, files), 1)
        seconds["with"].append(took)
        before = await pack_of(content, course)
        changed = {**files, "lesson-7.md": files["lesson-7.md"].rstrip() + b" word\n"}
        took, course = await publish(content, await brought(content, changed), 2)
        seconds["a changed word"].append(took)
        after = await pack_of(content, course)
    base = median(seconds["without"])
    had = {file.hash for file in before.files}
    fresh = [file for file in after.files if file.hash not in had]
    print(f"publish of {LESSONS} lessons, of {base * 1000:.0f} ms without packs:")
    for name in ("with", "a changed word"):
        print(f"  {name:15} {median(seconds[name]) / base:5.2f} times")
    print(f"one changed word: {len(fresh)} of {len(after.files)} files are new,")
    for name in ("bytes", "compressed_bytes"):
        new, all_ = (sum(getattr(each, name) for each in some) for some in (fresh, after.files))
        print(f"  {name:16} {new:7} of {all_:8}: {100 * new / all_:.1f} %")


async def _nothing(_: object) -> None:
    """Make no files."""


async def main() -> None:
    """Run on a mongod of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with Mongod(Path(folder)) as mongod:
            mongo = Mongo(mongod.uri, app_name="bench")
            content = build(Settings(mongo_uri=mongod.uri, public_url="http://localhost"), mongo)
            await content.start()
            await measure(content)
            await content.stop()
            await mongo.close()


if __name__ == "__main__":
    asyncio.run(main())
