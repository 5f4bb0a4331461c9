"""Pulling.

The records of a learner that changed after a cursor, in pages that can stop anywhere.
"""

import secrets

from services.kit.clock import Clock, to_millis
from services.kit.records import Record
from services.progress.contract import Change, ChangeKind
from services.progress.domain.ages import oldest_told
from services.progress.domain.cursor import Cursor, seal, unseal
from services.progress.use_cases.changes import card_change, course_changes
from services.progress.use_cases.personal_changes import learner_changes
from services.progress.use_cases.store import LearnerDocument, Store

LAST_ID = "~"
"""After every id."""


class Pulled(Record):
    """A page of changes and where it ends."""

    changes: tuple[Change, ...]
    cursor: str
    has_more: bool
    resync: bool


class Puller:
    """Reads a learner's change feed."""

    def __init__(self, store: Store, *, key: bytes, clock: Clock, epoch: str = "") -> None:
        """`key` signs cursors.

        `epoch` names this history of the database, so that a restored one is noticed.
        """
        self._store = store
        self._key = key
        self._clock = clock
        self.epoch = epoch

    async def pull(self, learner: LearnerDocument, since: str | None, limit: int) -> Pulled:
        """Return up to `limit` changes after the cursor.

        A snapshot with `resync` where the cursor is foreign, or older than what is told of things
        that are gone.
        """
        oldest = oldest_told(learner.ages, through=learner.through, now=to_millis(self._clock()))
        known = self._known(learner, since, oldest)
        start = known or Cursor(epoch=self.epoch, n=0, kind="", id="", sure=learner.through)
        told = max(start.heard, oldest - 1)
        found = await self._changes(learner, start, limit + 1)
        changes = [one for one in found if one.tombstone is None or one.version > told]
        changes.sort(key=_place)
        page = changes[:limit]
        more = len(changes) > limit
        last = page[-1] if more else None
        end = (
            Cursor(epoch=self.epoch, n=last.version, kind=last.kind, id=last.id, sure=start.heard)
            if last is not None and last.version <= learner.through  # beyond it, not all is written
            else Cursor(epoch=self.epoch, n=learner.through)
        )
        return Pulled(
            changes=tuple(page),
            cursor=seal(end, learner_id=learner.learner_id, key=self._key),
            has_more=more,
            resync=since is not None and known is None,
        )

    def _known(self, learner: LearnerDocument, since: str | None, oldest: int) -> Cursor | None:
        """Return the cursor that a phone sent; None where it has to start over."""
        if since is None:
            return None
        known = unseal(since, learner_id=learner.learner_id, key=self._key)
        if known is None or known.epoch != self.epoch or known.n > learner.through:
            return None
        return known if known.heard >= oldest - 1 else None

    async def _changes(self, learner: LearnerDocument, start: Cursor, limit: int) -> list[Change]:
        """Return the changes after a place: all of the few, and of the cards those that may fit."""
        courses = await self._store.courses_of(learner.learner_id, changed_after=start.n - 1)
        after = _card_place(start)
        cards = await self._store.cards_changed(learner.learner_id, after=after, limit=limit)
        changes = [
            *learner_changes(learner),
            *(change for document in courses for change in course_changes(document)),
            *(change for card in cards if (change := card_change(card)) is not None),
        ]
        return [one for one in changes if _place(one) > start.place]


def new_epoch() -> str:
    """Return a name for a new history of the database."""
    return secrets.token_hex(4)


def _place(change: Change) -> tuple[int, str, str]:
    return (change.version, change.kind, change.id)


def _card_place(start: Cursor) -> tuple[int, str]:
    """Return after which (log number, id) the cards begin, given the cursor's place."""
    if start.kind == ChangeKind.REVIEW:
        return (start.n, start.id)
    return (start.n, "" if start.kind < ChangeKind.REVIEW else LAST_ID)
