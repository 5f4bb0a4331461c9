"""A phone in a test: makes learning events with its own sequence, clock and ids."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from services.content.contract import LessonFacts, VersionFacts
from services.kit.clock import to_rfc3339
from services.kit.ids import version_hash

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class Phone:
    """One installation; every event that it makes is a second later than the one before."""

    def __init__(
        self, facts: VersionFacts, *, name: str = "phone", start: datetime = START
    ) -> None:
        self.facts = facts
        self.device = str(uuid.uuid5(uuid.NAMESPACE_OID, name))
        self.seq = 0
        self.now = start

    def event(
        self, type_: str, *, body: dict[str, Any] | None = None, **ref: str
    ) -> dict[str, Any]:
        """Return the next event."""
        self.seq += 1
        self.now += timedelta(seconds=1)
        return {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.device} {self.seq}")),
            "type": type_,
            "v": 1,
            "device": self.device,
            "seq": self.seq,
            "at": to_rfc3339(self.now),
            "offset": 0,
            "tz": 60,
            "zone": "Europe/Rome",
            "ref": {"version": version_hash(self.facts.version_id), **ref},
            "body": body or {},
        }

    def lesson(self, key: str) -> LessonFacts:
        """Return the facts of a lesson by key."""
        return next(one for one in self.facts.lessons.values() if one.key == key)

    def view(self, key: str, block: str, *, seconds: float = 10) -> dict[str, Any]:
        """Return block.viewed."""
        lesson = self.lesson(key)
        id_ = next(id_ for id_, one in lesson.blocks.items() if one == block)
        return self.event("block.viewed", lesson=lesson.id, block=id_, body={"seconds": seconds})

    def answer(
        self, key: str, question: str, number: float, *, attempt: str | None = None
    ) -> dict[str, Any]:
        """Return question.answered."""
        lesson = self.lesson(key)
        id_ = next(id_ for id_, one in lesson.questions.items() if one.key == question)
        body: dict[str, Any] = {"number": number, "seconds": 5}
        if attempt is not None:
            body["attempt"] = attempt
        return self.event("question.answered", lesson=lesson.id, question=id_, body=body)

    def review(self, key: str, card: str, grade: int) -> dict[str, Any]:
        """Return card.reviewed."""
        lesson = self.lesson(key)
        id_ = next(id_ for id_, one in lesson.cards.items() if one == card)
        return self.event("card.reviewed", lesson=lesson.id, card=id_, body={"grade": grade})

    def hint(self, key: str, question: str) -> dict[str, Any]:
        """Return hint.used."""
        lesson = self.lesson(key)
        id_ = next(id_ for id_, one in lesson.questions.items() if one.key == question)
        return self.event("hint.used", lesson=lesson.id, question=id_)

    def reset(self, key: str) -> dict[str, Any]:
        """Return lesson.reset."""
        return self.event("lesson.reset", lesson=self.lesson(key).id)

    def bookmark(self, key: str, *, on: bool = True) -> dict[str, Any]:
        """Return bookmark.set."""
        return self.event("bookmark.set", lesson=self.lesson(key).id, body={"bookmarked": on})

    def own(self, type_: str, **body: Any) -> dict[str, Any]:
        """Return an event that is about no lesson."""
        return {**self.event(type_, body=body), "ref": {}}

    def done(self, key: str) -> dict[str, Any]:
        """Return lesson.completed."""
        return self.event("lesson.completed", lesson=self.lesson(key).id)

    def submit(self, key: str, attempt: str) -> dict[str, Any]:
        """Return attempt.submitted."""
        return self.event(
            "attempt.submitted", lesson=self.lesson(key).id, body={"attempt": attempt}
        )

    def study(
        self, key: str, *, number: float = 42.0, attempt: str | None = None
    ) -> list[dict[str, Any]]:
        """Return a whole lesson: all blocks viewed, all questions answered, completion claimed."""
        lesson = self.lesson(key)
        asked = {question.key for question in lesson.questions.values()}
        events = [self.event("lesson.started", lesson=lesson.id)]
        for block in lesson.blocks.values():
            events.append(self.view(key, block))
            if block in asked:
                events.append(self.answer(key, block, number, attempt=attempt))
        if attempt is not None:
            events.append(self.submit(key, attempt))
        return [*events, self.done(key)]
