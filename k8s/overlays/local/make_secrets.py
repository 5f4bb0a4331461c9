"""Makes the keys of a local cluster, one file a setting, under a folder that git ignores.

With a second argument it also writes them to a file of variables, as docker compose reads it.

What is there stays as it is: learner ids and issuers' keys depend on these for ever.
"""

import base64
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MONGO_URI = "mongodb://mongodb-0.mongodb:27017/?replicaSet=rs0"
KEY_BYTES = 32
OWN_KEYS = {
    "content": (),
    "progress": ("cursor_key",),
    "credentials": ("sealing_key",),
    "gateway": ("learner_key", "guest_key"),
}
"""Keys that a process shares with nobody."""
CALLERS = {
    "content": ("progress", "credentials", "gateway"),
    "progress": ("credentials", "gateway"),
    "credentials": ("gateway",),
}
"""Whose internal tokens a process accepts."""


def encoded(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def keep(file: Path, text: str) -> str:
    """Write a file that only its owner can read, unless it is there; return what it holds."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(text)
    return file.read_text()


def public_half(internal_key: str) -> str:
    """Return the public half, base64url, of an internal key."""
    seed = base64.urlsafe_b64decode(internal_key + "=" * (-len(internal_key) % 4))
    return encoded(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def make(folder: Path) -> None:
    """Make whatever is missing of every process's secrets."""
    public = {}
    for process, keys in OWN_KEYS.items():
        keep(folder / process / "mongo_uri", MONGO_URI)
        for key in keys:
            keep(folder / process / key, encoded(secrets.token_bytes(KEY_BYTES)))
        seed = encoded(secrets.token_bytes(KEY_BYTES))
        public[process] = public_half(keep(folder / process / "internal_key", seed))
    for process, callers in CALLERS.items():
        peers = ",".join(f"{caller}:{public[caller]}" for caller in callers)
        keep(folder / process / "internal_peers", peers)


def write_variables(folder: Path, file: Path) -> None:
    """Write the keys as PROCESS_SETTING=value: the address of MongoDB is compose.yaml's own."""
    keys = sorted(key for key in folder.glob("*/*") if key.name != "mongo_uri")
    lines = [f"{key.parent.name}_{key.name}".upper() + f"={key.read_text()}\n" for key in keys]
    file.touch(mode=0o600)
    file.write_text("".join(lines))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
    if len(sys.argv) > 2:  # noqa: PLR2004 - the optional second argument
        write_variables(Path(sys.argv[1]), Path(sys.argv[2]))
