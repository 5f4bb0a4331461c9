"""The service as a process of its own: it answers its peers, and starts without them."""

import asyncio
from base64 import urlsafe_b64encode

import aiohttp
import msgspec

from services.credentials.app import create_app
from services.credentials.contract import CredentialsApi, VerifyingApi, VerifyInput
from services.kit.health import Server
from services.kit.identity import Identity, public_key
from services.kit.rpc import Peer, connect
from tests.support.issuing import World

GATEWAY_KEY = urlsafe_b64encode(b"g" * 32).decode()
OWN_KEY = urlsafe_b64encode(b"c" * 32).decode()


async def test_a_process_of_its_own_answers_its_peers_and_nobody_else(world: World) -> None:
    """Guards against a service that needs all others to start, or answers whoever asks."""
    issued = await world.issue()
    app = create_app(
        msgspec.structs.replace(
            world.settings,
            internal_key=OWN_KEY,
            internal_peers=f"gateway:{public_key(GATEWAY_KEY)}",
            content_url="http://127.0.0.1:9",
            progress_url="http://127.0.0.1:9",
        )
    )
    server = Server(app, host="127.0.0.1", port=0)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    peer = Peer("credentials", url, identity=Identity("gateway", internal_key=GATEWAY_KEY))
    verifying, credentials = connect(VerifyingApi, peer), connect(CredentialsApi, peer)

    async with aiohttp.ClientSession() as stranger:
        async with stranger.get(f"{url}/readyz") as answer:
            assert answer.status == 200
        async with stranger.post(f"{url}/rpc/VerifyingApi/verify", data=b"\x80") as answer:
            assert answer.status == 401
    (verification,) = await verifying.verify((VerifyInput(jwt=issued.jwt),))
    (achievement,) = await credentials.achievements((issued.achievement_id,))

    await peer.close()
    server.should_exit = True
    await task
    assert verification.verified
    assert achievement is not None
    assert achievement.issued_count == 1
