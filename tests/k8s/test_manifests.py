"""What the cluster is told agrees with the code: names, ports, probes, settings, pods' rights.

Rendered by kubectl, validated against the schemas of five Kubernetes versions, without a cluster.
"""

from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import kubernetes_validate
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.app import create_standalone_app
from gateway.settings import Settings as GatewaySettings
from services.content.app import create_app as content
from services.content.settings import Settings as ContentSettings
from services.credentials.app import create_app as credentials
from services.credentials.settings import Settings as CredentialsSettings
from services.kit.identity import public_key
from services.kit.records import Record
from services.kit.settings import load, variable
from services.progress.app import create_app as progress
from services.progress.settings import Settings as ProgressSettings

Manifest: TypeAlias = dict[str, Any]

SETTINGS: dict[str, type[Record]] = {
    "content": ContentSettings,
    "progress": ProgressSettings,
    "credentials": CredentialsSettings,
    "gateway": GatewaySettings,
}
APPS: dict[str, Callable[[Any], Starlette]] = {
    "content": content,
    "progress": progress,
    "credentials": credentials,
    "gateway": create_standalone_app,
}
PROCESSES = tuple(SETTINGS)
SERVICES = ("content", "progress", "credentials")
KUBERNETES = ("1.33", "1.34", "1.35", "1.36", "1.37")
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
UID = 10001


