"""By what the collections are sharded where a cluster has shards: declared here and nowhere else.

What is not named stays whole, on the primary shard of its database. A unique index can hold over
shards only where it starts with the shard key, so these keys and the indexes belong together.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from services.kit.records import Record

Keys: TypeAlias = Mapping[str, str]
"""Collection to the field that it is sharded by."""

CONTENT: Keys = {
    "pack_files": "_id",
    "files.chunks": "files_id",
}
"""Bytes, by hash or file. Courses, versions and skills stay whole: read often and held by gateways,
and unique by names (`slug`) that no shard key could start with."""
PROGRESS: Keys = {
    "log": "learner",
    "learners": "_id",
    "courses": "learner",
    "cards": "learner",
    "members": "learner",
}
"""By learner: what one learner does touches one shard. Learner ids are random, so shards fill
evenly; the id of a learner's own document is theirs."""
CREDENTIALS: Keys = {
    "credentials": "learner_id",
}
"""By holder; issuers, status lists and definitions are few."""


class Sharded(Record):
    """A collection that is sharded, and by which field."""

    database: str
    collection: str
    key: str

    @property
    def namespace(self) -> str:
        """Return its full name."""
        return f"{self.database}.{self.collection}"

    @property
    def command(self) -> str:
        """Return what a person would type in mongosh."""
        return f'sh.shardCollection("{self.namespace}", {{"{self.key}": 1}})'


def sharded(databases: Mapping[str, Keys]) -> Iterator[Sharded]:
    """Yield what is sharded, of keys by database."""
    for database, keys in databases.items():
        for collection, key in keys.items():
            yield Sharded(database=database, collection=collection, key=key)
