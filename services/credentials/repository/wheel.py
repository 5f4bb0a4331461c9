"""Files out of installed packages, contexts and fonts: read as data, never imported."""

from importlib.metadata import distribution
from pathlib import Path

from services.credentials.domain.contexts import PINS, Contexts, pin

_PACKAGE = "openbadgeslib"
_FOLDER = "openbadgeslib/ob3/contexts"
_FONTS = {
    "fontpkg-noto-sans": "fontpkg_noto_sans/files",
    "fontpkg-noto-sans-arabic": "fontpkg_noto_sans_arabic/files",
    "noto-cjk-sans-jp-regular": "noto_cjk_sans_jp_regular",
    "pylopdf-fonts-he": "pylopdf_fonts_he",
}
"""Folder by package: Latin, Greek, Cyrillic and Devanagari; Arabic; Chinese, Japanese and Korean;
Hebrew."""


def load_contexts() -> Contexts:
    """Return the pinned contexts; Invalid when a file is missing or another text."""
    package = distribution(_PACKAGE)
    files = {}
    for address, known in PINS.items():
        path = Path(str(package.locate_file(f"{_FOLDER}/{known.file}")))
        files[address] = path.read_bytes() if path.exists() else b""
    return pin(files)


def font_folders() -> tuple[Path, ...]:
    """Return the folders of the fonts that badges and certificates are set in."""
    return tuple(
        Path(str(distribution(package).locate_file(folder))) for package, folder in _FONTS.items()
    )
