"""Zip packages, opened with care: nothing goes to disk, and sizes are counted as they are read."""

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from services.kit.errors import Invalid, LimitReached

MAX_FILES = 2_000
MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_TOTAL_BYTES = 64 * 1024 * 1024
_IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def read_zip(package: bytes) -> Mapping[str, bytes]:
    """Return the files of a zip by path, without a folder around them; Invalid, LimitReached."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            return _without_root(_read_all(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Invalid("The package is no zip that can be read.", path=("package",)) from error


def is_zip(package: bytes) -> bool:
    """Return whether a package looks like a zip."""
    return package[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


def _read_all(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_FILES:
        raise LimitReached(f"The package has over {MAX_FILES} files.", path=("package",))
    files: dict[str, bytes] = {}
    left = MAX_TOTAL_BYTES
    for member in members:
        _check_member(member)
        if member.filename.startswith(_IGNORED[0]) or member.filename.endswith(_IGNORED[1:]):
            continue
        if member.filename in files:
            raise _refused(member, "is there twice")
        files[member.filename] = _read(archive, member, left)
        left -= len(files[member.filename])
    return files


def _check_member(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in path.parts[0]:
        raise _refused(member, "points outside the package")
    if "\0" in member.orig_filename:
        raise _refused(member, "has a name that cannot be")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _refused(member, "is a link; a package holds files")
    if member.flag_bits & 0x1:
        raise _refused(member, "is encrypted")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """Return a member's bytes, never more than allowed whatever its header says."""
    limit = min(MAX_FILE_BYTES, left)
    with archive.open(member) as opened:
        data = opened.read(limit + 1)
    if len(data) > limit:
        most = f"{MAX_FILE_BYTES >> 20} MB a file, {MAX_TOTAL_BYTES >> 20} MB in all"
        raise LimitReached(f"{member.filename[:80]!r} is too large ({most}).", path=("package",))
    return data


def _refused(member: zipfile.ZipInfo, why: str) -> Invalid:
    return Invalid(f"The file {member.filename[:80]!r} {why}.", path=("package",))


def _without_root(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files without the one folder that people zip along with its content."""
    roots = {name.partition("/")[0] for name in files}
    if len(roots) != 1 or not all("/" in name for name in files):
        return files
    return {name.partition("/")[2]: data for name, data in files.items()}
