"""What progress needs to know of a version, stated from its public record."""

from services.content import contract


def state_facts(version: contract.CourseVersion) -> contract.VersionFacts:
    """Return the facts of a version."""
    lessons = (lesson for module in version.modules for lesson in module.lessons)
    award = version.achievement
    return contract.VersionFacts(
        version_id=version.id,
        course_id=version.course_id,
        lessons={lesson.id: _lesson(lesson) for lesson in lessons},
        achievement=None
        if award is None
        else contract.AchievementFacts(
            id=award.id, version=award.version, pass_score=award.pass_score
        ),
    )


def _lesson(lesson: contract.Lesson) -> contract.LessonFacts:
    questions = (
        block.question for block in lesson.blocks if isinstance(block, contract.QuestionBlock)
    )
    return contract.LessonFacts(
        id=lesson.id,
        key=lesson.key,
        kind=lesson.kind,
        attempt_limit=lesson.attempt_limit,
        pass_score=lesson.pass_score,
        minutes=lesson.minutes,
        blocks={block.id: block.key for block in lesson.blocks},
        questions={
            question.id: contract.QuestionFacts(
                id=question.id,
                key=question.key,
                max_score=question.max_score,
                skills=question.skills,
                choices=_choices(question),
            )
            for question in questions
        },
        cards={
            card.id: f"{block.key}/{card.key}"
            for block in lesson.blocks
            if isinstance(block, contract.FlashcardBlock)
            for card in block.cards
        },
    )


def _choices(question: contract.AnyQuestion) -> tuple[str, ...]:
    if not isinstance(question, contract.ChoiceQuestion):
        return ()
    return tuple(choice.id for choice in question.choices)
