"""Checks of a whole course document."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from services.content.domain.course import (
    AnyBlock,
    AnyQuestion,
    AudioBlock,
    CalloutBlock,
    CodeBlock,
    Competency,
    Course,
    FlashcardBlock,
    ImageBlock,
    Lesson,
    LessonKind,
    Picture,
    QuestionBlock,
    TextBlock,
    VideoBlock,
)
from services.content.domain.files import UPLOADED
from services.content.domain.identity import skill_id
from services.content.domain.keys import KEY, KEY_RULE
from services.content.domain.pictures import all_pictures
from services.content.domain.problem import Problem
from services.content.domain.rendering import shows_picture
from services.content.domain.scoring import bounds
from services.content.domain.texts import CONTROL, LOCALE, NO_CONTROL, all_texts
from services.content.domain.validation.files import check_files
from services.content.domain.validation.findings import Findings, Path
from services.content.domain.validation.questions import check_question

MAX_LESSONS = 500
MAX_BLOCKS = 100
MAX_TEXT = 20_000
MAX_TAGS = 30
MAX_NAME = 60
MAX_MINUTES = 600
MAX_COMPETENCIES = 100
MAX_DAYS = 36_500
MAX_SECONDS = 86_400
_VIDEO = re.compile(
    r"video/[\w.+-]+|application/(?:vnd\.apple\.mpegurl|x-mpegurl|dash\+xml)", re.IGNORECASE
)
_WEB = re.compile(r"https?://\S+")


def find_problems(
    course: Course, *, pictures: AbstractSet[str], files: AbstractSet[str] = frozenset()
) -> tuple[Problem, ...]:
    """Return what stands in the way of publishing.

    `pictures` are the hashes of those stored, `files` the addresses of what may be played.
    """
    found = Findings()
    _check_head(course, found)
    _check_texts(course, found)
    for path, picture in all_pictures(course):
        _check_picture(picture, path, found, pictures)
    check_files(course, found, files)
    _check_structure(course, found)
    skills = {skill_id(skill) for skill in course.skills}
    for module_index, module in enumerate(course.modules):
        for index, lesson in enumerate(module.lessons):
            path = ("modules", str(module_index), "lessons", str(index))
            _check_lesson(lesson, path, found, skills)
    return tuple(found.problems)


def _check_head(course: Course, found: Findings) -> None:
    found.check(KEY.fullmatch(course.slug), ("slug",), f"The slug is {KEY_RULE}.")
    message = "The language is a tag such as en or pt-BR."
    found.check(LOCALE.fullmatch(course.language), ("language",), message)
    tags = len(course.tags) <= MAX_TAGS and all(0 < len(tag) <= MAX_NAME for tag in course.tags)
    message = f"At most {MAX_TAGS} tags, each of 1 to {MAX_NAME} characters."
    found.check(tags, ("tags",), message)
    _check_competencies(course.skills, ("skills",), found)
    _check_competencies(course.job_roles, ("jobRoles",), found)
    award = course.achievement
    if award is not None:
        path = ("achievement",)
        score = 0 < award.pass_score <= 1
        found.check(score, (*path, "passScore"), "The pass score is a share: over 0, up to 1.")
        days = award.valid_for_days is None or 1 <= award.valid_for_days <= MAX_DAYS
        found.check(days, (*path, "validForDays"), f"Days are 1 to {MAX_DAYS}.")
        version = 0 < len(award.version) <= MAX_NAME
        found.check(version, (*path, "version"), f"The version has 1 to {MAX_NAME} characters.")
        assessed = any(lesson.kind is LessonKind.ASSESSMENT for lesson in course.lessons)
        found.check(assessed, path, "An achievement needs an assessment that earns it.")


def _check_competencies(items: tuple[Competency, ...], path: Path, found: Findings) -> None:
    found.check(len(items) <= MAX_COMPETENCIES, path, f"At most {MAX_COMPETENCIES} are taken.")
    seen: set[str] = set()
    for index, item in enumerate(items):
        at = (*path, str(index))
        found.check(item.name.strip(), (*at, "name"), "A name is needed.")
        found.check(not CONTROL.search(item.name), (*at, "name"), NO_CONTROL)
        web = item.url is None or _WEB.fullmatch(item.url)
        found.check(web, (*at, "url"), "The url begins with https:// or http://.")
        found.check(skill_id(item) not in seen, at, f"{item.name!r} is declared twice.")
        seen.add(skill_id(item))


def _check_texts(course: Course, found: Findings) -> None:
    """Check that each text has the course's language, and none is empty or overlong."""
    for path, texts in all_texts(course):
        message = f"The text in {course.language}, the course's language, is missing."
        found.check(course.language in texts, path, message)
        for locale, text in texts.items():
            at = (*path, locale)
            found.check(LOCALE.fullmatch(locale), at, f"{locale[:40]!r} is no language tag.")
            found.check(text.strip(), at, "The text is empty.")
            found.check(len(text) <= MAX_TEXT, at, f"A text has at most {MAX_TEXT} characters.")
            found.check(not CONTROL.search(text), at, NO_CONTROL)
            message = "A picture inside a text is not shown: give it a block of its own."
            found.check(not shows_picture(text), at, message)