def one(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """Return the manifest of that kind whose name, without a generator's hash, is this one."""
    (found,) = [
        manifest
        for manifest in manifests
        if manifest["kind"] == kind and (manifest["metadata"]["name"] + "-").startswith(f"{name}-")
    ]
    return found


def container(manifests: list[Manifest], process: str) -> Manifest:
    """Return the one container of a process."""
    (only,) = one(manifests, "Deployment", process)["spec"]["template"]["spec"]["containers"]
    return dict(only)


def environment(manifests: list[Manifest], process: str) -> dict[str, str]:
    """Return the variables that a process gets, with the values of the ConfigMap filled in."""
    values = {}
    for entry in container(manifests, process)["env"]:
        source = entry.get("valueFrom", {}).get("configMapKeyRef")
        values[entry["name"]] = (
            one(manifests, "ConfigMap", "morsel")["data"][source["key"]]
            if source
            else entry["value"]
        )
    return values


def secret_files(manifests: list[Manifest], process: str) -> dict[str, str]:
    """Return the files that a process finds under its secrets' folder, by path."""
    spec = one(manifests, "Deployment", process)["spec"]["template"]["spec"]
    (mount,) = [m for m in container(manifests, process)["volumeMounts"] if m["name"] == "secrets"]
    (volume,) = [v for v in spec["volumes"] if v["name"] == "secrets"]
    secret = next(
        manifest
        for manifest in manifests
        if manifest["kind"] == "Secret"
        and manifest["metadata"]["name"] == volume["secret"]["secretName"]
    )
    return {
        f"{mount['mountPath']}/{key}": b64decode(text).decode()
        for key, text in secret["data"].items()
    }


def started(manifests: list[Manifest], process: str, folder: Path) -> Any:
    """Return the settings that a process reads from its variables and its mounted secrets."""
    env = environment(manifests, process)
    files = secret_files(manifests, process)
    for name, path in env.items():
        if name.endswith("_FILE"):
            file = folder / name
            file.write_text(files[path])
            env[name] = str(file)
    return load(SETTINGS[process], env)


@pytest.mark.parametrize("version", KUBERNETES)
def test_every_manifest_is_one_that_kubernetes_takes(local: list[Manifest], version: str) -> None:
    """A misspelt field is dropped silently by an API server that is not asked to be strict."""
    assert {kubernetes_validate.validate(manifest, version, strict=True) for manifest in local} == {
        version
    }


@pytest.mark.parametrize("kind", ["Deployment", "Service", "ServiceAccount", "PodDisruptionBudget"])
def test_each_process_has_its_manifests_and_no_other_does(base: list[Manifest], kind: str) -> None:
    """A process without a budget of its own goes unnoticed until a node is drained."""
    names = [m["metadata"]["name"] for m in base if m["kind"] == kind]

    assert sorted(names) == sorted(PROCESSES)


@pytest.mark.parametrize("process", PROCESSES)
def test_the_service_selects_the_pods_of_its_deployment(base: list[Manifest], process: str) -> None:
    """A selector that misses leaves a service without endpoints, and a budget without effect."""
    deployment = one(base, "Deployment", process)["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    selectors = [
        one(base, "Service", process)["spec"]["selector"],
        deployment["selector"]["matchLabels"],
        one(base, "PodDisruptionBudget", process)["spec"]["selector"]["matchLabels"],
        deployment["template"]["spec"]["topologySpreadConstraints"][0]["labelSelector"][
            "matchLabels"
        ],
    ]

    assert selectors == [labels] * 4
    assert deployment["template"]["spec"]["serviceAccountName"] == process


@pytest.mark.parametrize("process", PROCESSES)
def test_the_port_is_the_one_that_the_process_listens_on(
    base: list[Manifest], process: str
) -> None:
    """The port is said three times: by the settings, the pod and the service."""
    listens_on = {f.name: f.default for f in msgspec.structs.fields(SETTINGS[process])}["port"]
    (service_port,) = one(base, "Service", process)["spec"]["ports"]
    (pod_port,) = container(base, process)["ports"]

    assert pod_port == {"name": "http", "containerPort": listens_on}
    assert (service_port["port"], service_port["targetPort"]) == (listens_on, "http")
    assert container(base, process)["args"] == ["serve", process]


@pytest.mark.parametrize("process", PROCESSES)
def test_probes_ask_paths_that_the_process_answers(
    local: list[Manifest], process: str, tmp_path: Path
) -> None:
    """A probe of another path restarts a healthy pod; liveness must never look at the database."""
    app = APPS[process](started(local, process, tmp_path))
    answered = {route.path for route in app.routes if isinstance(route, Route)}
    asked = {probe: container(local, process)[probe]["httpGet"] for probe in PROBES}

    assert asked == {
        "startupProbe": {"path": "/livez", "port": "http"},
        "livenessProbe": {"path": "/livez", "port": "http"},
        "readinessProbe": {"path": "/readyz", "port": "http"},
    }
    assert {"/livez", "/readyz"} <= answered


@pytest.mark.parametrize("process", PROCESSES)
def test_every_variable_is_a_setting_of_the_process(local: list[Manifest], process: str) -> None:
    """A variable that no setting reads is a promise that the process does not keep."""
    names = [variable(field.name) for field in msgspec.structs.fields(SETTINGS[process])]
    known = {*names, *(f"{name}_FILE" for name in names)}

    assert set(environment(local, process)) - known == set()


@pytest.mark.parametrize("process", PROCESSES)
def test_the_process_starts_on_what_the_overlay_gives_it(
    local: list[Manifest], process: str, tmp_path: Path
) -> None:
    """A required setting that is missing, or of the wrong type, would stop the pod at its start."""
    env = environment(local, process)
    given = {name: path for name, path in env.items() if name.endswith("_FILE")}
    plain = {name: value for name, value in env.items() if name not in given}

    settings = started(local, process, tmp_path)

    values = {
        variable(field.name): str(getattr(settings, field.name))
        for field in msgspec.structs.fields(SETTINGS[process])
    }
    assert {name: values[name] for name in plain} == plain
    assert sorted(given.values()) == sorted(secret_files(local, process))


def test_addresses_of_peers_are_those_of_services(local: list[Manifest]) -> None:
    """A process finds the others under the names and ports of their services."""
    config = one(local, "ConfigMap", "morsel")["data"]
    peers = {process: config.get(f"MORSEL_{process.upper()}_URL") for process in SERVICES}

    assert {
        process: (urlsplit(url).hostname, urlsplit(url).port) for process, url in peers.items()
    } == {
        process: (process, one(local, "Service", process)["spec"]["ports"][0]["port"])
        for process in SERVICES
    }


def test_whoever_is_told_an_address_is_let_in_there(local: list[Manifest]) -> None:
    """A process accepts the tokens of exactly those that have its address, under their own keys."""
    files = {process: secret_files(local, process) for process in PROCESSES}
    keys = {p: public_key(files[p]["/etc/morsel/secrets/internal_key"]) for p in PROCESSES}

    let_in = {
        callee: set(files[callee]["/etc/morsel/secrets/internal_peers"].split(","))
        for callee in SERVICES
    }

    assert let_in == {
        callee: {
            f"{caller}:{keys[caller]}"
            for caller in PROCESSES
            if f"MORSEL_{callee.upper()}_URL" in environment(local, caller)
        }
        for callee in SERVICES
    }


@pytest.mark.parametrize("name", [*PROCESSES, "mongodb"])
def test_a_pod_may_do_next_to_nothing(local: list[Manifest], name: str) -> None:
    """The namespace enforces Pod Security `restricted`; the house asks for more than that."""
    kind = "StatefulSet" if name == "mongodb" else "Deployment"
    spec = one(local, kind, name)["spec"]["template"]["spec"]
    (only,) = spec["containers"]

    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert {
        k: spec["securityContext"][k] for k in ("runAsNonRoot", "runAsUser", "seccompProfile")
    } == {
        "runAsNonRoot": True,
        "runAsUser": UID,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(only["resources"]["requests"]) == {"cpu", "memory"}
    assert set(only["resources"]["limits"]) == {"memory"}
    assert {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}} in spec["volumes"]


@pytest.mark.parametrize("process", PROCESSES)
def test_a_rollout_loses_no_request(base: list[Manifest], process: str) -> None:
    """A pod goes only when another is ready, and has time to finish what it was asked."""
    deployment = one(base, "Deployment", process)["spec"]

    assert deployment["replicas"] == 2
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert deployment["template"]["spec"]["terminationGracePeriodSeconds"] == 45
    assert container(base, process)["lifecycle"] == {
        "preStop": {"exec": {"command": ["sleep", "5"]}}
    }


def test_the_namespace_refuses_pods_that_ask_for_more(local: list[Manifest]) -> None:
    """Everything is in the one namespace, and that enforces `restricted`."""
    namespace = one(local, "Namespace", "morsel")
    others = [manifest for manifest in local if manifest["kind"] != "Namespace"]

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {manifest["metadata"]["namespace"] for manifest in others} == {"morsel"}


def test_the_base_holds_no_secret(base: list[Manifest]) -> None:
    """Secrets come from the overlay's cluster, never from git."""
    assert [manifest["metadata"]["name"] for manifest in base if manifest["kind"] == "Secret"] == []
