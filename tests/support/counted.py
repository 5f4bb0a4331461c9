"""What the fakes of the services share: counted calls, faults and pages."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from services.kit.records import Page, PageArgs

T = TypeVar("T")
N = TypeVar("N")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def paged(nodes: list[N], args: PageArgs) -> Page[N]:
    """Return a page whose cursors are positions."""
    start = int(args.after) + 1 if args.after else 0
    shown = nodes[start : start + args.first]
    return Page(
        nodes=tuple(shown),
        cursors=tuple(str(start + index) for index in range(len(shown))),
        has_next=start + len(shown) < len(nodes),
        has_previous=start > 0,
        total=len(nodes),
    )


class Counted:
    """Base of services that count the calls of their methods, and break as they are told."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.faults: dict[str, Callable[..., Awaitable[Any]]] = {}

    def __init_subclass__(cls) -> None:
        for name, method in list(vars(cls).items()):
            if callable(method) and not name.startswith("_"):
                setattr(cls, name, _counted(name, method))


def _counted(name: str, method: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    @wraps(method)
    async def call(self: Counted, *args: Any, **kwargs: Any) -> T:
        self.calls[name] += 1
        if name in self.faults:
            broken: T = await self.faults[name](*args, **kwargs)
            return broken
        return await method(self, *args, **kwargs)

    return call
