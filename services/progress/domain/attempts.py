"""Attempts: their answers, which of them counts, and what a corrected key gave them."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from services.kit.records import Record
from services.progress.domain.stored import Order, Place


class Answer(Record, array_like=True):
    """A marked answer that may yet count, depending on where its attempt is released."""

    order: Order
    place: Place
    score: float
    correct: bool

    @property
    def event_id(self) -> str:
        """Id of the event that gave it."""
        return self.order[3]


class Raise(Record, array_like=True):
    """What a corrected key gives an answer: the best of all that were published."""

    score: float
    correct: bool


class Attempt(Record):
    """One try at a lesson: its answers by question key, and where it was released."""

    answers: Mapping[str, tuple[Answer, ...]] = {}
    released: Place | None = None
    raises: Mapping[str, Raise] = {}
    """By the id of the answer's event."""

    def points(self, answer: Answer) -> float:
        """Return what an answer scores: a raise never takes away."""
        raised = self.raises.get(answer.event_id)
        return answer.score if raised is None else max(answer.score, raised.score)

    def is_correct(self, answer: Answer) -> bool:
        """Return whether an answer is right, by its own key or by a corrected one."""
        raised = self.raises.get(answer.event_id)
        return answer.correct or (raised is not None and raised.correct)

    def with_raise(self, event_id: str, raised: Raise) -> "Attempt":
        """Return the attempt with a raise taken in: of several for one answer the best stays."""
        known = self.raises.get(event_id, raised)
        best = Raise(score=max(known.score, raised.score), correct=known.correct or raised.correct)
        return replace(self, raises={**self.raises, event_id: best})


def contenders(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the answers that could count, whatever the place of the release turns out to be.

    Of each question the last answer in total order, stored before the release, counts. So an answer
    falls out when another is later in order and was stored earlier: wherever the release is, the
    other one wins.
    """
    kept: list[Answer] = []
    for answer in sorted(set(answers), key=lambda answer: answer.order, reverse=True):
        if not kept or answer.place < kept[-1].place:
            kept.append(answer)
    return tuple(reversed(kept))


def counting(answers: Iterable[Answer], released: Place | None) -> Answer | None:
    """Return the answer that counts.

    The last in total order, of those stored before `released` if that is given.
    """
    stored = [answer for answer in answers if released is None or answer.place < released]
    return max(stored, key=lambda answer: answer.order, default=None)
