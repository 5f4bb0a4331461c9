"""How many subscriptions a user may have open at once, counted over all sockets of this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.errors import ErrorCode, RequestRefused

MAX_OF_USER = 100


class Seats:
    """Seats taken, by learner."""

    def __init__(self) -> None:
        """Start with none taken."""
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, learner_id: str | None) -> Iterator[None]:
        """Hold a seat; RequestRefused when the user has no more. Who is signed out needs none."""
        if learner_id is None:
            yield
            return
        if self._taken[learner_id] >= MAX_OF_USER:
            raise RequestRefused(
                ErrorCode.RATE_LIMITED, f"You may have {MAX_OF_USER} subscriptions at once."
            )
        self._taken[learner_id] += 1
        try:
            yield
        finally:
            self._taken[learner_id] -= 1
            if not self._taken[learner_id]:
                del self._taken[learner_id]
