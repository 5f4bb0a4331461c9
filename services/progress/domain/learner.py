"""The fold of what concerns the learner as a whole.

Profile, devices, credentials, whether the log is closed, and what is the learner's own.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from services.content.contract import VersionFacts
from services.kit.records import Json, Record
from services.progress.domain.event import SERVER_DEVICE, Event
from services.progress.domain.personal import PersonalState, fold_personal
from services.progress.domain.seqs import Ranges, add
from services.progress.domain.stored import Place, Stored

DIGEST_BYTES = 16
CREDENTIAL_TYPES = frozenset(
    f"credential.{what}" for what in ("issued", "revoked", "suspended", "reinstated", "refreshed")
)
"""Each tells all of a credential; of two, the one with the higher `revision` counts."""


class Device(Record):
    """What has arrived of one device."""

    digest: bytes = bytes(DIGEST_BYTES)
    """Sum modulo 2^128 of the first 16 bytes (big-endian) of the hashes of its stored events."""
    seqs: Ranges = ()
    """Sequence numbers received; refused ones count."""


class ProfileState(Record):
    """The last profile.set of the log."""

    place: Place
    values: Mapping[str, Json]


class LearnerState(Record):
    """What the log says of the learner."""

    registered: int | None = None
    """Server time of the first document, ms."""
    profile: ProfileState | None = None
    devices: Mapping[str, Device] = {}
    credentials: Mapping[str, Json] = {}
    """Credential id to the body of its latest event, by revision."""
    closed_to: str | None = None
    """The account that a claimed guest's log was moved into."""
    erased: bool = False
    """Closed for good, with nothing left of it."""
    own: PersonalState = PersonalState()


def fold_learner(
    state: LearnerState,
    events: Sequence[Stored],
    versions: Mapping[str, VersionFacts],
    *,
    refused: Iterable[tuple[str, int]] = (),
    history: Iterable[Stored] = (),
) -> LearnerState:
    """Return the state with documents of the log taken in.

    Each document exactly once, for the digest adds up. `history`, where `needs_history`, holds all
    events of the learner.
    """
    devices = _arrived(state.devices, [stored.event for stored in events], refused)
    for stored in events:
        state = _applied(state, stored)
    own = fold_personal(state.own, events, versions, history=history)
    return replace(state, devices=devices, own=own)


def _told(state: LearnerState, body: Json) -> LearnerState:
    """Return the state with what was told of a credential, unless something later was known."""
    known = state.credentials.get(body["credentialId"])
    if known is not None and body.get("revision", 0) < known.get("revision", 0):
        return state
    return replace(state, credentials={**state.credentials, body["credentialId"]: body})


def digest_of(events: Iterable[Event], *, start: bytes = bytes(DIGEST_BYTES)) -> bytes:
    """Return the order-free digest of events, on top of one that others gave."""
    total = int.from_bytes(start)
    for event in events:
        total += int.from_bytes(event.hash[:DIGEST_BYTES])
    return (total % (1 << 8 * DIGEST_BYTES)).to_bytes(DIGEST_BYTES)


def _arrived(
    devices: Mapping[str, Device], events: Iterable[Event], refused: Iterable[tuple[str, int]]
) -> dict[str, Device]:
    """Return the devices with what came from them; each one's numbers are taken in at once."""
    sent: dict[str, list[Event]] = {}
    seqs: dict[str, list[int]] = {}
    for event in events:
        if event.device != SERVER_DEVICE:
            sent.setdefault(event.device, []).append(event)
            seqs.setdefault(event.device, []).append(event.seq)
    for device, seq in refused:
        seqs.setdefault(device, []).append(seq)
    after = dict(devices)
    for device, numbers in seqs.items():
        known = after.get(device, Device())
        digest = digest_of(sent.get(device, ()), start=known.digest)
        after[device] = Device(digest=digest, seqs=add(known.seqs, numbers))
    return after


def _applied(state: LearnerState, stored: Stored) -> LearnerState:
    body = stored.event.body
    match stored.event.type:
        case "profile.set":
            if state.profile is None or stored.place > state.profile.place:
                return replace(state, profile=ProfileState(place=stored.place, values=body))
        case name if name in CREDENTIAL_TYPES:
            return _told(state, body)
        case "log.closed" if "to" in body:
            return replace(state, closed_to=state.closed_to or body["to"])
        case "log.closed":
            return replace(state, erased=True)
    return state
