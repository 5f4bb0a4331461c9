"""A learning event as the log holds it: what a phone sent, in canonical bytes."""

import hashlib
from datetime import datetime

import msgspec
import rfc8785

from services.kit.clock import to_millis, to_rfc3339
from services.kit.errors import Code
from services.kit.records import Json, Record

SERVER_DEVICE = "00000000-0000-0000-0000-000000000000"
"""The device of events that the server makes (RFC 9562, 5.9: the nil UUID)."""


DAY_MS = 86_400_000


class Refusal(Record):
    """Why one event is refused for good, and what could be read of it."""

    id: str | None = None
    device: str | None = None
    seq: int | None = None
    code: Code = Code.INVALID
    message: str


class Event(Record):
    """One learning event as its phone made it; times are milliseconds since 1970."""

    id: str
    type: str
    device: str
    seq: int
    at: int
    offset: int | None = None
    """Estimate of server time minus phone time, in milliseconds; None if never measured."""
    tz: int | None = None
    """Local time minus UTC, in minutes; None where the phone did not say."""
    version: str | None = None
    """Hash of the course version, hex."""
    lesson: str | None = None
    block: str | None = None
    question: str | None = None
    card: str | None = None
    body: Json
    canonical: bytes
    """RFC 8785 bytes of the whole event."""

    @property
    def day(self) -> int:
        """The UTC day of `at`, in days since 1970."""
        return self.at // DAY_MS

    @property
    def hash(self) -> bytes:
        """SHA-256 of the canonical bytes."""
        return hashlib.sha256(self.canonical).digest()


def server_event(
    event_id: str,
    event_type: str,
    *,
    at: datetime,
    tz: int | None = None,
    version: str | None = None,
    body: Json | None = None,
) -> Event:
    """Return an event that the server makes itself; `tz` where its study day matters."""
    raw: dict[str, Json] = {
        "id": event_id,
        "type": event_type,
        "v": 1,
        "device": SERVER_DEVICE,
        "seq": 0,
        "at": to_rfc3339(at),
        "offset": 0,
        "ref": {"version": version} if version else {},
        "body": body or {},
    }
    if tz is not None:
        raw["tz"] = tz
    return restore(rfc8785.dumps(raw))


def restore(canonical: bytes) -> Event:
    """Return a stored event from its canonical bytes; they were checked when they came."""
    raw = msgspec.json.decode(canonical)
    ref = raw.get("ref") or {}
    return Event(
        id=raw["id"].lower(),
        type=raw["type"],
        device=raw["device"].lower(),
        seq=int(raw["seq"]),
        at=to_millis(datetime.fromisoformat(raw["at"])),
        offset=None if raw.get("offset") is None else int(raw["offset"]),
        tz=None if raw.get("tz") is None else int(raw["tz"]),
        version=ref.get("version"),
        lesson=ref.get("lesson"),
        block=ref.get("block"),
        question=ref.get("question"),
        card=ref.get("card"),
        body=raw.get("body") or {},
        canonical=canonical,
    )
