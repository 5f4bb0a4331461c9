"""Public keys as text: base58btc, Multikey (W3C Controlled Identifiers 1.0, 2.2.2) and JWK."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
)

from services.kit.errors import Invalid
from services.kit.records import Json

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""The digits of base58btc: no 0, O, I or l."""
ED25519 = b"\xed\x01"
"""Multicodec prefix of an Ed25519 public key."""
P256 = b"\x80\x24"
"""Multicodec prefix of a compressed P-256 public key."""
MAX_DIGITS = 256
"""Longest base58 text that is read; decoding takes time quadratic in the length."""

_VALUES = {digit: value for value, digit in enumerate(ALPHABET)}
_KEY_BYTES = {ED25519: 32, P256: 33}


def base58_encode(raw: bytes) -> str:
    """Return bytes in base58btc; each leading zero byte becomes a `1`."""
    number, digits = int.from_bytes(raw), ""
    while number:
        number, rest = divmod(number, 58)
        digits = ALPHABET[rest] + digits
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + digits


def base58_decode(text: str) -> bytes:
    """Return the bytes of a base58btc text; Invalid for others and for more than MAX_DIGITS."""
    if len(text) > MAX_DIGITS or any(digit not in _VALUES for digit in text):
        raise Invalid(f"{text[:20]!r} is not base58btc of at most {MAX_DIGITS} characters.")
    number = 0
    for digit in text:
        number = number * 58 + _VALUES[digit]
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def multibase_encode(raw: bytes) -> str:
    """Return bytes as multibase base58btc: `z` and the digits."""
    return "z" + base58_encode(raw)


def multibase_decode(text: str) -> bytes:
    """Return the bytes of a multibase base58btc text; Invalid for another base."""
    if not text.startswith("z"):
        raise Invalid(f"{text[:20]!r} does not start with z, the mark of base58btc.")
    return base58_decode(text[1:])


def encode_ed25519(public_key: bytes) -> str:
    """Return the Multikey of a raw Ed25519 public key: `z6Mk...`."""
    return multibase_encode(ED25519 + public_key)


def to_jwk(text: str) -> dict[str, Json]:
    """Return the JWK of an Ed25519 or P-256 Multikey; Invalid for any other text."""
    codec, key = _decode(text)
    if codec == ED25519:
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key)}
    try:
        numbers = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key).public_numbers()
    except ValueError as error:
        raise Invalid(f"{text[:20]!r} is no point of the curve P-256.") from error
    x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
    return {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}


def base64url(raw: bytes) -> str:
    """Return bytes in base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def base64url_decode(text: Json) -> bytes:
    """Return the bytes of base64url with or without padding; Invalid for anything else."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, TypeError, ValueError) as error:
        raise Invalid(f"{str(text)[:20]!r} is not base64url.") from error


def _decode(text: str) -> tuple[bytes, bytes]:
    """Return the codec and the key of a Multikey."""
    raw = multibase_decode(text)
    codec, key = raw[:2], raw[2:]
    if _KEY_BYTES.get(codec) != len(key):
        raise Invalid(f"{text[:20]!r} is neither an Ed25519 nor a P-256 Multikey.")
    return codec, key
