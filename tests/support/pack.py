"""The offline half of an app that learns from a pack, by docs/app-developers.md alone."""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from tests.support.running import Client

OPERATION = Path(__file__).parents[2] / "graphql" / "operations" / "OfflinePack.graphql"
LOOSE = re.compile(r"\b(les|blk|qst|cho|gap|crd)_([A-Za-z0-9_-]{22})\b")


def bind(version: str, loose: str) -> str:
    """Return the id that an item has in a version, as the page tells."""
    kind, _, body = loose.partition("_")
    raw = bytes.fromhex(version)[:16] + urlsafe_b64decode(body + "==")
    return f"{kind}_{urlsafe_b64encode(raw).decode().rstrip('=')}"


def bound(version: str, value: Any) -> Any:
    """Return JSON with every loose id bound: of an event before it is sent, or of a lesson."""
    if isinstance(value, dict):
        return {key: bound(version, each) for key, each in value.items()}
    if isinstance(value, list):
        return [bound(version, each) for each in value]
    if not isinstance(value, str):
        return value
    return LOOSE.sub(lambda found: bind(version, found[0]), value)


class PackFolder:
    """What a phone keeps on its disk: files by hash."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.fetched: list[dict[str, Any]] = []

    async def download(self, client: Client, slug: str, **wanted: Any) -> dict[str, Any]:
        """Fetch what is lacking of a pack, check every byte, and return the pack."""
        data = await client.run(OPERATION.read_text(), slug=slug, **wanted)
        pack: dict[str, Any] = data["course"]["version"]["pack"]
        self.fetched = [file for file in pack["files"] if file["hash"] not in self.files]
        async with aiohttp.ClientSession() as session:
            for file in self.fetched:
                async with session.get(file["url"]) as response:
                    assert response.status == 200, file
                    assert response.content_type == file["mediaType"]
                    body = await response.read()
                assert hashlib.sha256(body).hexdigest() == file["hash"]
                assert len(body) == file["bytes"]
                self.files[file["hash"]] = body
        return pack

    def course(self, pack: dict[str, Any]) -> dict[str, Any]:
        """Return the course of a pack as App has it, from files alone; ids are loose still."""
        (index,) = [self._read(each["hash"]) for each in pack["files"] if each["kind"] == "INDEX"]
        modules = [
            {**module, "lessons": [self._read(each["hash"]) for each in module["lessons"]]}
            for module in index["modules"]
        ]
        return {"version": {"hash": index["version"], "modules": modules}}

    def _read(self, digest: str) -> Any:
        return orjson.loads(self.files[digest])
