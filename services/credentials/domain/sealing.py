"""Secrets at rest: sealing of private keys."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.kit.errors import Invalid

NONCE_BYTES = 12


def seal(secret: bytes, *, key: bytes, nonce: bytes, owner: str) -> bytes:
    """Return a secret sealed for its owner (AES-256-GCM): nonce, then ciphertext and tag."""
    return nonce + AESGCM(key).encrypt(nonce, secret, owner.encode())


def unseal(sealed: bytes, *, key: bytes, owner: str) -> bytes:
    """Return a sealed secret; Invalid under another key or owner."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode())
    except InvalidTag as error:
        raise Invalid(
            f"The signing key of {owner} does not open:"
            " MORSEL_SEALING_KEY is not the one it was sealed with."
        ) from error
