"""Worker processes: what happens in them stays in them, whatever a picture does there."""

import asyncio
import io
import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.content.media.encoders import MAX_WAITING, Encoders
from services.kit.errors import Invalid, LimitReached, Unavailable
from tests.services.content.samples import picture, zipped

PDF = picture(kind="JPEG")[:2] + b"\xff\xfe\x00\x0a%PDF-1.4" + picture(kind="JPEG")[2:]
"""A JPEG whose comment makes it a PDF."""


@pytest.fixture(scope="module")
async def encoders() -> AsyncIterator[Encoders]:
    """A pool of one process."""
    pool = Encoders(workers=1, megabytes=768, seconds=30)
    yield pool
    await pool.close()


def children() -> dict[int, str]:
    """Return the worker processes of this one with their states, as the kernel tells them."""
    found = {}
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread or a process that ends meanwhile
            for child in (task / "children").read_text().split():
                if b"services.content.media.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                    state = Path(f"/proc/{child}/stat").read_text().rpartition(") ")[2][0]
                    found[int(child)] = state
    return found


def told(process: int, what: str) -> str:
    """Return what the kernel tells of a process."""
    return Path(f"/proc/{process}/{what}").read_text()


async def begun(encoders: Encoders, data: bytes) -> tuple["asyncio.Task[Any]", int]:
    """Return the encoding of a picture that has begun, and the process that does it."""
    await encoders.encode(picture(), name="first.png")  # the process is there, and idle
    before = children()
    (worker,) = [encoder.pid for encoder in encoders._idle]
    assert worker in before
    return asyncio.create_task(encoders.encode(data, name="x.png")), worker


async def test_a_process_that_is_killed_costs_a_retry(encoders: Encoders) -> None:
    """Breaks when a crash in a decoder reaches the service, or spoils the next picture."""
    data = picture(4000, 4000)
    encoding, worker = await begun(encoders, data)
    await asyncio.sleep(0.05)
    os.kill(worker, signal.SIGKILL)

    with pytest.raises(Unavailable, match="try again"):
        await encoding

    stored, _ = await encoders.encode(data, name="x.png")
    assert stored.width == 4000
    assert worker not in children()


async def test_a_process_that_hangs_is_replaced() -> None:
    """Breaks when one picture that never ends holds up all that come after it."""
    encoders = Encoders(workers=1, megabytes=768, seconds=30)
    encoding, worker = await begun(encoders, picture())
    encoders._seconds = 1  # the encoding has not had its turn yet
    os.kill(worker, signal.SIGSTOP)

    with pytest.raises(LimitReached, match="takes too long"):
        await encoding

    assert worker not in children()
    encoders._seconds = 30
    await encoders.encode(picture(), name="x.png")
    await encoders.close()
    assert encoders._idle == []


async def test_a_process_that_died_while_idle_is_not_asked(encoders: Encoders) -> None:
    """Breaks when the kernel takes an idle worker's memory and the next picture pays for it."""
    await encoders.encode(picture(), name="first.png")
    (worker,) = encoders._idle
    worker.kill()
    await worker.wait()

    await encoders.encode(picture(), name="x.png")


async def test_a_process_may_have_little(encoders: Encoders) -> None:
    """Breaks when a worker could write files, see secrets of the service, or take all memory."""
    await encoders.encode(picture(), name="x.png")
    (worker,) = [each.pid for each in encoders._idle]
    limits, environment = told(worker, "limits"), told(worker, "environ")

    assert environment == ""
    assert [
        line.split()[3] for line in limits.splitlines() if line.startswith("Max address space")
    ] == [str(768 << 20)]
    assert [
        line.split()[3] for line in limits.splitlines() if line.startswith("Max file size")
    ] == ["0"]


async def test_a_picture_that_needs_too_much_memory_is_refused() -> None:
    """Breaks when the limit ends the process, so that the same picture is tried for ever."""
    encoders = Encoders(workers=1, megabytes=256, seconds=30)
    with pytest.raises(LimitReached, match="more memory"):
        await encoders.encode(picture(6000, 6000, mode="RGBA"), name="x.png")
    await encoders.close()


