"""Many generated courses: words of a vocabulary by Zipf's law, in three languages, seeded."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import msgspec

from services.content.domain.course import Competency, Course, Lesson, Level, Module, TextBlock
from services.content.use_cases.cataloguing import catalog_entry
from services.content.use_cases.ports import CatalogEntry, Published
from services.content.use_cases.projection import summarise
from services.kit.ids import Kind, global_id

LANGUAGES = ("en", "de", "ja")
SKILLS = 300
TAGS = 60
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_SOUNDS = {
    "en": ("b c d f g l m n p r s t th st tr pl", "a e i o u ea ou"),
    "de": ("b d f g h k l m n r s sch t w z pf", "a e i o u ä ö ü ei au"),
}
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 600)]


class Vocabulary:
    """Words of one language; the first are the most common."""

    def __init__(self, language: str, rng: random.Random, *, size: int) -> None:
        self.joint = "" if language == "ja" else " "
        found: dict[str, None] = {}
        while len(found) < size:
            found[self._word(language, rng)] = None
        self.words = list(found)
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(size)))
        self._rng = rng

    @staticmethod
    def _word(language: str, rng: random.Random) -> str:
        if language == "ja":
            return "".join(rng.choices(_HAN, k=rng.randint(1, 3)))
        first, then = (sounds.split() for sounds in _SOUNDS[language])
        syllables = rng.choices((1, 2, 3, 4, 6), weights=(2, 5, 5, 3, 1))[0]
        return "".join(rng.choice(first) + rng.choice(then) for _ in range(syllables))

    def text(self, count: int) -> str:
        """Return a text of that many words."""
        return self.joint.join(self._rng.choices(self.words, cum_weights=self._weights, k=count))


def courses(count: int, *, seed: int = 7, words: int = 900) -> Iterator[CatalogEntry]:
    """Yield entries of courses of about `words` words, one published a minute."""
    rng = random.Random(seed)  # noqa: S311 - the same courses in each run
    speech = {language: Vocabulary(language, rng, size=12_000) for language in LANGUAGES}
    skills = [
        Competency(name=speech["en"].text(2), framework="TEST", code=f"S{n}") for n in range(SKILLS)
    ]
    tags = [speech["en"].text(1) for _ in range(TAGS)]
    for number in range(count):
        language = rng.choices(LANGUAGES, weights=(6, 3, 1))[0]
        course = _course(number, language, speech[language], rng=rng, words=words)
        course = msgspec.structs.replace(
            course,
            tags=tuple(dict.fromkeys(rng.choices(tags, k=3))),
            skills=tuple(rng.sample(skills, k=3)),
            job_roles=(rng.choice(skills[:40]),),
        )
        yield entry_of(course, number)


def entry_of(course: Course, number: int) -> CatalogEntry:
    """Return the entry of a course, published in the minute of that number."""
    course_id = global_id(Kind.COURSE, number.to_bytes(16))
    card = summarise(
        course, course_id=course_id, organisation="school", media={}, version="ver_test"
    )
    published = Published(
        hash="", at=EPOCH + timedelta(minutes=number), card=msgspec.msgpack.encode(card)
    )
    return catalog_entry(course, course_id=course_id, published=published, moves=1)


def _course(
    number: int, language: str, speech: Vocabulary, *, rng: random.Random, words: int
) -> Course:
    lessons = tuple(
        Lesson(
            key=f"l{index}",
            title={language: speech.text(4)},
            blocks=(TextBlock(key="b", markdown={language: speech.text(words // 6)}),),
        )
        for index in range(rng.randint(3, 9))
    )
    return Course(
        slug=f"course-{number}",
        language=language,
        title={language: speech.text(rng.randint(2, 6))},
        summary={language: speech.text(20)},
        level=rng.choice(list(Level)),
        modules=(Module(key="m", title={language: speech.text(3)}, lessons=lessons),),
    )
