"""Course documents to folders in the native format, which `parse` reads back as they were."""

from services.content.domain.native.writing.course import write

__all__ = ["write"]
