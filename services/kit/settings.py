"""Settings: read once at start from `MORSEL_*`, typed.

A missing or wrong one stops the start with a sentence. Every variable may be given as a file
instead, `MORSEL_NAME_FILE`, as mounted secrets are.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from services.kit.errors import SettingsError
from services.kit.records import Record

__all__ = ["SettingsError", "load", "variable"]

PREFIX = "MORSEL_"
S = TypeVar("S", bound=Record)


def variable(field: str) -> str:
    """Return the environment variable of a settings field: mongo_uri -> MORSEL_MONGO_URI."""
    return PREFIX + field.upper()


def load(settings: type[S], env: Mapping[str, str]) -> S:
    """Return settings of that type from the environment; SettingsError where it falls short."""
    values: dict[str, str] = {}
    for field in msgspec.structs.fields(settings):
        text = _read(variable(field.name), env)
        if text is not None:
            values[field.name] = text
        elif field.required:
            raise SettingsError(
                f"{variable(field.name)} is not set (nor {variable(field.name)}_FILE): "
                f"{_allowed(settings, field.name)}"
            )
    return _convert(settings, values)


def _read(name: str, env: Mapping[str, str]) -> str | None:
    if path := env.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{name}_FILE: {path} cannot be read: {error.strerror}") from error
    return env.get(name)


def _convert(settings: type[S], values: dict[str, str]) -> S:
    try:
        return msgspec.convert(values, settings, strict=False)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        field = where.rstrip("`").partition("[")[0]
        raise SettingsError(
            f"{variable(field)} is wrong: {message}; it is {_allowed(settings, field)}"
        ) from error


def _allowed(settings: type[Record], field: str) -> str:
    """Return the sentence of a field: what its class says in HELP."""
    texts: Mapping[str, str] = getattr(settings, "HELP", {})
    return texts.get(field, "see docs/ops.md")
