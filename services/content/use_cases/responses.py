"""Reading and marking responses: by the ids that phones are given, one version or across two."""

from collections.abc import Mapping
from typing import TypeAlias

from services.content import contract
from services.content.domain import course as domain
from services.content.domain import grading
from services.content.domain.carrying import carry
from services.content.domain.disguise import disguise
from services.content.domain.freezing import Frozen
from services.content.domain.scoring import bounds
from services.content.use_cases.library import Recent
from services.kit.ids import Kind, item_id
from services.kit.records import Record

Names: TypeAlias = Mapping[str, str]


class Asked(Record):
    """A question with the keys that stand behind the ids of its choices."""

    path: str
    """`lesson key/question key`."""
    lesson_id: str
    assessed: bool
    question: domain.AnyQuestion
    keys: Mapping[str, str]


class Questions:
    """The questions of versions by id, kept in memory; marks answers to them."""

    def __init__(self, *, capacity: int = 128) -> None:
        """Begin empty; questions of at most `capacity` versions stay in memory."""
        self._asked: Recent[Mapping[str, Asked]] = Recent(capacity)

    def mark(self, version: Frozen, answer: contract.Answer) -> contract.Mark | None:
        """Return the mark of an answer to a question of its version.

        None where the question is not there or the response has not its shape.
        """
        found = self._read(version, answer)
        if found is None:
            return None
        asked, response = found
        mark = grading.mark(asked.question, response)
        return (
            None
            if mark is None
            else _show(mark, asked, most=mark.max_score, language=version.course.language)
        )

    def remark(
        self, version: Frozen, answer: contract.Answer, *, key: Frozen
    ) -> contract.Mark | None:
        """Return the mark of an answer by the key of another version, in the points of its own."""
        found = self._read(version, answer)
        if found is None:
            return None
        asked, response = found
        other = next((each for each in self.of(key).values() if each.path == asked.path), None)
        if other is None or (carried := carry(response, asked.question, other.question)) is None:
            return None
        mark = grading.mark(other.question, carried)
        return (
            None
            if mark is None
            else _show(
                mark, asked, most=bounds(asked.question)[1], language=version.course.language
            )
        )

    def path(self, version: Frozen, question_id: str) -> str | None:
        """Return where a question stands, `lesson key/question key`."""
        asked = self.of(version).get(question_id)
        return asked.path if asked else None

    def of(self, version: Frozen) -> Mapping[str, Asked]:
        """Return the questions of a version by id."""
        known = self._asked.get((version.hash,))
        if version.hash not in known:
            known = {version.hash: _index(version.course, version.hash)}
            self._asked.keep(known)
        return known[version.hash]

    def _read(
        self, version: Frozen, answer: contract.Answer
    ) -> tuple[Asked, grading.Response] | None:
        """Return the question of an answer and the response by keys, None where it is malformed."""
        asked = self.of(version).get(answer.question_id)
        if asked is None or asked.lesson_id != answer.lesson_id:
            return None
        response = _by_keys(answer.response, asked)
        return None if response is None else (asked, response)


def _show(mark: grading.Mark, asked: Asked, *, most: float, language: str) -> contract.Mark:
    """Return a mark as promised, in the points of a question that gives `most`.

    Feedback on an assessment would tell its answers, so it never leaves the service. Its text in
    the course's own language comes first: who has none of the languages asked for shows that.
    """
    feedback = mark.feedback
    if feedback and language in feedback:
        feedback = {language: feedback[language], **feedback}
    same = mark.max_score in (most, 0.0)
    return contract.Mark(
        correct=mark.correct,
        score=mark.score if same else mark.score * most / mark.max_score,
        max_score=most,
        feedback=None if asked.assessed else feedback,
    )


def _index(course: domain.Course, version: str) -> dict[str, Asked]:
    return {
        item_id(Kind.QUESTION, version, f"{lesson.key}/{block.key}"): Asked(
            path=f"{lesson.key}/{block.key}",
            lesson_id=item_id(Kind.LESSON, version, lesson.key),
            assessed=lesson.kind is domain.LessonKind.ASSESSMENT,
            question=block.question,
            keys=_choice_keys(
                block.question,
                version,
                f"{lesson.key}/{block.key}",
                _names(block.question, lesson, course.language),
            ),
        )
        for lesson in course.lessons
        for block in lesson.blocks
        if isinstance(block, domain.QuestionBlock)
    }


def _choice_keys(question: domain.AnyQuestion, version: str, path: str, names: Names) -> Names:
    """Return the key behind each choice id of a question; options of gaps stand under their gap."""
    keys: list[str] = []
    match question:
        case domain.ChoiceQuestion():
            keys = [option.key for option in question.options]
        case domain.OrderQuestion():
            keys = [choice.key for choice in question.choices]
        case domain.MatchQuestion():
            keys = [choice.key for choice in (*question.sources, *question.targets)]
        case domain.GapQuestion():
            keys = [f"{gap.key}/{option.key}" for gap in question.gaps for option in gap.options]
        case domain.TextEntryQuestion() | domain.NumericQuestion():
            pass  # nothing to pick
    return {item_id(Kind.CHOICE, version, f"{path}/{names.get(key, key)}"): key for key in keys}


def _names(question: domain.AnyQuestion, lesson: domain.Lesson, language: str) -> Names:
    """Return the names under which the choices are shown, where they are not their keys."""
    assessed = lesson.kind is domain.LessonKind.ASSESSMENT
    return disguise(question, language=language) if assessed else {}


def _by_keys(response: contract.Response, asked: Asked) -> grading.Response | None:
    """Return a response by keys, or None where it has an id that is not the question's."""
    keys = asked.keys
    try:
        chosen = response.choice_ids
        pairs = response.pairs
        return grading.Response(
            choices=None if chosen is None else tuple(keys[choice] for choice in chosen),
            pairs=None if pairs is None else tuple((keys[a], keys[b]) for a, b in pairs),
            texts=_texts(asked, response.texts),
            number=response.number,
        )
    except (KeyError, ValueError):
        return None


def _texts(asked: Asked, texts: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return typed texts as they are and picked ones by key; KeyError for an id of another gap."""
    question = asked.question
    if texts is None or not isinstance(question, domain.GapQuestion):
        return texts
    return tuple(
        _picked(asked.keys[text], gap.key) if gap.options and text else text
        for gap, text in zip(question.gaps, texts, strict=True)
    )


def _picked(address: str, gap: str) -> str:
    """Return the key of an option addressed as gap/option; KeyError when it is another gap's."""
    own, _, option = address.partition("/")
    if own != gap:
        raise KeyError(address)
    return option
