"""From folded state to what is shown.

An enrolment with its lessons, and whether it has earned the award.
"""

from services.content.contract import AchievementFacts, LessonFacts, LessonKind, VersionFacts
from services.kit.clock import from_millis
from services.progress.contract import (
    Enrolment,
    EnrolmentStatus,
    LessonProgress,
    LessonStatus,
    ResumePoint,
)
from services.progress.domain.attempts import Attempt, counting
from services.progress.domain.course import CourseState
from services.progress.domain.lesson import BLOCK_CAP_SECONDS, LessonState

DIGITS = 6
"""Decimals that shares are rounded to, so that sums of points compare as people expect."""


def enrolment_of(
    state: CourseState, facts: VersionFacts, *, enrolment_id: str, learner_id: str
) -> Enrolment:
    """Return what the state means under the facts of the pinned version."""
    lessons = tuple(
        _progress(state.lessons.get(lesson.key, LessonState()), lesson, facts.version_id)
        for lesson in facts.lessons.values()
    )
    done = [lesson.completed_at for lesson in lessons if lesson.completed_at is not None]
    completed_at = max(done) if lessons and len(done) == len(lessons) else None
    return Enrolment(
        id=enrolment_id,
        learner_id=learner_id,
        course_id=facts.course_id,
        version_id=facts.version_id,
        status=_status(state, completed=completed_at is not None),
        enrolled_at=from_millis(state.since or 0),
        completed_at=completed_at,
        percent=round(100 * len(done) / len(lessons), 1) if lessons else 0.0,
        score=_score(state, facts),
        resume=None if completed_at else _resume(state, facts, lessons),
        lessons=lessons,
    )


def award_due(enrolment: Enrolment, facts: VersionFacts) -> AchievementFacts | None:
    """Return the achievement that an enrolment has earned.

    The course completed with the pass score reached.
    """
    award = facts.achievement
    if award is None or enrolment.completed_at is None:
        return None
    score = 1.0 if enrolment.score is None else enrolment.score
    return award if round(score - award.pass_score, DIGITS) >= 0 else None


def released_attempts(lesson: LessonState, facts: LessonFacts) -> list[Attempt]:
    """Return the attempts that count.

    For an assessment those released within the limit, in order of release.
    """
    if facts.kind is LessonKind.PRACTICE:
        return list(lesson.attempts.values())
    released = [attempt for attempt in lesson.attempts.values() if attempt.released is not None]
    released.sort(key=lambda attempt: attempt.released or (0, 0))
    return released[: facts.attempt_limit]


def attempt_points(attempt: Attempt, facts: LessonFacts) -> float:
    """Return the points of an attempt over the questions of the lesson; never below 0."""
    limit = attempt.released if facts.kind is LessonKind.ASSESSMENT else None
    counted = (
        counting(attempt.answers.get(question.key, ()), limit)
        for question in facts.questions.values()
    )
    return max(0.0, sum(attempt.points(answer) for answer in counted if answer is not None))


def max_points(facts: LessonFacts) -> float:
    """Return the most points that a lesson can give."""
    return sum(question.max_score for question in facts.questions.values())


def _progress(lesson: LessonState, facts: LessonFacts, version_id: str) -> LessonProgress:
    attempts = released_attempts(lesson, facts)
    best = _best_share(lesson, facts)
    completed = _completed_at(lesson, facts)
    touched = lesson.position is not None
    return LessonProgress(
        lesson_id=facts.id,
        lesson_key=facts.key,
        version_id=version_id,
        status=LessonStatus.COMPLETED
        if completed is not None
        else LessonStatus.STARTED
        if touched
        else LessonStatus.NOT_STARTED,
        block_id=_block_id(lesson, facts),
        attempts=len(attempts),
        attempts_left=None
        if facts.attempt_limit is None
        else max(0, facts.attempt_limit - len(attempts)),
        best_score=best,
        passed=None
        if best is None or facts.pass_score is None
        else round(best - facts.pass_score, DIGITS) >= 0,
        seconds_spent=_seconds(lesson),
        completed_at=None if completed is None else from_millis(completed),
    )


def _completed_at(lesson: LessonState, facts: LessonFacts) -> int | None:
    """Return the earliest moment (ms) at which all was viewed, answered and claimed, or waived."""
    moments = [
        lesson.claimed,
        *(lesson.viewed.get(key) for key in facts.blocks.values()),
        *(lesson.answered.get(question.key) for question in facts.questions.values()),
    ]
    known = [moment for moment in moments if moment is not None]
    done = max(known) if len(known) == len(moments) else None
    return min((one for one in (done, lesson.waived) if one is not None), default=None)


def _best_share(lesson: LessonState, facts: LessonFacts) -> float | None:
    most = max_points(facts)
    attempts = released_attempts(lesson, facts)
    if not attempts or most <= 0:
        return None
    return round(max(attempt_points(attempt, facts) for attempt in attempts) / most, DIGITS)


def _score(state: CourseState, facts: VersionFacts) -> float | None:
    """Return the points of all assessments, by best attempts, over their maximum."""
    assessments = [one for one in facts.lessons.values() if one.kind is LessonKind.ASSESSMENT]
    most = sum(max_points(lesson) for lesson in assessments)
    best = [
        [
            attempt_points(attempt, lesson)
            for attempt in released_attempts(state.lessons.get(lesson.key, LessonState()), lesson)
        ]
        for lesson in assessments
    ]
    if most <= 0 or not any(best):
        return None
    return round(sum(max(points, default=0.0) for points in best) / most, DIGITS)


def _seconds(lesson: LessonState) -> int:
    cap = BLOCK_CAP_SECONDS * 1000
    millis = sum(
        min(cap, sum(end - start for start, end in spans)) for spans in lesson.spans.values()
    )
    return round(millis / 1000)


def _block_id(lesson: LessonState, facts: LessonFacts) -> str | None:
    key = lesson.position.block if lesson.position else None
    return next((id_ for id_, block in facts.blocks.items() if block == key), None)


def _status(state: CourseState, *, completed: bool) -> EnrolmentStatus:
    if completed:
        return EnrolmentStatus.COMPLETED
    if state.standing is not None and state.standing.withdrawn:
        return EnrolmentStatus.WITHDRAWN
    return EnrolmentStatus.ACTIVE


def _resume(
    state: CourseState, facts: VersionFacts, lessons: tuple[LessonProgress, ...]
) -> ResumePoint | None:
    """Return the last position; where that lesson is completed, the next lesson that is not."""
    if state.position is None:
        return None
    ids = [lesson.id for lesson in facts.lessons.values()]
    keys = [lesson.key for lesson in facts.lessons.values()]
    at = from_millis(state.position.order[0])
    here = keys.index(state.position.lesson) if state.position.lesson in keys else -1
    if here >= 0 and lessons[here].status is not LessonStatus.COMPLETED:
        return ResumePoint(lesson_id=ids[here], block_id=lessons[here].block_id, at=at)
    onwards = [*range(here + 1, len(ids)), *range(here + 1)]
    following = (i for i in onwards if lessons[i].status is not LessonStatus.COMPLETED)
    index = next(following, None)
    return None if index is None else ResumePoint(lesson_id=ids[index], at=at)
