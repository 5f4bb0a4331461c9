"""A course on its way in: a folder or file packed up, and imported for an organisation."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from services.content.contract import AuthoringApi, ImportCourse, Imported, ImportFormat
from services.content.domain.native import PATHWAY
from services.kit.ids import Kind, global_id
from services.kit.records import Actor, Role

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
COMMAND = global_id(Kind.LEARNER, b"morsel command")
"""As whom the command imports: nobody signs in as it."""
ADMINISTRATOR = Actor(subject=COMMAND, roles=frozenset({Role.ADMIN}))
"""As whom the command exports."""


def pack(path: Path) -> bytes:
    """Return a file as it is, a folder as a zip whose bytes depend on its files alone.

    A pathway that lies in the folder is none of the course's files.
    """
    if path.is_file():
        return path.read_bytes()
    files = (file for file in path.rglob("*") if file.is_file() and file != path / PATHWAY)
    return zip_files({file.relative_to(path).as_posix(): file.read_bytes() for file in files})


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on its files alone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content)
    return packed.getvalue()


async def import_package(
    authoring: AuthoringApi, package: bytes, *, organisation: str, publish: bool
) -> Imported:
    """Bring a package in the native format in, as an author of that organisation."""
    course = ImportCourse(format=ImportFormat.MARKDOWN, package=package, publish=publish)
    return await authoring.import_course(author_of(organisation), course)


def author_of(organisation: str) -> Actor:
    """Return as whom the command writes for an organisation."""
    return Actor(subject=COMMAND, roles=frozenset({Role.AUTHOR}), organisation=organisation)
