"""Settings: typed, from variables or files; a wrong one stops the start with a sentence."""

from pathlib import Path
from typing import ClassVar

import pytest

from services.kit.records import Record
from services.kit.settings import SettingsError, load


class Settings(Record):
    """Settings of a test."""

    HELP: ClassVar[dict[str, str]] = {
        "mongo_uri": "the address of MongoDB",
        "port": "a port number",
    }

    mongo_uri: str
    port: int = 8000
    allow: bool = False


def test_values_take_their_types() -> None:
    """Breaks when a number or a flag stays a text, or a default is not taken."""
    env = {"MORSEL_MONGO_URI": "mongodb://db", "MORSEL_ALLOW": "true", "OTHER": "x"}

    assert load(Settings, env) == Settings(mongo_uri="mongodb://db", port=8000, allow=True)


def test_a_file_stands_for_a_variable(tmp_path: Path) -> None:
    """Breaks when a mounted secret is not read, or its last line break becomes part of it."""
    secret = tmp_path / "uri"
    secret.write_text("mongodb://secret\n", encoding="utf-8")

    assert load(Settings, {"MORSEL_MONGO_URI_FILE": str(secret)}).mongo_uri == "mongodb://secret"


@pytest.mark.parametrize(
    "env, said",
    [
        (
            {},
            "MORSEL_MONGO_URI is not set (nor MORSEL_MONGO_URI_FILE): the address of MongoDB",
        ),
        (
            {"MORSEL_MONGO_URI": "x", "MORSEL_PORT": "many"},
            "MORSEL_PORT is wrong: Expected `int`, got `str`; it is a port number",
        ),
        (
            {"MORSEL_MONGO_URI": "x", "MORSEL_ALLOW": "perhaps"},
            "MORSEL_ALLOW is wrong: Expected `bool`, got `str`; it is see docs/ops.md",
        ),
        (
            {"MORSEL_MONGO_URI_FILE": "/nowhere/uri"},
            "MORSEL_MONGO_URI_FILE: /nowhere/uri cannot be read: No such file or directory",
        ),
    ],
)
def test_what_is_wrong_is_said(env: dict[str, str], said: str) -> None:
    """Breaks when an operator has to read a traceback to find the variable at fault."""
    with pytest.raises(SettingsError) as caught:
        load(Settings, env)

    assert str(caught.value) == said
