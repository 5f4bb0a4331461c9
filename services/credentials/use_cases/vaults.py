"""Where private keys are: sealed in the account itself, or in a folder that this process is given.

Which of the two a new key goes to is a setting; a key that is there says itself where it is, so a
deployment can change from one to the other by rotating.
"""

from typing import Protocol

from services.credentials.domain import sealing
from services.credentials.domain.keys import method_id
from services.credentials.domain.records import IssuerAccount, KeyUse, SigningKey
from services.credentials.domain.signing import SeedSigner, Signer, public_key_of
from services.credentials.use_cases.means import Means
from services.kit.errors import Unavailable

SEED_BYTES = 32


class KeyFiles(Protocol):
    """Private keys in files, which somebody else puts there."""

    def public(self, organisation: str, fragment: str) -> bytes:
        """Return the public half of a key; Unavailable names the file when it cannot be read."""

    def signer(self, organisation: str, key: SigningKey, *, method: str) -> Signer:
        """Return the signer of a key; Unavailable when its file is away or holds another."""


class Vault:
    """Makes keys, and gives their signers."""

    def __init__(self, sealing_key: bytes, means: Means, files: KeyFiles | None = None) -> None:
        """Keep what seals keys, and the folder of keys, if they are to be in files."""
        self._sealing_key = sealing_key
        self._means = means
        self._files = files

    def make(self, did: str, organisation: str, *, fragment: str, use: KeyUse) -> SigningKey:
        """Return a new key, sealed for its issuer; with files, the one that was put there."""
        if self._files is not None:
            public = self._files.public(organisation, fragment)
            return SigningKey(fragment=fragment, public=public, uses=(use,))
        seed = self._means.random(SEED_BYTES)
        nonce = self._means.random(sealing.NONCE_BYTES)
        sealed = sealing.seal(seed, key=self._sealing_key, nonce=nonce, owner=did)
        return SigningKey(fragment=fragment, public=public_key_of(seed), sealed=sealed, uses=(use,))

    def signer(self, account: IssuerAccount, key: SigningKey) -> Signer:
        """Return the signer of a key; Invalid when it was sealed with another sealing key.

        Unavailable when it is in a file that is not here.
        """
        method = method_id(account, key)
        if key.sealed:
            seed = sealing.unseal(key.sealed, key=self._sealing_key, owner=account.did)
            return SeedSigner(seed, method_id=method)
        if self._files is None:
            raise Unavailable(
                f"The key {method} is in a file: MORSEL_SIGNING_KEYS has to name its folder."
            )
        return self._files.signer(account.organisation, key, method=method)
