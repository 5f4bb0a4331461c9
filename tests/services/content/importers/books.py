"""Books of plain Markdown for tests, and what became of them."""

from services.content.domain.course import AnyBlock, CalloutBlock, CodeBlock, TextBlock
from services.content.importers.markdown import Book, read_book


def book(text: str, **more: str | bytes) -> Book:
    """Return the book of one page; `more` adds files (`__` for a point)."""
    files: dict[str, str | bytes] = {"page.md": text}
    files |= {name.replace("__", "."): data for name, data in more.items()}
    return read_book(
        {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    )


def blocks(text: str, **more: str | bytes) -> list[AnyBlock]:
    """Return all blocks of a page in order, whatever lessons they are in."""
    course = book(text, **more).course
    return [] if course is None else [each for les in course.lessons for each in les.blocks]


def shown(text: str, **more: str | bytes) -> list[tuple[str, str]]:
    """Return the blocks of a page as pairs: their kind, or tone or language, and their text."""
    found = []
    for block in blocks(text, **more):
        match block:
            case TextBlock(markdown=markdown):
                found.append(("text", markdown["en"]))
            case CalloutBlock(tone=tone, markdown=markdown):
                found.append((str(tone), markdown["en"]))
            case CodeBlock(language=language, source=source):
                found.append((f"code {language}".strip(), source))
            case _:
                found.append((str(block.__struct_config__.tag), ""))
    return found


def prose(text: str, **more: str | bytes) -> str:
    """Return the only text of a page."""
    ((kind, markdown),) = shown(text, **more)
    assert kind == "text"
    return markdown


def told(text: str, **more: str | bytes) -> list[str]:
    """Return the losses of a page as `SEVERITY path: reason`."""
    losses = book(text, **more).losses
    return [f"{loss.severity} {loss.path}: {loss.reason}" for loss in losses]
