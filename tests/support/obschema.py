"""The official JSON Schema of an Open Badges 3.0 AchievementCredential.

1EdTech's site cannot be reached by a test, but PyPI's source package of openbadgeslib carries the
schema as it was published. It is fetched once into the ignored `.cache/`, and used only when its
SHA-256 is the one known.
"""

import hashlib
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jsonschema import Draft201909Validator

from tests.support.turns import CACHE, turn

PACKAGE = "openbadgeslib==4.6.3"
MEMBER = "tests/fixtures/ob_schemas/ob_v3p0_achievementcredential_schema.json"
SHA256 = "b7358e895f492e74055dc6bfc7ffc420d0e497f90c4579fb83d9519b86d393ea"
FOLDER = CACHE / "ob_schemas"


@cache
def achievement_credential() -> Draft201909Validator:
    """Return a validator of the schema, fetched now if this checkout never needed it before."""
    file = FOLDER / Path(MEMBER).name
    with turn("ob_schemas"):
        if not file.exists():
            file.write_bytes(_unpack(_download()))
    text = file.read_bytes()
    assert hashlib.sha256(text).hexdigest() == SHA256, (
        f"{file} is not the schema that was published"
    )
    return Draft201909Validator(msgspec.json.decode(text))


def problems(credential: Any) -> list[str]:
    """Return what the schema objects to, with where."""
    found = achievement_credential().iter_errors(credential)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def _download() -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--no-binary", ":all:", "--no-deps", "--dest", str(FOLDER), PACKAGE),
        ],
        check=True,
    )
    return next(FOLDER.glob("openbadgeslib-*.tar.gz"))


def _unpack(archive: Path) -> bytes:
    with tarfile.open(archive) as package:
        name = next(name for name in package.getnames() if name.endswith(MEMBER))
        member = package.extractfile(name)
        assert member is not None
        return member.read()
