"""Versions: canonical, salted, and the same for the same content."""

import hashlib
import json

import msgspec
import pytest

from services.content.domain.course import CodeBlock, Lesson, Module, VideoBlock
from services.content.domain.course import Rendition as VideoRendition
from services.content.domain.freezing import freeze, thaw
from services.kit.errors import Invalid
from tests.services.content.samples import every_kind

SECRET = bytes(range(32))


def test_equal_content_is_the_same_version() -> None:
    """Publishing what equals an earlier version must find it, so nothing in it is by chance."""
    course = every_kind("assessment")
    one = freeze(course, course_id="crs_x", secret=SECRET)
    two = freeze(course, course_id="crs_x", secret=SECRET)
    assert one == two
    assert one.hash == hashlib.sha256(one.canonical).hexdigest()


def test_content_course_and_secret_each_change_the_hash() -> None:
    """Two courses with the same content are two versions, and the salt cannot be guessed."""
    course = every_kind("assessment")
    other = msgspec.structs.replace(course, slug="other")
    hashes = {
        freeze(course, course_id="crs_x", secret=SECRET).hash,
        freeze(other, course_id="crs_x", secret=SECRET).hash,
        freeze(course, course_id="crs_y", secret=SECRET).hash,
        freeze(course, course_id="crs_x", secret=bytes(32)).hash,
    }
    assert len(hashes) == 4


def test_a_frozen_course_thaws_to_itself() -> None:
    """What is marked years later is what was published."""
    course = every_kind("practice")
    frozen = freeze(course, course_id="crs_x", secret=SECRET)
    assert thaw(frozen.canonical) == msgspec.structs.replace(frozen, order_key=b"")
    assert len(frozen.salt) == 16


def test_the_canonical_form_is_rfc_8785() -> None:
    """Sorted keys, no blanks, shortest numbers: anybody can compute the hash again."""
    text = freeze(every_kind("practice"), course_id="crs_x", secret=SECRET).canonical.decode()
    assert list(json.loads(text)) == ["course", "courseId", "salt"]
    assert '"number":731.25' in text
    assert '"points":1,' in text
    assert ": " not in text.split('"hint"')[0][:40]


def test_a_number_that_json_cannot_hold_is_refused_with_words() -> None:
    """RFC 8785 has no integers past 2^53; a publish says so and does not fail inside."""
    video = VideoBlock(
        key="v", renditions=(VideoRendition(url="https://x", media_type="video/mp4", bytes=2**60),)
    )
    blocks = (CodeBlock(key="c", language="", source="x"), video)
    lesson = Lesson(key="l", title={"en": "l"}, blocks=blocks)
    course = msgspec.structs.replace(
        every_kind("practice"), modules=(Module(key="m", title={"en": "m"}, lessons=(lesson,)),)
    )
    with pytest.raises(Invalid, match="larger than JSON holds"):
        freeze(course, course_id="crs_x", secret=SECRET)
