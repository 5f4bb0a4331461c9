"""compose.yaml agrees with the code: commands, ports, variables, and who may call whom."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import yaml

from gateway.settings import Settings as GatewaySettings
from services.content.settings import Settings as ContentSettings
from services.credentials.settings import Settings as CredentialsSettings
from services.kit.identity import public_key
from services.kit.records import Record
from services.kit.settings import load, variable
from services.progress.settings import Settings as ProgressSettings

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS: dict[str, type[Record]] = {
    "content": ContentSettings,
    "progress": ProgressSettings,
    "credentials": CredentialsSettings,
    "gateway": GatewaySettings,
}
PLACEHOLDER = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)\}")


@pytest.fixture(scope="module")
def compose(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The file as docker compose reads it, with keys that were just made."""
    folder = tmp_path_factory.mktemp("compose")
    script = ROOT / "k8s" / "overlays" / "local" / "make_secrets.py"
    subprocess.run([sys.executable, script, folder / "keys", folder / ".env"], check=True)
    lines = (folder / ".env").read_text(encoding="utf-8").splitlines()
    keys = dict(line.split("=", 1) for line in lines)

    def value(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        return keys[name] if default is None else keys.get(name, default)

    text = PLACEHOLDER.sub(value, (ROOT / "compose.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


@pytest.mark.parametrize("process", SETTINGS)
def test_a_process_starts_on_what_it_is_given(compose: dict[str, Any], process: str) -> None:
    """A variable that is missing stops the start; one that no setting reads is a broken promise."""
    env = compose[process]["environment"]
    known = {variable(field.name) for field in msgspec.structs.fields(SETTINGS[process])}

    load(SETTINGS[process], env)

    assert set(env) - known == set()
    assert compose[process]["command"][:2] == ["serve", process]


def test_the_gateway_alone_is_published_and_is_the_one_origin(compose: dict[str, Any]) -> None:
    """The paths that services answer themselves have no other way out here."""
    published = {name: service["ports"] for name, service in compose.items() if "ports" in service}

    assert published == {"gateway": ["127.0.0.1:8000:8000"]}
    assert compose["gateway"]["command"] == ["serve", "gateway", "--one-origin"]


def test_a_container_may_do_next_to_nothing(compose: dict[str, Any]) -> None:
    """The image promises to run read-only, as an ordinary user, without capabilities."""
    for process in SETTINGS:
        service = compose[process]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - the container's own
        assert "user" not in service


def test_addresses_and_keys_of_peers_fit(compose: dict[str, Any]) -> None:
    """A process finds the others at their ports, and is let in there under its own key."""
    ports = {
        name: {field.name: field.default for field in msgspec.structs.fields(settings)}["port"]
        for name, settings in SETTINGS.items()
    }
    keys = {p: public_key(compose[p]["environment"]["MORSEL_INTERNAL_KEY"]) for p in SETTINGS}

    for callee in ("content", "progress", "credentials"):
        name = f"MORSEL_{callee.upper()}_URL"
        callers = [caller for caller in SETTINGS if name in compose[caller]["environment"]]
        let_in = compose[callee]["environment"]["MORSEL_INTERNAL_PEERS"].split(",")
        urls = {urlsplit(compose[caller]["environment"][name]).netloc for caller in callers}

        assert urls == {f"{callee}:{ports[callee]}"}
        assert set(let_in) == {f"{caller}:{keys[caller]}" for caller in callers}
