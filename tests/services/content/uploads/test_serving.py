"""Recordings and films as players fetch them: in parts, for ever, and never whole in memory."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.endpoints.immutable import Part, read_range
from tests.support.recordings import mp4

DATA = mp4()
ADDRESS = f"/media/{hashlib.sha256(DATA).hexdigest()}.mp4"


@given(length=st.integers(0, 50), first=st.integers(0, 60), last=st.integers(0, 60))
def test_ranges_are_as_slices(length: int, first: int, last: int) -> None:
    """Breaks when a part begins or ends a byte off, at any border."""
    data = bytes(range(length))
    for asked, wanted in [
        (f"bytes={first}-{last}", data[first : last + 1]),
        (f"bytes={first}-", data[first:]),
        (f"bytes=-{last}", data[max(0, length - last) :] if last else b""),
    ]:
        part = read_range(asked, length=length)
        if first > last and asked == f"bytes={first}-{last}":
            assert part is None
        else:
            assert part is not None
            assert data[part.first : part.first + part.size] == wanted
            assert part.size == len(wanted)


@given(st.text(max_size=30))
def test_any_other_header_means_all_of_it(text: str) -> None:
    """Breaks when a strange Range header is an error instead of being ignored."""
    part = read_range(text, length=10)
    assert part is None or isinstance(part, Part)
    assert read_range(f"x{text}", length=10) is None


async def test_a_film_is_fetched_in_parts(client: Any) -> None:
    """Breaks when a player cannot seek, or gets other bytes than it asked for."""
    await client.send(DATA, "video/mp4")
    for asked, status, body in [
        ("bytes=0-0", 206, DATA[:1]),
        ("bytes=261119-261121", 206, DATA[261_119:261_122]),
        ("bytes=-7", 206, DATA[-7:]),
        (f"bytes=1000000-{10**9}", 206, DATA[1_000_000:]),
        ("bytes=0-1,5-9", 200, DATA),
        (f"bytes={len(DATA)}-", 416, b""),
        ("bytes=-0", 416, b""),
    ]:
        got = await client.get(ADDRESS, range=asked)
        assert (got[0], got[2] == body) == (status, True), asked
        assert got[1]["content-length"] == str(len(body))
    assert got[1]["content-range"] == f"bytes */{len(DATA)}"
    assert "cache-control" not in got[1]


async def test_a_film_is_cached_for_ever(client: Any) -> None:
    """Breaks when a phone downloads a film twice, or mixes parts of two."""
    await client.send(DATA, "video/mp4")
    _, headers, _ = await client.get(ADDRESS)
    etag = headers["etag"]

    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await client.get(ADDRESS, if_none_match=etag))[0] == 304
    assert (await client.get(ADDRESS, if_range=etag, range="bytes=0-9"))[0] == 206
    assert (await client.get(ADDRESS, if_range='"other"', range="bytes=0-9"))[0] == 200
    async with client.session.head(ADDRESS) as response:
        assert (response.status, response.headers["content-length"]) == (200, str(len(DATA)))


@pytest.mark.parametrize("name", [f"{'0' * 64}.mp4", "x.mp4", f"{'0' * 64}.exe", f"{'0' * 64}"])
async def test_what_is_not_there_is_said_in_words(client: Any, name: str) -> None:
    """Breaks when a missing file is an error of the server."""
    status, _, body = await client.get(f"/media/{name}")
    assert (status, b"error" in body) == (404, True)


async def test_a_recording_is_not_served_as_a_film(client: Any) -> None:
    """Breaks when an extension in the address decides what a file is."""
    recording = mp4(b"M4A ")
    await client.send(recording, "audio/mp4")
    address = f"/media/{hashlib.sha256(recording).hexdigest()}"
    assert (await client.get(f"{address}.m4a"))[0] == 200
    assert (await client.get(f"{address}.mp4"))[0] == 404
