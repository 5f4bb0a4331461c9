"""What use-cases take from outside: so that a test can say what time it is, what is random."""

from collections.abc import Callable

from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.template import Templates
from services.kit.capabilities import Capabilities
from services.kit.clock import Clock
from services.kit.records import Record


class Means(Record):
    """The clock, a source of random bytes, and the canonical form of documents."""

    clock: Clock
    random: Callable[[int], bytes]
    """Returns that many bytes, unpredictable."""
    canonicalise: Canonicalise
    templates: Templates
    """Secures credentials, of which many are alike, faster."""
    capabilities: Capabilities
    """Makes addresses that let whoever holds them do one thing."""
