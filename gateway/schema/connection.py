"""Relay connections: every list that can grow is paged forward by an opaque cursor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import graphene

from services.kit.errors import Invalid
from services.kit.records import Page, PageArgs

MAX_FIRST = 100
N = TypeVar("N")


class PageInfo(graphene.ObjectType):
    """Where a page stands in its list."""

    has_next_page = graphene.Boolean(
        required=True, description="True: ask again with `after: endCursor`."
    )
    has_previous_page = graphene.Boolean(
        required=True, description="True: something stands before this page."
    )
    start_cursor = graphene.String(description="Cursor of the first node; null on an empty page.")
    end_cursor = graphene.String(description="Cursor of the last node; null on an empty page.")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What PageInfo shows."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class EdgeView(Generic[N]):
    """A node and its cursor."""

    cursor: str
    node: N


@dataclass(frozen=True, slots=True)
class ConnectionView(Generic[N]):
    """A page as GraphQL shows it."""

    edges: Sequence[EdgeView[N]]
    nodes: Sequence[N]
    page_info: PageFacts
    total_count: int


def connection(node: Any, what: str) -> Any:
    """Return the connection type of a node type; `what` names its nodes in the plural."""
    name = node.__name__
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"One of {what}, with its place in the list.",
            "cursor": graphene.String(required=True, description="Ask for what follows by it."),
            "node": graphene.Field(graphene.NonNull(node), description="The thing itself."),
        },
    )
    fields = {
        "__doc__": f"A page of {what}.",
        "edges": many(edge, description="The page, with a cursor for each."),
        "nodes": many(node, description="The page, without cursors."),
        "page_info": graphene.Field(
            graphene.NonNull(PageInfo), description="Whether there is more, and from where."
        ),
        "total_count": graphene.Int(required=True, description="How many there are on all pages."),
    }
    return type(f"{name}Connection", (graphene.ObjectType,), fields)


def many(of: Any, **options: Any) -> Any:
    """Return a field that is a list, never null, of things that are never null."""
    return graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(of))), **options)


def some(of: Any, **options: Any) -> Any:
    """Return a field that is null or a list of things that are never null."""
    return graphene.Field(graphene.List(graphene.NonNull(of)), **options)


def paging(first: int = 20) -> dict[str, Any]:
    """Return the two arguments of a connection."""
    return {
        "first": graphene.Int(
            default_value=first, description=f"How many at most; at most {MAX_FIRST} are given."
        ),
        "after": graphene.String(
            description="The endCursor of the page before; null: from the start."
        ),
    }


def page_args(first: int | None, after: str | None, *, default: int = 20) -> PageArgs:
    """Return the page asked for: `first` is held to MAX_FIRST; Invalid when it is below 1."""
    size = default if first is None else first
    if size < 1:
        raise Invalid("first must be at least 1.", path=("first",))
    return PageArgs(first=min(size, MAX_FIRST), after=after)


def connect(page: Page[Any], view: Callable[[Any], Any] | None = None) -> ConnectionView[Any]:
    """Return a page as GraphQL shows it, each node through `view` where it is given."""
    nodes = [view(node) for node in page.nodes] if view else list(page.nodes)
    edges = [EdgeView(cursor, node) for cursor, node in zip(page.cursors, nodes, strict=True)]
    facts = PageFacts(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.cursors[0] if page.cursors else None,
        end_cursor=page.cursors[-1] if page.cursors else None,
    )
    return ConnectionView(edges, nodes, facts, page.total)
