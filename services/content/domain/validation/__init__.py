"""What stands in the way of publishing a course document, all of it, with paths."""

from services.content.domain.validation.course import find_problems
from services.content.domain.validation.profile import find_advice

__all__ = ["find_advice", "find_problems"]
