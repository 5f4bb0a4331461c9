"""Signing as a seam: who holds a key signs bytes; in memory here, PKCS#11 or a KMS elsewhere."""

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


class Signer(Protocol):
    """A private key that never leaves its holder."""

    @property
    def method_id(self) -> str:
        """Return the verification method: a DID URL such as did:web:example.org#key-1."""

    @property
    def public_key(self) -> bytes:
        """Return the raw Ed25519 public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of a message, 64 bytes."""


class SeedSigner:
    """A Signer whose key is in this process's memory."""

    def __init__(self, seed: bytes, *, method_id: str) -> None:
        """Keep the key of a 32-byte seed, and the DID URL that publishes its public half."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._method_id = method_id

    @property
    def method_id(self) -> str:
        """Return the DID URL of the key."""
        return self._method_id

    @property
    def public_key(self) -> bytes:
        """Return the raw public key."""
        return public_key(self._key)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        return self._key.sign(message)


def public_key(key: Ed25519PrivateKey) -> bytes:
    """Return the raw public half of a private key."""
    return key.public_key().public_bytes_raw()


def public_key_of(seed: bytes) -> bytes:
    """Return the raw public key that belongs to a 32-byte seed."""
    return public_key(Ed25519PrivateKey.from_private_bytes(seed))


def is_signed(message: bytes, *, signature: bytes, key: bytes) -> bool:
    """Return whether a message was signed with the private half of a raw Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):  # a ValueError is a key of another length
        return False
    return True


def is_signed_p256(message: bytes, *, signature: bytes, key: bytes) -> bool:
    """Return whether a message was signed (r and s, 32 bytes each) with a point of P-256."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
        point.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):  # a ValueError is no point of the curve
        return False
    return True
