"""Notices of what changed for learners, to all subscriptions of this process.

Progress is asked where learners' logs are, many learners in one call: a long poll, which it answers
at once for what it has projected itself, and within a second for the rest.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextvars import Context

import structlog

from services.kit.errors import Unavailable
from services.progress.contract import ChangeKind, Head, Known, LearnerApi, Notice

BATCH = 200
"""Learners in one call, at most."""
WAIT_SECONDS = 3.0
"""How long one call waits: well below the deadline of a call between services."""
GATHER_SECONDS = 0.02
"""How long new learners are gathered before the call that is under way is made again with them."""
PAUSE_SECONDS = 1.0
MAX_WAITING = 64
"""Notices that may wait for a slow reader; the last of them stands for all that follow."""

log = structlog.get_logger(__name__)


def merged(notices: Sequence[Notice]) -> Notice:
    """Return one notice for several: the last place, and every kind."""
    kinds = {kind for notice in notices for kind in notice.kinds}
    return Notice(n=notices[-1].n, kinds=tuple(kind for kind in ChangeKind if kind in kinds))


class Subscription:
    """The notices of one learner from a place of the log on, each once: `async for` reads them."""

    def __init__(self, topic: "_Topic", *, after: int) -> None:
        """Begin behind log number `after`."""
        self._topic = topic
        self._after = after
        self._waiting: deque[Notice] = deque()
        self._put = asyncio.Event()

    def __aiter__(self) -> "Subscription":
        """Return itself."""
        return self

    async def __anext__(self) -> Notice:
        """Return the next notice, whenever there is one."""
        while not self._waiting:
            self._put.clear()
            await self._put.wait()
        return self._waiting.popleft()

    async def aclose(self) -> None:
        """End it."""
        self._topic.leave(self)

    def catch_up(self, notice: Notice) -> None:
        """Let a notice wait that tells of what happened before the subscription."""
        self._waiting.append(notice)

    def put(self, notice: Notice) -> None:
        """Let a notice wait to be read, unless it was put before."""
        if notice.n <= self._after:
            return
        self._after = notice.n
        if len(self._waiting) == MAX_WAITING:
            notice = merged((self._waiting.pop(), notice))
        self._waiting.append(notice)
        self._put.set()


class Broadcast:
    """Asks where logs are, as long as anybody listens."""

    def __init__(self, learners: LearnerApi) -> None:
        """Ask progress; nothing is asked yet."""
        self._learners = learners
        self._polls: list[_Poll] = []

    async def subscribe(self, learner_id: str, *, since: int | None = None) -> Subscription:
        """Return a learner's notices from now on, or from a log number on.

        What happened since then is one notice, at once. Unavailable when progress is away.
        """
        known = Known(learner_id=learner_id, n=since)
        found = await self._learners.heads((known,), wait=0)
        now = found[0].n if found else since or 0
        subscription = self._poll_for(learner_id).join(learner_id, now)
        if found and since is not None:
            subscription.catch_up(merged((*found[0].notices, Notice(n=now))))
        return subscription

    async def stop(self) -> None:
        """Ask no more."""
        for poll in self._polls:
            await poll.stop()

    def _poll_for(self, learner_id: str) -> "_Poll":
        """Return the poll that asks about the learner, or one that has room."""
        asking = (poll for poll in self._polls if learner_id in poll.topics)
        roomy = (poll for poll in self._polls if len(poll.topics) < BATCH)
        poll = next(asking, None) or next(roomy, None)
        if poll is None:
            poll = _Poll(self._learners)
            self._polls.append(poll)
        return poll


class _Topic:
    """A learner with subscriptions, and up to where all of those have been told."""

    def __init__(self, poll: "_Poll", learner_id: str, n: int) -> None:
        self._poll = poll
        self.learner_id = learner_id
        self.n = n
        self.subscriptions: set[Subscription] = set()

    def leave(self, subscription: Subscription) -> None:
        """Take a subscription out; nobody asks about a learner without one."""
        self.subscriptions.discard(subscription)
        if not self.subscriptions:
            self._poll.topics.pop(self.learner_id, None)

    def deliver(self, head: Head) -> None:
        """Tell all subscriptions; each forgoes what it was told before."""
        self.n = head.n
        for notice in head.notices:
            for subscription in self.subscriptions:
                subscription.put(notice)


class _Poll:
    """Up to BATCH learners that are asked about together, by one task while there are any."""

    def __init__(self, learners: LearnerApi) -> None:
        self._learners = learners
        self.topics: dict[str, _Topic] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, learner_id: str, n: int) -> Subscription:
        """Return a new subscription of a learner, behind log number `n`."""
        topic = self.topics.setdefault(learner_id, _Topic(self, learner_id, n))
        topic.n = min(topic.n, n)  # others may be ahead: what they were told is read again for it
        subscription = Subscription(topic, after=n)
        topic.subscriptions.add(subscription)
        self._changed.set()
        if self._task is None or self._task.done():
            # without the context of who subscribed: its deadline and request id end before this
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())
        return subscription

    async def stop(self) -> None:
        """End the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self.topics:
            try:
                await self._ask()
            except Unavailable as error:
                log.warning("broadcast.progress_away", reason=error.message)
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception:
                log.exception("broadcast.failed")
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self) -> None:
        """Ask once and deliver, or return when learners have joined who must be asked about too."""
        self._changed.clear()
        asked = {learner_id: topic.n for learner_id, topic in self.topics.items()}
        known = tuple(Known(learner_id=learner_id, n=n) for learner_id, n in asked.items())
        asking = asyncio.create_task(self._learners.heads(known, wait=WAIT_SECONDS))
        joining = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait((asking, joining), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                await asyncio.sleep(GATHER_SECONDS)
            heads = asking.result() if asking.done() else ()
        finally:
            asking.cancel()
            joining.cancel()
        for head in heads:
            topic = self.topics.get(head.learner_id)
            if topic is not None and topic.n == asked[head.learner_id]:
                topic.deliver(head)
