"""What the resolvers of one operation share."""

from dataclasses import dataclass, field

from gateway.broadcast import Broadcast
from gateway.clients import Clients
from gateway.identity import Authenticator
from gateway.identity.guests import Guests
from gateway.identity.subjects import Identity
from gateway.loaders import Batches, Loaders, Work
from gateway.published import Published, PublishedReads
from services.kit.errors import Unauthenticated
from services.kit.records import Actor, Role

WRITERS = frozenset({Role.AUTHOR, Role.ADMIN})
SIGN_IN = "Sign in first: send a bearer token, of startGuest or an account."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all operations share: made once at start."""

    clients: Clients
    authenticator: Authenticator
    guests: Guests
    broadcast: Broadcast
    published: Published
    public_url: str


@dataclass(slots=True)
class Context:
    """One operation: who asks, in which languages, and the loaders that gather what it reads."""

    surroundings: Surroundings
    identity: Identity | None = None
    languages: tuple[str, ...] = ()
    """Tags of the Accept-Language header, best first."""
    since: str | None = None
    """Cursor of the last event that a client which subscribes again has seen."""
    work: Work = field(default_factory=Work)
    batches: Batches = field(init=False)
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        """Open the loaders of this operation."""
        self.batches = Batches(self.work)
        self.loaders = Loaders(self.published, self.clients, work=self.work)

    @property
    def clients(self) -> Clients:
        """Return the services."""
        return self.surroundings.clients

    @property
    def published(self) -> PublishedReads:
        """Return what is published: from memory, but not for those who may have moved a pointer."""
        held, actor = self.surroundings.published, self.actor
        return held.read_through if actor and actor.roles & WRITERS else held

    @property
    def actor(self) -> Actor | None:
        """Return who asks, None without a token."""
        return self.identity.actor if self.identity else None

    @property
    def signed_in(self) -> Actor:
        """Return who asks; Unauthenticated without a token."""
        if self.identity is None:
            raise Unauthenticated(SIGN_IN)
        return self.identity.actor
