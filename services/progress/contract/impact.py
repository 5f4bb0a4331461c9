"""What publishing would do to learners."""

from typing import Protocol

from services.content.contract import Target
from services.kit.records import Record


class Impact(Record):
    """What publishing a version would do to the learners of its course."""

    mid_course: int
    """How many are enrolled and not through: they go on in the version that they began."""
    completions_lost: int
    """How many completions would be gone; 0, for completions stand on their version."""
    scores_raised: int
    """How many learners' scores a corrected key would raise; beyond 1,000 from a sample."""


class ImpactApi(Protocol):
    """What publishing would do to learners, for authors."""

    async def impacts(self, targets: tuple[Target, ...]) -> tuple[Impact, ...]:
        """Return what publishing each target would do; changes nothing itself.

        StaleRevision when a target is what a draft would become and the draft has moved on.
        """
