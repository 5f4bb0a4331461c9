"""The cursor of a learner's change feed.

Opaque to phones, signed, good for one learner and one epoch.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

import msgspec

from services.kit.records import Record

SIGNATURE_BYTES = 12
END = "~"
"""After every kind: the cursor has all of its n."""


class Cursor(Record, array_like=True):
    """After which change a phone has everything: log number, then kind and id within it."""

    epoch: str
    n: int
    kind: str = END
    id: str = END
    sure: int = 0
    """Up to which number nothing lacks that is gone: of a page within a snapshot, its head."""

    @property
    def heard(self) -> int:
        """Up to which number the phone knows of everything that is gone."""
        return max(self.sure, self.n if self.kind == END else 0)

    @property
    def place(self) -> tuple[int, str, str]:
        """The position in the feed, to compare with a change's (version, kind, id)."""
        return (self.n, self.kind, self.id)


def seal(cursor: Cursor, *, learner_id: str, key: bytes) -> str:
    """Return the cursor as text, signed for that learner."""
    body = msgspec.msgpack.encode(cursor)
    return urlsafe_b64encode(_sign(body, learner_id, key) + body).rstrip(b"=").decode()


def unseal(text: str, *, learner_id: str, key: bytes) -> Cursor | None:
    """Return what a text holds, or None where it is not a cursor of that learner."""
    try:
        raw = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _sign(body, learner_id, key)):
            return None
        return msgspec.msgpack.decode(body, type=Cursor)
    except (Base64Error, ValueError):
        return None


def _sign(body: bytes, learner_id: str, key: bytes) -> bytes:
    return hmac.digest(key, learner_id.encode() + b"\0" + body, "sha256")[:SIGNATURE_BYTES]
