"""The program of a worker process: encodes one picture after the other until its input ends.

It starts with an empty environment and may have little: memory and processor time are limited, and
no file can be written. What it says on standard output are frames of `services.content.media.jobs`.
"""

import os
import resource
import sys
from typing import BinaryIO

import msgspec

from services.content.media.jobs import LENGTH_BYTES, Done, Job, Refused, frame
from services.content.media.pictures import encode
from services.kit.errors import Code, ServiceError

NICENESS = 5
"""Requests come before pictures."""


def main(megabytes: int, seconds: int) -> None:
    """Answer jobs from standard input, each within that much memory and processor time."""
    confine(megabytes)
    while data := _read(sys.stdin.buffer):
        _allow(seconds)
        job = msgspec.msgpack.decode(data, type=Job)
        answer = msgspec.msgpack.encode(carry_out(job))
        sys.stdout.buffer.write(frame(answer))
        sys.stdout.buffer.flush()


def confine(megabytes: int) -> None:
    """Take away what decoding a picture does not need."""
    memory = megabytes << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def carry_out(job: Job) -> Done | Refused:
    """Return what became of a picture."""
    try:
        stored, renditions = encode(job.data, name=job.name)
    except ServiceError as error:
        return Refused(code=error.code, message=error.message, path=error.path)
    except MemoryError:
        message = f"{job.name}: the picture needs more memory than one may: make it smaller."
        return Refused(code=Code.LIMIT_REACHED, message=message, path=(job.name,))
    return Done(stored=stored, renditions=renditions)


def _allow(seconds: int) -> None:
    """Let the process compute for that much longer; the kernel ends it where nobody else can."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _read(source: BinaryIO) -> bytes:
    """Return the next frame's bytes; none when the input ends."""
    return source.read(int.from_bytes(source.read(LENGTH_BYTES)))


if __name__ == "__main__":
    main(megabytes=int(sys.argv[1]), seconds=int(sys.argv[2]))
