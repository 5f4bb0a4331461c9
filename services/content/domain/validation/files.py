"""Checks of the uploaded files that a course plays."""

from collections.abc import Set as AbstractSet

from services.content.domain.course import Course
from services.content.domain.files import UPLOADED, Reference, read_address, references
from services.content.domain.media_types import TYPES
from services.content.domain.validation.findings import Findings, Path


def check_files(course: Course, found: Findings, files: AbstractSet[str]) -> None:
    """Check each uploaded file that is played; `files` are the addresses of those stored."""
    for path, reference in references(course):
        if reference.url.startswith(UPLOADED):
            _check_file(reference, path, found, files)


def _check_file(reference: Reference, path: Path, found: Findings, files: AbstractSet[str]) -> None:
    known = read_address(reference.url)
    if known is None:
        found.add(path, "The address of an uploaded file is /media/{sha256}.{mp4, mp3, vtt, ...}.")
        return
    sha256, media_type = known
    if TYPES[media_type].kind is not reference.kind:
        allowed = [name for name, each in TYPES.items() if each.kind is reference.kind]
        found.add(path, f"This is {media_type}, and here stands one of {', '.join(allowed)}.")
        return
    message = f"The file {sha256[:12]!r} was not uploaded as {media_type}."
    found.check(reference.url in files, path, message)
    same = reference.media_type in {None, media_type}
    found.check(same, (*path[:-1], "mediaType"), f"The type of this file is {media_type}.")
