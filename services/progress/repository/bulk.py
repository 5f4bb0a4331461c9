"""What became of writes that were sent together."""

from collections.abc import Iterator

from pymongo.errors import BulkWriteError

from services.kit.errors import Unavailable

DUPLICATE_KEY = 11_000


def clashing(error: BulkWriteError) -> Iterator[int]:
    """Yield the positions of duplicate keys; anything else that failed is raised."""
    details = error.details or {}
    for failed in details.get("writeErrors", ()):
        if failed["code"] != DUPLICATE_KEY:
            raise error
        yield int(failed["index"])
    if details.get("writeConcernErrors"):
        raise Unavailable("The database did not confirm a write in time.") from error
