"""Baking: other programs find the credential, the picture stays, nothing hostile gets through."""

import io
import zlib
from typing import Any

import msgspec
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from services.credentials.domain.baking import (
    MAX_TEXT_BYTES,
    bake,
    chunks,
    make_chunk,
    unbake,
)
from services.kit.errors import Invalid
from tests.support.awards import QUOTES

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
OPENBADGES = "https://purl.imsglobal.org/ob/v3p0"
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6MX0.c2ln-_"
STRANGE = msgspec.json.encode(
    {"name": QUOTES, "narrative": "]]>\ufffe\uffff<&>\r\n\t" * 1000, "rtl": "سلامة \u202b שלום"}
).decode()


def png() -> bytes:
    """Return a small picture as another program writes it."""
    written = io.BytesIO()
    Image.linear_gradient("L").resize((16, 16)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("picture", [png(), SVG.encode()], ids=["png", "svg"])
@pytest.mark.parametrize("text", [TOKEN, '{"id":"urn:x:1"}', STRANGE], ids=["jwt", "json", "odd"])
def test_what_was_baked_is_read_again(picture: bytes, text: str) -> None:
    """Guards against a badge that loses a character on its way through a picture."""
    read = unbake(bake(picture, text))

    assert read == text or msgspec.json.decode(read) == msgspec.json.decode(text)


def test_another_program_sees_the_same_picture_and_one_text() -> None:
    """Guards against a PNG whose text, or whose pixels, only our own reader understands."""
    baked = bake(png(), STRANGE)

    with Image.open(io.BytesIO(png())) as before, Image.open(io.BytesIO(baked)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.info["openbadgecredential"] == STRANGE
    first, second, *_ = chunks(baked)
    assert (first.type, second.type, second.start) == (b"IHDR", b"iTXt", 33)
    assert second.data.startswith(b"openbadgecredential\0\0\0\0\0{")


def test_baking_a_png_again_replaces_what_was_in_it() -> None:
    """Guards against a picture with two badges, of which each reader takes another."""
    old = png()[:33] + make_chunk(b"tEXt", b"openbadges\0https://old.example.org/1") + png()[33:]

    baked = bake(bake(old, '{"id":1}'), TOKEN)

    assert unbake(old) == "https://old.example.org/1"
    assert [chunk.type for chunk in chunks(baked)].count(b"iTXt") == 1
    assert unbake(baked) == TOKEN
    assert baked == bake(png(), TOKEN)


def test_an_svg_is_as_the_specification_says() -> None:
    """Guards against an element that other readers would not find (Open Badges 3.0, 5.3.2)."""
    signed, plain = fromstring(bake(SVG.encode(), TOKEN)), fromstring(bake(SVG.encode(), "{}"))

    assert signed[0].tag == plain[0].tag == f"{{{OPENBADGES}}}credential"
    assert signed[0].get("verify") == TOKEN
    assert (plain[0].get("verify"), plain[0].text) == (None, "{}")
    assert (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" xmlns:openbadges="{OPENBADGES}"'
        in (bake(SVG.encode(), TOKEN).decode())
    )


def test_an_svg_that_has_a_badge_is_not_baked_again() -> None:
    """Guards against two badges in one picture."""
    with pytest.raises(Invalid, match="carries a badge already"):
        bake(bake(SVG.encode(), TOKEN), TOKEN)


@pytest.mark.parametrize(
    "prologue",
    [
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg> -->',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
    ],
)
def test_a_prologue_is_no_picture(prologue: str) -> None:
    """Guards against a credential that lands in a comment, or before the picture."""
    baked = bake((prologue + SVG).encode(), TOKEN)

    assert fromstring(baked)[0].get("verify") == TOKEN
    assert baked.startswith(prologue.encode() + b"<svg ")


OLD_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">'
    '<openbadges:assertion verify="https://old.example.org/2">{}</openbadges:assertion></svg>'
)


@pytest.mark.parametrize(
    "image,text",
    [
        (OLD_SVG.encode(), "https://old.example.org/2"),
        (
            png()[:33] + make_chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b"{}")) + png()[33:],
            "{}",
        ),
        (
            png()[:33]
            + make_chunk(b"iTXt", b"openbadges\0\1\0en\0Abzeichen\0" + zlib.compress(b"{}"))
            + png()[33:],
            "{}",
        ),
    ],
    ids=["svg of 2.0", "zTXt", "packed iTXt"],
)
def test_older_badges_are_read(image: bytes, text: str) -> None:
    """Guards against badges of Open Badges 2.0 that are called empty pictures."""
    assert unbake(image) == text


def bombs() -> dict[str, tuple[bytes, str]]:
    """Return pictures that ask for more than they are worth, and what is said of each."""
    head, rest = png()[:33], png()[33:]
    packed = zlib.compress(bytes(MAX_TEXT_BYTES * 4))
    lol = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + SVG.replace("<path", "&b;<path")
    out = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.replace("<p", "&a;<p")
    badge = make_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}")
    other = make_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0[]")
    return {
        "empty": (b"", "neither"),
        "text": (b"no picture", "neither"),
        "html": (b"<html/>", "neither"),
        "utf-16": (SVG.encode("utf-16"), "no badge"),
        "plain": (png(), "no badge"),
        "header only": (head, "damaged"),
        "cut off": (png()[:-20], "damaged"),
        "changed": (head + badge[:-6] + b"!" + badge[-5:] + rest, "damaged"),
        "two": (head + badge + other + rest, "more than one"),
        "no UTF-8": (head + make_chunk(b"tEXt", b"openbadges\0\xff") + rest, "UTF-8"),
        "zip bomb": (head + make_chunk(b"zTXt", b"openbadges\0\0" + packed) + rest, "larger"),
        "no zip": (head + make_chunk(b"zTXt", b"openbadges\0\0xx") + rest, "unpacked"),
        "long": (head + make_chunk(b"tEXt", b"openbadges\0" + bytes(600_000)) + rest, "larger"),
        "many parts": (head + make_chunk(b"tEXt", b"x") * 10_001 + rest, "10000 parts"),
        "entities": (lol.encode(), "neither"),
        "files": (out.encode(), "neither"),
        "deep": (SVG[:-6].encode() + b"<g>" * 100_001, "100000 parts"),
        "no end": (SVG[:-6].encode(), "neither"),
        "huge": (png() + bytes(8 * 1024 * 1024), "larger than 8 MiB"),
    }


@pytest.mark.parametrize("name", bombs())
def test_a_hostile_picture_is_refused_in_words(name: str) -> None:
    """Guards against a server that falls over, reads its files, or fills up, for a picture."""
    image, words = bombs()[name]

    with pytest.raises(Invalid, match=words):
        unbake(image)


@settings(max_examples=60)
@given(data=st.data())
def test_no_change_of_a_picture_ends_in_anything_but_words(data: Any) -> None:
    """Guards against an IndexError for a picture that somebody cut, or filled up."""
    image = bytearray(bake(data.draw(st.sampled_from([png(), SVG.encode()])), TOKEN))
    at = data.draw(st.integers(0, len(image) - 1))
    image[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))

    try:
        assert isinstance(unbake(bytes(image)), str)
    except Invalid:
        return
