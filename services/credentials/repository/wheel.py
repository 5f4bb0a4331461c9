"""Context files out of the installed package openbadgeslib: read as data, never imported."""

from importlib.metadata import distribution
from pathlib import Path

from services.credentials.domain.contexts import PINS, Contexts, pin

_PACKAGE = "openbadgeslib"
_FOLDER = "openbadgeslib/ob3/contexts"


def load_contexts() -> Contexts:
    """Return the pinned contexts; Invalid when a file is missing or another text."""
    package = distribution(_PACKAGE)
    files = {}
    for address, known in PINS.items():
        path = Path(str(package.locate_file(f"{_FOLDER}/{known.file}")))
        files[address] = path.read_bytes() if path.exists() else b""
    return pin(files)
