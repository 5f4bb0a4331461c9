"""Marking answers, and the facts of versions: the implementation of MarkingApi."""

from services.content import contract
from services.content.use_cases.comparing import Later, Overtaken
from services.content.use_cases.facts import state_facts
from services.content.use_cases.library import Held, Library, Recent
from services.content.use_cases.responses import Questions


class Marking:
    """Marks answers to questions of published versions."""

    def __init__(
        self, library: Library, questions: Questions, overtaken: Overtaken, *, capacity: int = 128
    ) -> None:
        """Keep where versions are read, and how to find what overtook them."""
        self._library = library
        self._questions = questions
        self._overtaken = overtaken
        self._facts: Recent[contract.VersionFacts] = Recent(capacity)

    async def mark(self, answers: tuple[contract.Answer, ...]) -> tuple[contract.Mark | None, ...]:
        """Mark answers, each by the better of its own key and the published one.

        None where a question is not there or a response has not its shape.
        """
        held = await self._library.by_id(tuple(answer.version_id for answer in answers))
        later = await self._overtaken(held)
        return tuple(
            self._mark(held.get(answer.version_id), answer, later.get(answer.version_id))
            for answer in answers
        )

    async def facts(self, version_ids: tuple[str, ...]) -> tuple[contract.VersionFacts | None, ...]:
        """Return the facts of versions by id."""
        known = self._facts.get(set(version_ids))
        held = await self._library.by_id(tuple(key for key in version_ids if key not in known))
        made = {key: state_facts(version.public) for key, version in held.items()}
        self._facts.keep(made)
        known |= made
        return tuple(known.get(key) for key in version_ids)

    def _mark(
        self, held: Held | None, answer: contract.Answer, later: Later | None
    ) -> contract.Mark | None:
        own = None if held is None else self._questions.mark(held.frozen, answer)
        if held is None or own is None or later is None:
            return own
        if self._questions.path(held.frozen, answer.question_id) not in later.rekeyed:
            return own
        other = self._questions.remark(held.frozen, answer, key=later.frozen)
        return other if other is not None and other.score > own.score else own
