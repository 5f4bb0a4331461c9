"""Verification by npm libraries that never heard of Morsel, over what a running system serves."""

import asyncio
import json
from typing import Any

from tests.support.npm import Run
from tests.support.running import Client


class OutsideVerifier:
    """Fetches what a credential points to, as any verifier would, and asks the npm client."""

    def __init__(self, run: Run, client: Client) -> None:
        self._run = run
        self._client = client

    async def verified(self, credential: Any, *, of: Any = None) -> bool:
        """Return whether a credential (an object or a compact JWT) verifies and is not revoked.

        A JWT does not show what it points to: `of` is the same credential as an object.
        """
        shown = of or credential
        documents = {
            shown["issuer"]["id"]: await self._did_document(shown["issuer"]["id"]),
            shown["credentialStatus"]["statusListCredential"]: await self._fetch(
                shown["credentialStatus"]["statusListCredential"]
            ),
        }
        job = json.dumps({"credentials": [credential], "documents": documents}).encode()
        (answer,) = json.loads(await asyncio.to_thread(self._run, "verify.mjs", job))
        return bool(answer["verified"]) and not answer["revoked"]

    async def _did_document(self, did: str) -> Any:
        """Resolve a did:web as its specification says, on http because this is loopback."""
        host, *path = did.removeprefix("did:web:").split(":")
        return await self._fetch(f"http://{host.replace('%3A', ':')}/{'/'.join(path)}/did.json")

    async def _fetch(self, url: str) -> Any:
        status, _, body = await self._client.get(url)
        assert status == 200, url
        return json.loads(body)
