"""Secrets at rest and in addresses: sealing of private keys, and signatures of capability URLs."""

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.credentials.domain.multikey import base64url
from services.kit.errors import Invalid

NONCE_BYTES = 12
MAX_DIGITS = 12
"""Of an expiry: enough for thirty thousand years."""


def derive(master: bytes, label: str) -> bytes:
    """Return a 32-byte key for one use, made from the master key (HKDF-SHA256)."""
    return HKDF(SHA256(), length=32, salt=None, info=label.encode()).derive(master)


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


def sign_path(path: str, *, expires: int, key: bytes) -> str:
    """Return the signature that makes a path readable until `expires`, in Unix seconds."""
    return base64url(hmac.digest(key, f"{expires}\0{path}".encode(), "sha256"))


def opens_path(path: str, *, expires: str, signature: str, key: bytes, now: int) -> bool:
    """Return whether a capability's two parameters, as they came, open a path now."""
    if not (expires.isascii() and expires.isdigit() and len(expires) <= MAX_DIGITS):
        return False
    expected = sign_path(path, expires=int(expires), key=key)
    return hmac.compare_digest(expected.encode(), signature.encode()) and now < int(expires)
