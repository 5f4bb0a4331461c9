"""The four shapes of a resolver: what they wrap sees nothing of graphql-core.

`Projected` is a pure function of the parent, `Batched` takes all parents of a tick at once,
`AtRoot` has none, `Streamed` gives a subscription its events. So another executor than the stock
one can call the same functions.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo

Project = Callable[..., Any]
Resolve = Callable[..., Coroutine[Any, Any, Sequence[Any]]]
Answer = Callable[..., Coroutine[Any, Any, Any]]
Stream = Callable[..., "Awaitable[AsyncIterator[Event]]"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a subscription, and the cursor from which to go on after it."""

    value: Any
    cursor: str


class Projected:
    """A field that `project(parent, context, **arguments)` gives at once."""

    __slots__ = ("project",)

    def __init__(self, project: Project) -> None:
        """Wrap the function; it asks nobody."""
        self.project = project

    def __call__(self, parent: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
        """Resolve as graphql-core asks."""
        return self.project(parent, info.context, **args)


class Batched:
    """A field that `await resolve(parents, context, **arguments)` gives for all its parents."""

    __slots__ = ("resolve",)

    def __init__(self, resolve: Resolve) -> None:
        """Wrap the coroutine function."""
        self.resolve = resolve

    def __call__(self, parent: Any, info: GraphQLResolveInfo, **args: Any) -> Awaitable[Any]:
        """Resolve as graphql-core asks: join the batch of this place in the document."""
        context = info.context
        site = id(info.field_nodes[0])
        return context.batches.submit(  # type: ignore[no-any-return]  # the context is untyped in info
            self.resolve, site=site, parent=parent, context=context, args=args
        )


class AtRoot:
    """A field of Query or Mutation that `await answer(context, **arguments)` gives."""

    __slots__ = ("answer",)

    def __init__(self, answer: Answer) -> None:
        """Wrap the coroutine function."""
        self.answer = answer

    def __call__(self, _: Any, info: GraphQLResolveInfo, **args: Any) -> Awaitable[Any]:
        """Resolve as graphql-core asks."""
        return self.answer(info.context, **args)


class Streamed:
    """A field of Subscription whose events `await stream(context, **arguments)` gives."""

    __slots__ = ("stream",)

    def __init__(self, stream: Stream) -> None:
        """Wrap the coroutine function; what it returns ends what it opened when it is closed."""
        self.stream = stream

    def __call__(self, _: Any, info: GraphQLResolveInfo, **args: Any) -> Awaitable[Any]:
        """Subscribe as graphql-core asks."""
        return self.stream(info.context, **args)
