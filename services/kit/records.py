"""Frozen records: what services hold, promise and pass to each other."""

from enum import StrEnum
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, dataclass_transform

import msgspec

Json: TypeAlias = Any
"""Any JSON value: None, bool, int, float, str, list or dict of these."""


class RecordMeta(msgspec.StructMeta):
    """Makes every record frozen and keyword-only, so that no record has to say so."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any
    ) -> type:
        """Create the struct type with the two defaults set."""
        config = {"frozen": True, "kw_only": True, **config}
        return super().__new__(mcs, name, bases, namespace, **config)


class Untrusted:
    """JSON as a client sent it: integers of any size and broken text included.

    Between processes it travels as JSON text, for msgpack cannot hold all of that.
    """

    __slots__ = ("value",)

    def __init__(self, value: Json) -> None:
        """Wrap a value."""
        self.value = value

    def __eq__(self, other: object) -> bool:
        """Equal when the values are."""
        return isinstance(other, Untrusted) and other.value == self.value

    def __hash__(self) -> int:
        """Any JSON value may be inside, so all have the hash of the type."""
        return hash(Untrusted)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, metaclass=RecordMeta, frozen=True, kw_only=True):
    """Base of every record; decoding ignores unknown fields, so versions may differ by one."""


class Role(StrEnum):
    """What a signed-in person may act as; a person may hold several."""

    LEARNER = "LEARNER"
    AUTHOR = "AUTHOR"
    ISSUER = "ISSUER"
    ACCREDITOR = "ACCREDITOR"
    MANAGER = "MANAGER"
    EMPLOYER = "EMPLOYER"
    ADMIN = "ADMIN"


class Actor(Record):
    """Who asks: the learner id, what they may act as, and for which organisation."""

    subject: str
    """Learner id (`lrn_...`), derived from the token's issuer and subject."""
    roles: frozenset[Role] = frozenset({Role.LEARNER})
    organisation: str | None = None
    is_guest: bool = False
    name: str | None = None
    email: str | None = None


T = TypeVar("T")


class PageArgs(Record):
    """Which page of a connection: forward from `after`, at most `first` (1 to 100)."""

    first: int = 20
    after: str | None = None


class Page(Record, Generic[T]):
    """One page of a connection, with a cursor for each node."""

    nodes: tuple[T, ...] = ()
    cursors: tuple[str, ...] = ()
    has_next: bool = False
    has_previous: bool = False
    total: int = 0


class OutboxEntry(Record):
    """Something that happened in a service; the id is deterministic, so a repeat is a no-op."""

    id: str
    type: str
    data: Json


class Holding(Record):
    """What a collection holds of learners, for erasure and export."""

    learner: str | None = None
    """The field that holds the learner's id; None where a document is of no one learner."""
    exported: str
    """Where a learner finds it in their export, or why it is not there."""


class FeedApi(Protocol):
    """A service's outbox, as its consumers see it: at least once, no order across documents."""

    async def claim(self, consumer: str, *, limit: int, wait: float) -> tuple[OutboxEntry, ...]:
        """Lease up to `limit` entries for `consumer`, waiting `wait` seconds for the first."""

    async def ack(self, consumer: str, ids: tuple[str, ...]) -> None:
        """Remove entries that were dealt with."""

    async def fail(self, consumer: str, entry_id: str, *, reason: str, counts: bool = True) -> None:
        """Let an entry rest and keep why it failed; unless it `counts`, give the try back."""
