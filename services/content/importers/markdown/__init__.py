"""Plain Markdown, one page or a book of many, as a course."""

from services.content.importers.markdown.book import Book, read_book

__all__ = ["Book", "read_book"]
