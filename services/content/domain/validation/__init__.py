"""What stands in the way of publishing a course document, all of it, with paths."""

from services.content.domain.validation.course import find_problems

__all__ = ["find_problems"]
