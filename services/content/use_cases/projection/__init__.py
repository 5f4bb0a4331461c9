"""From the domain to what everybody may see of a course: assessment answers drop off here."""

from services.content.use_cases.projection.version import (
    Release,
    project,
    show_achievement,
    summarise,
)

__all__ = ["Release", "project", "show_achievement", "summarise"]
