"""Pulling.

The records of a learner that changed after a cursor, in pages that can stop anywhere.
"""

import secrets

from services.kit.records import Record
from services.progress.contract import Change
from services.progress.domain.cursor import Cursor, seal, unseal
from services.progress.use_cases.changes import course_changes, credential_change, profile_change
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.store import CourseDocument, LearnerDocument, Store


class Pulled(Record):
    """A page of changes and where it ends."""

    changes: tuple[Change, ...]
    cursor: str
    has_more: bool
    resync: bool


class Puller:
    """Reads a learner's change feed."""

    def __init__(self, store: Store, *, key: bytes, epoch: str = "") -> None:
        """`key` signs cursors.

        `epoch` names this history of the database, so that a restored one is noticed.
        """
        self._store = store
        self._key = key
        self.epoch = epoch

    async def pull(self, learner: LearnerDocument, since: str | None, limit: int) -> Pulled:
        """Return up to `limit` changes after the cursor.

        A snapshot with `resync` where the cursor is foreign.
        """
        known = None
        if since is not None:
            known = unseal(since, learner_id=learner.learner_id, key=self._key)
        foreign = known is None or known.epoch != self.epoch or known.n > learner.through
        start = Cursor(epoch=self.epoch, n=0, kind="", id="") if known is None or foreign else known
        documents = await self._store.courses_of(learner.learner_id, changed_after=start.n - 1)
        changes = [one for one in _changes(learner, documents) if _place(one) > start.place]
        changes.sort(key=_place)
        page = changes[:limit]
        more = len(changes) > limit
        end = (
            Cursor(epoch=self.epoch, n=page[-1].version, kind=page[-1].kind, id=page[-1].id)
            if more
            else Cursor(epoch=self.epoch, n=learner.through)
        )
        return Pulled(
            changes=tuple(page),
            cursor=seal(end, learner_id=learner.learner_id, key=self._key),
            has_more=more,
            resync=since is not None and foreign,
        )


def new_epoch() -> str:
    """Return a name for a new history of the database."""
    return secrets.token_hex(4)


def _place(change: Change) -> tuple[int, str, str]:
    return (change.version, change.kind, change.id)


def _changes(learner: LearnerDocument, documents: list[CourseDocument]) -> list[Change]:
    changes = [
        change
        for document in documents
        if document.view is not None
        for change in course_changes(document.view, document.stamps)
    ]
    if learner.learner_id in learner.stamps:
        profile = profile_of(learner.learner_id, learner.state)
        changes.append(profile_change(profile, version=learner.stamps[learner.learner_id]))
    changes.extend(
        credential_change(id_, body, version=learner.stamps[id_])
        for id_, body in learner.state.credentials.items()
    )
    return changes
