"""What is asked of servers rather than of collections: replica sets and shards."""

import asyncio
from typing import Any

from pymongo.errors import OperationFailure

from services.kit.errors import Unavailable

ALREADY_INITIALIZED = 23
PRIMARY_TRIES = 500
PRIMARY_PAUSE_SECONDS = 0.02
ROUTER = "isdbgrid"
"""What a mongos says of itself."""


async def make_replica_set(admin: Any, address: str) -> None:
    """Make a server the replica set `rs0` of one member, and return once it is primary."""
    config = {
        "_id": "rs0",
        "version": 1,
        "members": [{"_id": 0, "host": address}],
        "settings": {"electionTimeoutMillis": 500, "heartbeatIntervalMillis": 200},
    }
    try:
        await admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
        await admin.command("replSetReconfig", config, force=True)
    for _ in range(PRIMARY_TRIES):
        hello = await admin.command("hello")
        if hello["isWritablePrimary"]:
            return
        await asyncio.sleep(PRIMARY_PAUSE_SECONDS)
    raise Unavailable("The server became no primary.")


async def is_router(admin: Any) -> bool:
    """Return whether a server is the mongos of a sharded cluster."""
    return bool((await admin.command("hello")).get("msg") == ROUTER)


async def shard(admin: Any, database: str, collection: str, field: str) -> None:
    """Shard a collection by a field; the server takes a repeat with the same key as done."""
    await admin.command("enableSharding", database)
    await admin.command("shardCollection", f"{database}.{collection}", key={field: 1})
