"""Marking answers, and the facts of versions: the implementation of MarkingApi."""

from collections.abc import Mapping

from services.content import contract
from services.content.domain import course as domain
from services.content.domain import grading
from services.content.use_cases.facts import state_facts
from services.content.use_cases.library import Held, Library, Recent
from services.kit.errors import NotFound
from services.kit.ids import Kind, item_id, version_hash
from services.kit.records import Record


class Asked(Record):
    """A question with the keys that stand behind the ids of its choices."""

    lesson_id: str
    question: domain.AnyQuestion
    keys: Mapping[str, str]


class Marking:
    """Marks answers to questions of published versions."""

    def __init__(self, library: Library, *, capacity: int = 128) -> None:
        """Keep where versions are read; questions of at most `capacity` versions stay in memory."""
        self._library = library
        self._questions: Recent[Mapping[str, Asked]] = Recent(capacity)
        self._facts: Recent[contract.VersionFacts] = Recent(capacity)

    async def mark(self, answers: tuple[contract.Answer, ...]) -> tuple[contract.Mark | None, ...]:
        """Mark answers; None where a question is not there or a response has not its shape."""
        held = await self._held(tuple(answer.version_id for answer in answers))
        return tuple(self._mark(held.get(answer.version_id), answer) for answer in answers)

    async def facts(self, version_ids: tuple[str, ...]) -> tuple[contract.VersionFacts | None, ...]:
        """Return the facts of versions by id."""
        known = self._facts.get(set(version_ids))
        held = await self._held(tuple(key for key in version_ids if key not in known))
        made = {key: state_facts(version.public) for key, version in held.items()}
        self._facts.keep(made)
        known |= made
        return tuple(known.get(key) for key in version_ids)

    async def _held(self, version_ids: tuple[str, ...]) -> dict[str, Held]:
        """Return versions by id, without those that are malformed or not there."""
        hashes: dict[str, str] = {}
        for key in version_ids:
            try:
                hashes[key] = version_hash(key)
            except NotFound:
                continue
        found = await self._library.versions(set(hashes.values()))
        return {key: found[digest] for key, digest in hashes.items() if digest in found}

    def _mark(self, held: Held | None, answer: contract.Answer) -> contract.Mark | None:
        if held is None:
            return None
        asked = self._asked(held).get(answer.question_id)
        if asked is None or asked.lesson_id != answer.lesson_id:
            return None
        response = _by_keys(answer.response, asked)
        mark = None if response is None else grading.mark(asked.question, response)
        if mark is None:
            return None
        return contract.Mark(
            correct=mark.correct,
            score=mark.score,
            max_score=mark.max_score,
            feedback=mark.feedback,
        )

    def _asked(self, held: Held) -> Mapping[str, Asked]:
        """Return the questions of a version by id."""
        digest = held.frozen.hash
        known = self._questions.get((digest,))
        if digest not in known:
            known = {digest: _index(held.frozen.course, digest)}
            self._questions.keep(known)
        return known[digest]


def _index(course: domain.Course, version: str) -> dict[str, Asked]:
    return {
        item_id(Kind.QUESTION, version, f"{lesson.key}/{block.key}"): Asked(
            lesson_id=item_id(Kind.LESSON, version, lesson.key),
            question=block.question,
            keys=_choice_keys(block.question, version, f"{lesson.key}/{block.key}"),
        )
        for lesson in course.lessons
        for block in lesson.blocks
        if isinstance(block, domain.QuestionBlock)
    }


def _choice_keys(question: domain.AnyQuestion, version: str, path: str) -> dict[str, str]:
    """Return the key behind each choice id of a question; options of gaps stand under their gap."""
    paths: dict[str, str] = {}
    match question:
        case domain.ChoiceQuestion():
            paths = {f"{path}/{option.key}": option.key for option in question.options}
        case domain.OrderQuestion():
            paths = {f"{path}/{choice.key}": choice.key for choice in question.choices}
        case domain.MatchQuestion():
            sides = (*question.sources, *question.targets)
            paths = {f"{path}/{choice.key}": choice.key for choice in sides}
        case domain.GapQuestion():
            paths = {
                f"{path}/{gap.key}/{option.key}": f"{gap.key}/{option.key}"
                for gap in question.gaps
                for option in gap.options
            }
        case domain.TextEntryQuestion() | domain.NumericQuestion():
            pass  # nothing to pick
    return {item_id(Kind.CHOICE, version, where): key for where, key in paths.items()}


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
