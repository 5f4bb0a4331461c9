"""Skill standings: what practice and assessments say together."""

from collections.abc import Mapping

from services.content.contract import LessonKind, VersionFacts
from services.progress.domain.attempts import counting
from services.progress.domain.course import CourseState
from services.progress.domain.lesson import LessonState
from services.progress.domain.skills import Evidence, Skills, SkillState, together, weighed
from services.progress.use_cases.store import LearnerDocument
from services.progress.use_cases.view import released_attempts


def proven_by(state: CourseState, facts: VersionFacts) -> Skills:
    """Return what the released attempts at a course's assessments say of skills."""
    evidence = [
        Evidence(order=answer.order, skills=question.skills, correct=attempt.is_correct(answer))
        for lesson in facts.lessons.values()
        if lesson.kind is LessonKind.ASSESSMENT
        for attempt in released_attempts(state.lessons.get(lesson.key, LessonState()), lesson)
        for question in lesson.questions.values()
        if (answer := counting(attempt.answers.get(question.key, ()), attempt.released)) is not None
    ]
    return weighed({}, evidence)


def standings_of(learner: LearnerDocument) -> Mapping[str, SkillState]:
    """Return the learner's standing in each skill that was asked."""
    courses = (learner.courses[id_].proven for id_ in sorted(learner.courses))
    return together((learner.state.own.skills, *courses))
