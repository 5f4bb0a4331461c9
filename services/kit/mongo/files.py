"""Files of any size in MongoDB (GridFS): written and read in chunks, never held whole."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import suppress
from typing import Any, Protocol

from gridfs.errors import NoFile

from services.kit.errors import NotFound, Unavailable
from services.kit.mongo.answers import translated

WRITING = "write a file"
WINDOW = 4
"""Chunks read at once, each of 255 KB: what a download holds, however large the file is."""


class Finds(Protocol):
    """What reading needs of a `Collection`."""

    async def find_one(self, where: Any) -> dict[str, Any] | None:
        """Return the first document that matches, or None."""

    async def find(self, where: Any, *, sort: Any) -> list[dict[str, Any]]:
        """Return all documents that match."""


class Files:
    """A bucket of files by id; a file is there once all of it is, and never changes."""

    def __init__(self, bucket: Callable[[], Any], *, files: Finds, chunks: Finds) -> None:
        """Keep how a driver's bucket is opened, and the two collections that it writes.

        Motor binds a bucket to the loop of that moment, and services are wired before one runs.
        """
        self._bucket = bucket
        self._files = files
        self._chunks = chunks

    async def write(self, file_id: str, data: AsyncIterable[bytes]) -> int:
        """Store a stream under a new id and return its size; if it fails, nothing is there."""
        file = self._bucket().open_upload_stream_with_id(file_id, file_id)
        size = 0
        try:
            async for part in data:
                size += len(part)
                with translated(WRITING):
                    await file.write(part)
            with translated(WRITING):
                await file.close()
        except BaseException:  # a client that hangs up cancels its request
            await asyncio.shield(self._abort(file))
            raise
        return size

    async def read(
        self, file_id: str, *, first: int = 0, size: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield `size` bytes (None: all) from `first` on; NotFound.

        No cursor stays open meanwhile: a phone may take its time, or hang up.
        """
        file = await self._files.find_one({"_id": file_id})
        if file is None:
            raise NotFound("There is no such file.")
        end = file["length"] if size is None else min(first + size, file["length"])
        width = file["chunkSize"]
        for start in range(first // width, -(-end // width), WINDOW):
            window = {"$gte": start, "$lt": min(start + WINDOW, -(-end // width))}
            where = {"files_id": file_id, "n": window}
            for chunk in await self._chunks.find(where, sort=[("n", 1)]):
                begin = chunk["n"] * width
                yield bytes(chunk["data"][max(0, first - begin) : end - begin])

    async def whole(self, file_id: str) -> bytes:
        """Return all bytes of a file that is known to be small; NotFound."""
        return b"".join([part async for part in self.read(file_id)])

    async def delete(self, file_id: str) -> None:
        """Remove a file, or what is left of one whose writing was cut off."""
        with translated("delete a file"), suppress(NoFile):
            await self._bucket().delete(file_id)

    @staticmethod
    async def _abort(file: Any) -> None:
        """Remove what was written so far; where that fails too, `delete` does it later."""
        with suppress(Unavailable), translated(WRITING):
            await file.abort()
