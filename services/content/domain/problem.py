"""What stands in the way of publishing or importing, said so that an author can act on it."""

from services.kit.records import Record


class Problem(Record):
    """Something that is wrong: a sentence, and where.

    The path of a problem in a document is its JSON path (`modules`, `0`, `title`); of one in a
    course folder it is the file and the line.
    """

    message: str
    path: tuple[str, ...] = ()
