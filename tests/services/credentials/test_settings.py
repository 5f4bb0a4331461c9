"""Settings stop a start in words, before anything is signed with the wrong key."""

import msgspec
import pytest

from services.credentials.settings import Settings
from services.kit.settings import SettingsError, load

ENV = {
    "MORSEL_MONGO_URI": "mongodb://localhost/",
    "MORSEL_PUBLIC_URL": "http://localhost:8000",
    "MORSEL_SEALING_KEY": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s",
}


def test_names_of_organisations_are_read() -> None:
    """Guards against an issuer that calls itself by its slug although it was given a name."""
    env = ENV | {"MORSEL_ORGANISATION_NAMES": "acme = ACME Ltd; morsel-academy=Morsel Academy;"}

    settings = load(Settings, env)

    assert settings.names() == {"acme": "ACME Ltd", "morsel-academy": "Morsel Academy"}
    assert settings.sealing_bytes() == b"k" * 32


@pytest.mark.parametrize(
    "field,value,words",
    [
        ("sealing_key", "c2hvcnQ", "MORSEL_SEALING_KEY is wrong"),
        ("sealing_key", "a", "MORSEL_SEALING_KEY is wrong"),
        ("public_url", "localhost:8000", "MORSEL_PUBLIC_URL is wrong"),
        ("public_url", "https://example.org/", "MORSEL_PUBLIC_URL is wrong"),
        ("organisation_names", "acme", "MORSEL_ORGANISATION_NAMES is wrong"),
    ],
)
def test_a_wrong_setting_is_named(field: str, value: str, words: str) -> None:
    """Guards against DIDs and keys made from a typing error: they would be kept for ever."""
    settings = msgspec.structs.replace(load(Settings, ENV), **{field: value})

    with pytest.raises(SettingsError, match=words):
        settings.sealing_bytes(), settings.origin(), settings.names()


def test_every_setting_is_explained() -> None:
    """Guards against a start that stops with no word of what is allowed."""
    assert {field.name for field in msgspec.structs.fields(Settings)} == Settings.HELP.keys()
