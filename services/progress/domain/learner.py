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
    """Credential id to the body of its latest event."""
    closed_to: str | None = None
    """The account that a claimed guest's log was moved into."""
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
    devices = dict(state.devices)
    for device, seq in refused:
        known = devices.get(device, Device())
        devices[device] = replace(known, seqs=add(known.seqs, (seq,)))
    for stored in events:
        if stored.event.device != SERVER_DEVICE:
            devices[stored.event.device] = _arrived(
                devices.get(stored.event.device, Device()), stored
            )
        state = _applied(state, stored)
    own = fold_personal(state.own, events, versions, history=history)
    return replace(state, devices=devices, own=own)


def digest_of(events: Iterable[Event], *, start: bytes = bytes(DIGEST_BYTES)) -> bytes:
    """Return the order-free digest of events, on top of one that others gave."""
    total = int.from_bytes(start)
    for event in events:
        total += int.from_bytes(event.hash[:DIGEST_BYTES])
    return (total % (1 << 8 * DIGEST_BYTES)).to_bytes(DIGEST_BYTES)


def _arrived(device: Device, stored: Stored) -> Device:
    return Device(
        digest=digest_of((stored.event,), start=device.digest),
        seqs=add(device.seqs, (stored.event.seq,)),
    )


def _applied(state: LearnerState, stored: Stored) -> LearnerState:
    body = stored.event.body
    match stored.event.type:
        case "profile.set":
            if state.profile is None or stored.place > state.profile.place:
                return replace(state, profile=ProfileState(place=stored.place, values=body))
        case "credential.issued":
            return replace(state, credentials={**state.credentials, body["credentialId"]: body})
        case "log.closed":
            return replace(state, closed_to=state.closed_to or body["to"])
    return state
