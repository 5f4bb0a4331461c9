"""What a driver's call gave: an answer, and what its failures become."""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any

from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    ExecutionTimeout,
    PyMongoError,
)

from services.kit.errors import Unavailable


async def awaited(answer: Any) -> Any:
    """Return what a call gave: PyMongo lets some be awaited that Motor answers at once."""
    return await answer if isawaitable(answer) else answer


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn a failure to reach MongoDB in time into Unavailable."""
    try:
        yield
    except (DuplicateKeyError, BulkWriteError):
        raise
    except (AutoReconnect, ExecutionTimeout) as error:
        raise Unavailable(f"The database did not answer in time ({what}).") from error
    except PyMongoError as error:
        if error.timeout:
            raise Unavailable(f"The database did not answer in time ({what}).") from error
        raise
