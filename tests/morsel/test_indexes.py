"""`morsel indexes`: everything that services make at start, and shard keys that can hold."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from morsel.indexes import Settings, create
from morsel.main import main
from morsel.sharding import sharded
from services.kit.mongo import Mongo

SERVICES = ("content", "progress", "credentials")


@pytest.fixture
async def settings(mongo: Mongo, mongo_uri: str) -> AsyncIterator[Settings]:
    """Databases that are not there yet."""
    names = [f"test_{service}_{uuid4().hex}" for service in SERVICES]
    yield Settings(
        mongo_uri=mongo_uri,
        content_database=names[0],
        progress_database=names[1],
        credentials_database=names[2],
    )
    for name in names:
        await mongo.database(name).drop()


@pytest.fixture
def _pod(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a job."""
    monkeypatch.setenv("MORSEL_MONGO_URI", settings.mongo_uri)
    for service in SERVICES:
        name = f"{service}_database"
        monkeypatch.setenv(f"MORSEL_{name.upper()}", getattr(settings, name))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_pod")
def test_a_replica_set_is_told_what_a_cluster_would_do(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """A job would fail on a small deployment, or pretend to have sharded it."""
    for _ in range(2):
        assert main(["indexes", "--shard"]) == 0
        out = capsys.readouterr().out
        assert f"Indexes are in place: {settings.content_database}" in out
        assert "This MongoDB is no sharded cluster" in out
        log = f"{settings.progress_database}.log"
        assert f'sh.shardCollection("{log}", {{"learner": 1}})' in out


async def test_each_shard_key_has_an_index_and_leads_what_is_unique(
    settings: Settings, mongo: Mongo
) -> None:
    """Sharding would be refused on the day on which it is needed."""
    await create(settings, mongo)
    for one in sharded(settings.keys):
        found = await indexes(mongo, one.database, one.collection)
        assert found or one.key == "_id" or one.collection == "files.chunks"  # made by GridFS
        for index in found:
            assert not index.get("unique") or index["key"][0][0] == one.key, (one, index)
        partial = [index for index in found if "partialFilterExpression" not in index]
        leads = [index["key"][0][0] for index in partial if not index.get("sparse")]
        assert not found or one.key in ("_id", *leads), one


async def indexes(mongo: Mongo, database: str, collection: str) -> list[Any]:
    """Return the indexes of a collection besides that of `_id`."""
    found = await mongo.database(database)._database[collection].index_information()
    return [index for name, index in found.items() if name != "_id_"]
