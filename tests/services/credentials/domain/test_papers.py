"""Papers: other programs' PDFs give up what is attached to them, and hostile ones cost nothing."""

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from services.credentials.domain.papers import attached
from services.kit.errors import Invalid

BADGE = '{"name": "Ñandú ]]> سلامة"}'
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6MX0.c2ln-_"


def paper(*files: bytes) -> bytes:
    """Return a PDF as another program writes it, with files attached."""
    writer = PdfWriter()
    writer.add_blank_page(width=72, height=72)
    for number, file in enumerate(files):
        writer.add_attachment(f"{number}.json", file)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def stream(data: bytes, *, filter: bytes = b"/FlateDecode") -> bytes:
    """Return a PDF of one attached file, written by hand."""
    head = b"<</Type/EmbeddedFile/Filter" + filter + b"/Length %d>>" % len(data)
    return b"%PDF-1.7\n1 0 obj\n" + head + b"\nstream\n" + data + b"\nendstream\nendobj\n%%EOF"


@pytest.mark.parametrize(
    "file",
    [
        paper(BADGE.encode()),
        paper(b"<invoice/>", BADGE.encode(), b"\x89PNG"),
        paper(BADGE.encode(), BADGE.encode()),
        stream(zlib.compress(BADGE.encode())),
        stream(zlib.compress(BADGE.encode()), filter=b" [ /FlateDecode ]"),
    ],
    ids=["one", "among others", "twice", "packed", "in a list"],
)
def test_an_attached_badge_is_found(file: bytes) -> None:
    """Guards against certificates of other issuers that are called empty."""
    assert attached(file) == BADGE


def test_a_token_is_found() -> None:
    """Guards against a certificate whose credential is a JWT."""
    assert attached(paper(TOKEN.encode() + b"\n")) == TOKEN


@pytest.mark.parametrize(
    "file,words",
    [
        (b"%PDF-1.7\n%%EOF", "no badge attached"),
        (paper(), "no badge attached"),
        (paper(b"words"), "no badge attached"),
        (paper(BADGE.encode(), TOKEN.encode()), "more than one"),
        (paper(b'{"name": "\xff"}'), "UTF-8"),
        (stream(zlib.compress(b"{" + bytes(10_000_000))), "larger than 512 KiB"),
        (stream(b"no zip"), "no badge attached"),
        (stream(BADGE.encode().hex().encode(), filter=b"/ASCIIHexDecode"), "no badge attached"),
        (stream(b"{}")[:-40], "no badge attached"),
        (b"%PDF-1.7" + b"/EmbeddedFile" * 500_000, "no badge attached"),
        (b"%PDF-1.7" + b"<<obj" * 1_000_000, "no badge attached"),
        (bytes(9_000_000), "larger than 8 MiB"),
    ],
    ids=[
        *("empty", "nothing attached", "words attached", "two", "no UTF-8", "zip bomb"),
        *("no zip", "packed in a rare way", "cut off", "many marks", "many objects", "huge"),
    ],
)
def test_what_has_no_badge_is_told(file: bytes, words: str) -> None:
    """Guards against a server that hangs on, or falls over, a paper."""
    with pytest.raises(Invalid, match=words):
        attached(file)


@given(at=st.integers(0, 200), put=st.binary(max_size=9))
def test_no_change_of_a_paper_ends_in_anything_but_words(at: int, put: bytes) -> None:
    """Guards against an IndexError for a paper that somebody cut."""
    file = bytearray(stream(zlib.compress(BADGE.encode())))
    file[at : at + 3] = put
    try:
        assert isinstance(attached(bytes(file)), str)
    except Invalid:
        return