def _check_picture(picture: Picture, path: Path, found: Findings, stored: AbstractSet[str]) -> None:
    found.check(picture.alt, (*path, "alt"), "An alt text says what the picture shows.")
    message = f"The picture {picture.file or picture.hash[:12]!r} was not uploaded."
    found.check(picture.hash in stored, (*path, "hash"), message)


def _check_structure(course: Course, found: Findings) -> None:
    found.keys((module.key for module in course.modules), ("modules",), "module")
    found.keys((lesson.key for lesson in course.lessons), ("modules",), "lesson")
    for index, module in enumerate(course.modules):
        at = ("modules", str(index), "lessons")
        found.check(module.lessons, at, "A module needs a lesson.")
    count = len(course.lessons)
    found.check(count > 0, ("modules",), "A course needs a lesson.")
    found.check(count <= MAX_LESSONS, ("modules",), f"A course has at most {MAX_LESSONS} lessons.")


def _check_lesson(lesson: Lesson, path: Path, found: Findings, skills: AbstractSet[str]) -> None:
    found.keys((block.key for block in lesson.blocks), (*path, "blocks"), "block")
    full = 0 < len(lesson.blocks) <= MAX_BLOCKS
    found.check(full, (*path, "blocks"), f"A lesson has 1 to {MAX_BLOCKS} blocks.")
    score = lesson.pass_score is None or 0 < lesson.pass_score <= 1
    found.check(score, (*path, "passScore"), "The pass score is a share: over 0, up to 1.")
    attempts = lesson.attempts is None or lesson.attempts >= 1
    found.check(attempts, (*path, "attempts"), "Attempts are 1 or more.")
    minutes = lesson.minutes is None or 1 <= lesson.minutes <= MAX_MINUTES
    found.check(minutes, (*path, "minutes"), f"Minutes are 1 to {MAX_MINUTES}.")
    if lesson.kind is LessonKind.PRACTICE:
        free = lesson.attempts is None and lesson.pass_score is None
        found.check(free, path, "Attempts and a pass score are for assessments.")
    else:
        asks = any(isinstance(block, QuestionBlock) for block in lesson.blocks)
        found.check(asks, (*path, "blocks"), "An assessment needs a question.")
        earns = any(bounds(question)[1] > 0 for question in _questions(lesson))
        message = "An assessment needs a question that earns points."
        found.check(earns or not asks, (*path, "blocks"), message)
    _check_skills(lesson.skills, (*path, "skills"), found, skills)
    for index, block in enumerate(lesson.blocks):
        _check_block(block, (*path, "blocks", str(index)), found, skills)


def _check_skills(
    ids: tuple[str, ...], path: Path, found: Findings, skills: AbstractSet[str]
) -> None:
    for skill in ids:
        found.check(skill in skills, path, f"{skill[:60]!r} is no skill that the course declares.")


def _check_block(block: AnyBlock, path: Path, found: Findings, skills: AbstractSet[str]) -> None:
    match block:
        case TextBlock() | CalloutBlock() | ImageBlock():
            pass  # their texts and pictures are checked with all others
        case CodeBlock():
            fits = 0 < len(block.source) <= MAX_TEXT
            found.check(fits, (*path, "source"), f"Code has 1 to {MAX_TEXT} characters.")
        case FlashcardBlock():
            found.keys((card.key for card in block.cards), (*path, "cards"), "card")
            found.check(block.cards, (*path, "cards"), "A set of flashcards needs a card.")
        case QuestionBlock():
            check_question(block.question, (*path, "question"), found)
            _check_skills(block.question.skills, (*path, "question", "skills"), found, skills)
        case AudioBlock():
            _check_url(block.url, (*path, "url"), found)
            found.check(block.transcript, (*path, "transcript"), "A recording needs a transcript.")
            _check_seconds(block.seconds, path, found)
        case VideoBlock():
            _check_video(block, path, found)
            _check_seconds(block.seconds, path, found)


def _check_video(video: VideoBlock, path: Path, found: Findings) -> None:
    found.check(video.renditions, (*path, "renditions"), "A video needs a rendition.")
    heard = video.captions or video.transcript
    found.check(heard, path, "A video needs captions or a transcript.")
    for index, rendition in enumerate(video.renditions):
        at = (*path, "renditions", str(index))
        _check_url(rendition.url, (*at, "url"), found)
        message = "The type is one of a video or a playlist, such as video/mp4."
        found.check(_VIDEO.fullmatch(rendition.media_type), (*at, "mediaType"), message)
    for index, caption in enumerate(video.captions):
        at = (*path, "captions", str(index))
        _check_url(caption.url, (*at, "url"), found)
        message = f"{caption.locale[:40]!r} is no language tag."
        found.check(LOCALE.fullmatch(caption.locale), (*at, "locale"), message)


def _check_url(url: str, path: Path, found: Findings) -> None:
    message = "The url begins with https:// or http://, or is /media/... of an uploaded file."
    found.check(_WEB.fullmatch(url) or url.startswith(UPLOADED), path, message)


def _check_seconds(seconds: int | None, path: Path, found: Findings) -> None:
    right = seconds is None or 1 <= seconds <= MAX_SECONDS
    found.check(right, (*path, "seconds"), f"Seconds are 1 to {MAX_SECONDS}.")


def _questions(lesson: Lesson) -> Iterator[AnyQuestion]:
    return (block.question for block in lesson.blocks if isinstance(block, QuestionBlock))
