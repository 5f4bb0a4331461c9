"""The data folder of `morsel up`: its lock, its keys and where its MongoDB is."""

import fcntl
import os
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from morsel.refusal import Refusal

KEY_BYTES = 32
DEFAULT_FOLDER = ".data"


class DataInUse(Refusal):
    """Another process runs on this data folder."""


class Data:
    """A folder that holds all that `morsel up` must find again; made at first use."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, absolute or beside the working directory."""
        self.folder = folder.resolve()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for this process; the kernel lets go of it however the process ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DataInUse(
                    f"The data folder {self.folder} is in use by another `morsel`: "
                    "stop that one, or choose another folder with --data."
                ) from error
            yield

    def key(self, name: str) -> str:
        """Return a secret of 32 random bytes in base64url, made at its first use."""
        path = self.folder / "keys" / f"{name}.key"
        with suppress(FileExistsError):
            self._write_secret(path, urlsafe_b64encode(os.urandom(KEY_BYTES)).rstrip(b"=").decode())
        return path.read_text(encoding="ascii").strip()

    def key_bytes(self, name: str) -> bytes:
        """Return the bytes of such a secret."""
        return urlsafe_b64decode(self.key(name) + "=")

    def issuer_url(self, proposed: str) -> str:
        """Return the issuer's URL; once given it stays, since learners' ids come from it."""
        path = self.folder / "issuer.url"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(proposed, encoding="utf-8")
        return path.read_text(encoding="utf-8").strip()

    def write_token(self, name: str, token: str) -> Path:
        """Keep a ready-made token in a file, for commands to read, and return the file."""
        path = self.folder / "tokens" / name
        path.unlink(missing_ok=True)
        self._write_secret(path, token)
        return path

    @property
    def mongo_folder(self) -> Path:
        """Return where the embedded mongod keeps its files."""
        return self.folder / "mongo"

    @property
    def mongo_uri_file(self) -> Path:
        """Return the file that holds the address of MongoDB while `morsel up` runs."""
        return self.folder / "mongo.uri"

    @property
    def seeded_file(self) -> Path:
        """Return the file that holds what demo courses were brought in."""
        return self.folder / "seeded.json"

    @staticmethod
    def _write_secret(path: Path, text: str) -> None:
        """Create a file whole, that only its owner can read; FileExistsError when it is there."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text)
            Path(draft).chmod(0o600)
            os.link(draft, path)  # unlike a rename, this never replaces
        finally:
            Path(draft).unlink()


def default_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Return MORSEL_DATA, or `.data` beside the working directory."""
    return Path(env.get("MORSEL_DATA") or DEFAULT_FOLDER)
