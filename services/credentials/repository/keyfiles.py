"""Private keys in a folder: one PEM file each (PKCS#8, Ed25519), such as a mounted secret.

The file of acme's key-2 is `acme.key-2.pem`. Files are looked at whenever something is signed, so
that what is put there or replaced counts at once.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.credentials.domain.records import SigningKey
from services.credentials.domain.signing import SeedSigner, Signer, public_key
from services.kit.errors import Unavailable
from services.kit.records import Record


class _Read(Record):
    """A file as it was when it was read."""

    stamp: tuple[int, int, int]
    seed: bytes
    public: bytes


class KeyFolder:
    """The KeyFiles of a folder; nothing is ever written to it."""

    def __init__(self, folder: Path) -> None:
        """Keep which folder; it is read at need."""
        self._folder = folder
        self._read: dict[str, _Read] = {}

    def public(self, organisation: str, fragment: str) -> bytes:
        """Return the public half of a key; Unavailable names the file when it cannot be read."""
        return self._key(_name(organisation, fragment)).public

    def signer(self, organisation: str, key: SigningKey, *, method: str) -> Signer:
        """Return the signer of a key; Unavailable when its file is away or holds another."""
        name = _name(organisation, key.fragment)
        found = self._key(name)
        if found.public != key.public:
            raise Unavailable(
                f"The file {self._folder / name} holds another key than the one published as"
                f" {method}: put that one back, or rotate."
            )
        return SeedSigner(found.seed, method_id=method)

    def _key(self, name: str) -> _Read:
        file = self._folder / name
        try:
            found = file.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            known = self._read.get(name)
            if known is None or known.stamp != stamp:
                known = self._read[name] = _parsed(file.read_bytes(), stamp)
        except (OSError, TypeError, ValueError, UnsupportedAlgorithm) as error:
            raise Unavailable(
                f"A signing key is missing: {file} has to be an Ed25519 private key in PEM"
                " (PKCS#8, not encrypted), as `openssl genpkey -algorithm ed25519` makes it."
            ) from error
        return known


def _parsed(pem: bytes, stamp: tuple[int, int, int]) -> _Read:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the key is of another kind than Ed25519")
    return _Read(stamp=stamp, seed=key.private_bytes_raw(), public=public_key(key))


def _name(organisation: str, fragment: str) -> str:
    return f"{organisation}.{fragment}.pem"
