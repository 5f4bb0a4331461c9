"""The process that judges: `python -m`, asked on its input and answering on its output.

A frame is its length in four bytes and a message in msgpack. The first frame says that it is ready.
"""

import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import BinaryIO, TypeAlias

import msgspec

from services.credentials.contract import Check
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import Findings, StatusList, examine, read_list
from services.credentials.repository.wheel import load_contexts
from services.kit.errors import ServiceError
from services.kit.records import Json, Record

HEAD_BYTES = 4


class Known(Record):
    """What `Findings` hold besides contexts, which this process has, and status lists."""

    now: datetime
    documents: Mapping[str, Json] = {}
    unresolved: Mapping[str, Unresolved] = {}
    own: frozenset[str] = frozenset()


class Examine(Record, tag="examine"):
    """Asks for the checks of a credential that need no status list."""

    presented: Presented
    known: Known


class ReadList(Record, tag="list"):
    """Asks for what a status list says, if it holds."""

    value: Json
    address: str
    known: Known


class Examined(Record, tag="examined"):
    """Answers with checks."""

    checks: tuple[Check, ...]


class Listed(Record, tag="listed"):
    """Answers with a status list."""

    found: StatusList


class Refused(Record, tag="refused"):
    """Answers why a status list does not hold."""

    message: str


Asked: TypeAlias = Examine | ReadList
Answer: TypeAlias = Examined | Listed | Refused

ENCODER = msgspec.msgpack.Encoder()
ANSWERS: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
_ASKED: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)


def head(frame: bytes) -> bytes:
    """Return what stands before a frame."""
    return len(frame).to_bytes(HEAD_BYTES)


def size_of(head: bytes) -> int:
    """Return how long the frame is that follows."""
    return int.from_bytes(head)


def answer(asked: Asked, contexts: Contexts) -> Answer:
    """Return the answer to one message."""
    known = asked.known
    findings = Findings(
        now=known.now,
        contexts=contexts,
        documents={**known.documents, **known.unresolved},
        own=known.own,
    )
    if isinstance(asked, Examine):
        return Examined(checks=examine(asked.presented, findings))
    try:
        return Listed(found=read_list(asked.value, asked.address, findings))
    except ServiceError as error:
        return Refused(message=error.message)


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    contexts, write = load_contexts(), partial(_write, answers)
    write(b"")
    while begin := asked.read(HEAD_BYTES):
        message = _ASKED.decode(asked.read(size_of(begin)))
        write(ENCODER.encode(answer(message, contexts)))


def _write(answers: BinaryIO, frame: bytes) -> None:
    answers.write(head(frame) + frame)
    answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
