"""What a phone may send: what each known type of event holds.

The parser reads events by these tables, and `graphql/events.schema.json` is printed from them.
"""

from services.progress.domain.event_types.learning import LEARNING
from services.progress.domain.event_types.personal import PERSONAL

EVENT_TYPES = {each.name: each for each in (*LEARNING, *PERSONAL)}
"""Every type that a phone sends, by name."""
REFERRING_TYPES = frozenset(name for name, kind in EVENT_TYPES.items() if kind.ref)
"""Types that speak of a lesson, and so must refer to what is there."""
ENROLLING_TYPES = REFERRING_TYPES - {"bookmark.set", "card.suspended"}
"""Types that are learning: the first of them in a course enrols."""
