"""Hostile and odd zips: refused with words, or read with care."""

import io
import stat
import zipfile

import pytest

from services.content.app import Content
from services.content.contract import ImportCourse, ImportFormat
from services.content.importers import archive
from services.content.importers.archive import read_zip
from services.kit.errors import Invalid, LimitReached
from services.kit.records import Actor, PageArgs
from tests.services.content.samples import folder, zipped

FILES = {"course.yaml": b"a", "deep/lesson.md": b"b"}


def test_a_folder_inside_the_zip_is_taken_off() -> None:
    """People zip the folder as often as its content."""
    assert read_zip(zipped(FILES)) == FILES
    assert read_zip(zipped(FILES, inside="my course/")) == FILES
    assert read_zip(zipped({**FILES, "__MACOSX/x": b"", "deep/.DS_Store": b""})) == FILES


@pytest.mark.parametrize(
    "name,words",
    [
        ("../evil.md", "points outside the package"),
        ("/etc/passwd", "points outside the package"),
        ("a/../../b", "points outside the package"),
        ("a\\..\\b", "points outside the package"),
        ("C:/x", "points outside the package"),
    ],
)
def test_a_path_that_escapes_is_refused(name: str, words: str) -> None:
    """Though nothing is written to disk, a name that lies is never taken."""
    with pytest.raises(Invalid, match=words):
        read_zip(zipped({**FILES, name: b"x"}))


def test_a_bomb_is_stopped_while_it_is_read() -> None:
    """The header's size is not believed: bytes are counted."""
    with pytest.raises(LimitReached, match="too large"):
        read_zip(zipped({"course.yaml": bytes(archive.MAX_FILE_BYTES + 1)}))


def test_many_large_files_are_stopped_by_their_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is too large alone, and all are together."""
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1000)
    with pytest.raises(LimitReached, match="too large"):
        read_zip(zipped({f"{number}.md": bytes(300) for number in range(4)}))


def test_too_many_files_are_refused() -> None:
    """Before the first of them is read."""
    with pytest.raises(LimitReached, match="over 2000 files"):
        read_zip(zipped({f"{number}.md": b"" for number in range(archive.MAX_FILES + 1)}))


def test_links_and_repeats_are_refused() -> None:
    """A link may point anywhere; of two files of one name nobody knows which counts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo("link.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    with pytest.raises(Invalid, match="is a link"):
        read_zip(buffer.getvalue())
    twice = zipped({"a.md": b"1", "b.md": b"2"}).replace(b"b.md", b"a.md")
    with pytest.raises(Invalid, match="is there twice"):
        read_zip(twice)


def test_an_encrypted_file_is_refused() -> None:
    """The flag alone is enough: no password is ever asked for."""
    data = bytearray(zipped({"a.md": b"secret"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Invalid, match="is encrypted"):
        read_zip(bytes(data))


@pytest.mark.parametrize("cut", [30, 60, 100])
def test_a_broken_zip_is_said_to_be_one(cut: int) -> None:
    """Whatever breaks inside, the author hears one sentence."""
    whole = zipped(FILES)
    with pytest.raises(Invalid, match="no zip that can be read"):
        read_zip(whole[:cut])
    with pytest.raises(Invalid, match="no zip that can be read"):
        read_zip(whole[:40] + b"\xff" * 8 + whole[48:])


async def test_hostile_packages_store_nothing(content: Content, author: Actor) -> None:
    """Through the use-case: refused with words, and no course is there."""
    yaml_bomb = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n"
    deep = "a: " + "[" * 20_000
    for files in (
        folder("## A\n", course__yaml=yaml_bomb),
        folder("## A\n", course__yaml=deep),
        folder("---\ntitle: L\n---\n![x](cat.png)\n", cat__png=b"no picture"),
        {"course.yaml": b"\xff\xfe\x00"},
        {},
    ):
        package = ImportCourse(format=ImportFormat.MARKDOWN, package=zipped(files), publish=True)
        result = await content.authoring.import_course(author, package)
        assert result.course is None
        assert result.problems
    assert (await content.authoring.authored_courses(author, PageArgs())).total == 0