async def test_who_comes_when_too_many_wait_is_asked_to_come_again(encoders: Encoders) -> None:
    """Breaks when a flood of pictures piles up in memory."""
    results = await asyncio.gather(
        *(encoders.encode(picture(), name="x.png") for _ in range(MAX_WAITING + 2)),
        return_exceptions=True,
    )
    late = [each for each in results if isinstance(each, Unavailable)]
    assert len(late) == 1
    assert "in a minute" in late[0].message


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int = 50_000) -> bytes:
    """Return a PNG of a few hundred bytes that says it is enormous."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", rows)
        + _chunk(b"IEND", b"")
    )


def zipped_text() -> bytes:
    """Return a PNG whose text chunk unpacks to a hundred megabytes."""
    whole = picture()
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100 << 20)))
    return whole[:33] + text + whole[33:]


def huge_canvas() -> bytes:
    """Return a small GIF that says it is shown on an enormous canvas."""
    whole = picture(kind="GIF")
    return whole[:6] + struct.pack("<HH", 65535, 65535) + whole[10:]


def animation(kind: str) -> bytes:
    """Return an animation of 30 frames."""
    frames = [Image.new("RGB", (90, 90), (8 * n, 0, 0)) for n in range(30)]
    buffer = io.BytesIO()
    frames[0].save(buffer, format=kind, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data,error,words",
    [
        (bomb(), LimitReached, "at most 40 million pixels"),
        (bomb(2**31 - 1), LimitReached, "at most 40 million pixels"),
        (zipped_text(), Invalid, "no picture that can be read"),
        (huge_canvas(), LimitReached, "at most 40 million pixels"),
        (picture(500, 500, kind="JPEG")[:-900], Invalid, "no picture that can be read"),
        (picture(500, 500)[:-200], Invalid, "no picture that can be read"),
        (b"<svg xmlns='x'><script>alert(1)</script></svg>", Invalid, "SVG can hold scripts"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg onload='x'/>", Invalid, "SVG can hold scripts"),
        (b"GIF89a=1;alert(1)//", Invalid, "no picture that can be read"),
        (picture() + zipped({"a.class": b"x"}), Invalid, "a picture and a zip archive in one"),
        (
            picture(kind="JPEG")[:2] + b"\xff\xfe\x00\x0a%PDF-1.4" + picture(kind="JPEG")[2:],
            Invalid,
            "a picture and a PDF in one",
        ),
    ],
    ids=["bomb", "largest", "text", "canvas", "half", "cut", "svg", "xml", "js", "zip", "pdf"],
)
async def test_hostile_pictures_are_refused_with_words(
    encoders: Encoders, data: bytes, error: type[Exception], words: str
) -> None:
    """Breaks when a bomb, a truncated file or a script is decoded, or takes the worker with it."""
    with pytest.raises(error, match=words):
        await encoders.encode(data, name="x")
    await encoders.encode(picture(), name="next.png")


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
async def test_of_an_animation_the_first_frame_is_shown(encoders: Encoders, kind: str) -> None:
    """Breaks when all frames of an animation are decoded: a small file can hold thousands."""
    stored, renditions = await encoders.encode(animation(kind), name="x")
    assert (stored.width, stored.widths) == (90, (90,))
    assert not any(
        getattr(Image.open(io.BytesIO(r.data)), "is_animated", False) for r in renditions
    )


@pytest.mark.parametrize(
    "data",
    [
        picture() + b"PK\x03\x04evil<script>evil</script>",
        picture(kind="GIF").replace(b"GIF89a", b"GIF87a") + b"*/=1;evil()",
        picture(kind="JPEG")[:2]
        + b"\xff\xfe\x00\x1c<script>evil()</script>**"
        + picture(kind="JPEG")[2:],
    ],
    ids=["zip behind", "script behind", "script inside"],
)
async def test_of_a_polyglot_pixels_alone_come_out(encoders: Encoders, data: bytes) -> None:
    """Breaks when a file that is a picture and something else is served as that something else."""
    _, renditions = await encoders.encode(data, name="x")
    assert not any(b"evil" in rendition.data for rendition in renditions)


def test_a_worker_ends_with_its_service() -> None:
    """Breaks when a killed service leaves processes behind."""
    program = (
        "import asyncio, os, signal\n"
        "from services.content.media.encoders import Encoders\n"
        "async def main():\n"
        "    worker = await Encoders(workers=1, megabytes=768, seconds=9)._start()\n"
        "    print(worker.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    worker = int(done.stdout)
    for _ in range(500):
        if (
            not Path(f"/proc/{worker}").exists()
            or "worker" not in Path(f"/proc/{worker}/cmdline").read_text()
        ):
            return
        time.sleep(0.02)
    pytest.fail("the worker lives on")
