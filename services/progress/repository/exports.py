"""What a learner's export is read from, and what other services put into it for a while."""

from collections.abc import AsyncIterator, Sequence

from services.kit.mongo import Database
from services.progress.contract import Keepsake
from services.progress.repository import indexes
from services.progress.repository.documents import read_log
from services.progress.use_cases.store import LogDocument


class MongoExports:
    """The Exports over MongoDB."""

    def __init__(self, database: Database) -> None:
        """Choose the collections."""
        self._log = database.truth("log")
        self._keepsakes = database.truth("keepsakes")

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._keepsakes.create_indexes(indexes.KEEPSAKE_INDEXES)

    async def log_page(self, learner_id: str, *, after: int, limit: int) -> list[LogDocument]:
        """Return the next documents of a log, ascending."""
        where = {"learner": learner_id, "n": {"$gt": after}}
        return [
            read_log(each) for each in await self._log.find(where, sort=[("n", 1)], limit=limit)
        ]

    async def keep(self, learner_id: str, keepsakes: Sequence[Keepsake]) -> None:
        """Hold files of a learner for a while, each in place of the one of its name."""
        await self._keepsakes.upsert_all(
            [
                (
                    {"_id": f"{learner_id}/{keepsake.name}"},
                    [
                        {
                            "$set": {
                                "learner": learner_id,
                                "name": {"$literal": keepsake.name},
                                "body": {"$literal": keepsake.body},
                                "at": "$$NOW",
                            }
                        }
                    ],
                )
                for keepsake in keepsakes
            ]
        )

    async def keepsakes(self, learner_id: str) -> AsyncIterator[Keepsake]:
        """Yield the files that are held of a learner, by name."""
        where = {"learner": learner_id}
        async for found in self._keepsakes.stream(where, sort=[("learner", 1), ("name", 1)]):
            yield Keepsake(name=found["name"], body=bytes(found["body"]))
