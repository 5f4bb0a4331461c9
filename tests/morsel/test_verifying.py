"""`morsel verify`: what a file is worth, said without a network, and nothing taken on trust."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from morsel.main import main
from services.credentials.contract import Credential, Endorse
from services.credentials.domain import did, jwt, proofs
from services.credentials.domain.baking import bake
from services.credentials.domain.rdf import canonical
from services.credentials.domain.signing import SeedSigner
from services.credentials.repository.wheel import load_contexts
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role
from tests.support.awards import award_of
from tests.support.issuing import World, new_world

SUFFIXES = (".json", ".jwt", ".png", ".svg", ".pdf", ".bundle.json")
ISSUER = "did:web:localhost%3A8000:issuers:morsel-academy"
OFFLINE = """
import sys

def refuse(event, _):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"}:
        raise OSError(f"the network is off: {event}")

sys.addaudithook(refuse)
from morsel.main import main
sys.exit(main(sys.argv[1:]))
"""
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>"
Verify = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
async def files(tmp_path_factory: pytest.TempPathFactory, mongo: Mongo, mongo_uri: str) -> Path:
    """A folder with every form of one credential, the issuer's DID document, and a revoked one."""
    folder = tmp_path_factory.mktemp("verify")
    async with new_world(mongo, mongo_uri) as world:
        await _write(world, await world.issue("zoe"), folder / "zoe")
        revoked = await world.issue("ada")
        await world.revoke(revoked)
        await _write(world, revoked, folder / "revoked")
        board = Actor(subject="lrn_b", roles=frozenset({Role.ACCREDITOR}), organisation="board")
        word = Endorse(subject_id=award_of().id, comment="Meets our standard.")
        await world.service.endorsing.endorse(board, word)
        await _write(world, await world.issue("bo"), folder / "endorsed")
        body = await world.service.credentials.did_document("board")
        (folder / "board.json").write_bytes(msgspec.json.encode(body))
        document = await world.service.credentials.did_document("morsel-academy")
    (folder / "did.json").write_bytes(msgspec.json.encode(document))
    (folder / "other.json").write_bytes(msgspec.json.encode(document | {"id": "did:web:x.example"}))
    return folder


async def _write(world: World, issued: Credential, stem: Path) -> None:
    for suffix in SUFFIXES:
        form = await world.service.forms.make(issued.id, suffix)
        stem.with_name(stem.name + suffix).write_bytes(form.content)


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Verify:
    """Run the command with --json, and return its exit code and its report."""

    def run(*arguments: object) -> tuple[int, dict[str, Any]]:
        code = main(["verify", *map(str, arguments), "--json"])
        return code, msgspec.json.decode(capsys.readouterr().out)

    return run


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    """Return the outcome of each check by name."""
    return {check["name"]: check["outcome"] for check in report["checks"]}


def message(report: dict[str, Any], name: str) -> str:
    """Return what a check says."""
    (found,) = (check["message"] for check in report["checks"] if check["name"] == name)
    return str(found)


def edited(files: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Return a copy of the bundle in which something was changed."""
    bundle = msgspec.json.decode((files / "zoe.bundle.json").read_bytes())
    change(bundle)
    copy = files / "edited.bundle.json"
    copy.write_bytes(msgspec.json.encode(bundle))
    return copy


def test_a_bundle_verifies_with_the_network_off(files: Path) -> None:
    """Guards against a bundle that only works while it is not needed: no socket may be opened."""
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, "verify", files / "zoe.bundle.json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    first, *rest = done.stdout.splitlines()
    assert first == "VERIFIED, but not who issued it:  zoe.bundle.json"
    assert "  held by   Zoë Example" in rest
    told = " ".join(done.stdout.split())
    assert "Its issuer has not revoked it, as its list of" in told
    assert "What came after is not in it." in told


def test_a_reader_who_had_enough_is_no_fault(files: Path) -> None:
    """Guards against a traceback behind `morsel verify FILE | head -1`."""
    command = [sys.executable, "-m", "morsel", "verify", str(files / "zoe.bundle.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.close()
        running.stdout = None
        _, said = running.communicate(timeout=60)

    assert (running.returncode, said) == (141, b"")


def test_keys_of_the_file_are_no_proof_of_the_issuer(files: Path, verify: Verify) -> None:
    """Guards against a forged bundle that is called the issuer's: the file vouches for itself."""
    code, report = verify(files / "zoe.bundle.json")

    assert (code, report["verified"], report["keysFrom"]) == (0, True, "file")
    assert outcomes(report)["ISSUER"] == "SKIPPED"
    assert "--trust" in message(report, "ISSUER")


def test_a_forged_bundle_fails_against_keys_that_one_has(files: Path, verify: Verify) -> None:
    """Guards against a thief's own keys under the issuer's name."""
    thief = SeedSigner(b"t" * 32, method_id=f"{ISSUER}#key-1")

    def forge(bundle: dict[str, Any]) -> None:
        for listed in (bundle["credential"], *bundle["statusLists"].values()):
            listed.pop("proof")
        bundle["credential"] = proofs.secure(
            bundle["credential"], signer=thief, created="2026-11-20T09:30:15Z", canonicalise=rdf
        )
        bundle["jwt"] = jwt.secure(_unsigned(bundle["credential"]), signer=thief)
        bundle["statusLists"] = {
            address: proofs.secure(
                listed, signer=thief, created="2026-11-20T09:30:15Z", canonicalise=rdf
            )
            for address, listed in bundle["statusLists"].items()
        }
        bundle["didDocuments"] = {ISSUER: did.document(ISSUER, {"key-1": thief.public_key})}

    forged = edited(files, forge)

    assert verify(forged)[1]["keysFrom"] == "file"
    code, report = verify(forged, "--trust", files / "did.json")
    assert (code, outcomes(report)["PROOF"]) == (1, "FAILED")
    code, report = verify(files / "zoe.bundle.json", "--trust", files / "did.json")
    assert (code, report["keysFrom"]) == (0, "trust")
    assert outcomes(report)["ISSUER"] == "PASSED"
    code, report = verify(files / "zoe.bundle.json", "--trust", files / "other.json")
    assert (code, outcomes(report)["ISSUER"]) == (1, "FAILED")


def _unsigned(credential: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in credential.items() if name != "proof"}


def rdf(document: Any) -> bytes:
    return canonical(document, load_contexts())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_form_is_read(files: Path, verify: Verify, suffix: str) -> None:
    """Guards against a file that the holder was given and that nobody can check."""
    code, report = verify(files / f"zoe{suffix}", "--trust", files / "did.json")

    found = outcomes(report)
    assert report["kind"] == suffix.split(".")[1]
    assert report["achievementName"] == "Safe Ladder Use"
    assert [found[name] for name in ("SYNTAX", "SCHEMA", "PROOF", "ISSUER", "VALIDITY")] == [
        "PASSED"
    ] * 5
    # Only a bundle brings the status along.
    assert (code, found["STATUS"]) == ((0, "PASSED") if "bundle" in suffix else (1, "FAILED"))


def test_without_keys_nothing_is_believed(files: Path, verify: Verify) -> None:
    """Guards against a yes to a credential whose issuer nobody could ask."""
    code, report = verify(files / "zoe.json")

    assert (code, report["keysFrom"]) == (1, "nowhere")
    assert outcomes(report)["ISSUER"] == "FAILED"
    assert "--online" in message(report, "ISSUER")


def test_a_revocation_shows_in_a_bundle(files: Path, verify: Verify) -> None:
    """Guards against a bundle of a revoked credential that looks like any other."""
    code, report = verify(files / "revoked.bundle.json")

    assert (code, outcomes(report)["STATUS"]) == (1, "FAILED")
    assert message(report, "STATUS") == "Its issuer has revoked it."


def test_an_endorsement_is_no_better_than_the_keys_of_its_body(files: Path, verify: Verify) -> None:
    """Guards against a forger who adds the word of a well-known body, and keys to match."""
    bundle, issuer, body = (
        files / name for name in ("endorsed.bundle.json", "did.json", "board.json")
    )

    code, report = verify(bundle)
    assert (code, outcomes(report)["ENDORSEMENT"]) == (0, "SKIPPED")
    assert "file's own word" in message(report, "ENDORSEMENT")
    code, report = verify(bundle, "--trust", issuer, "--trust", body)
    assert (code, outcomes(report)["ENDORSEMENT"]) == (0, "PASSED")
    code, report = verify(bundle, "--trust", issuer)
    assert (code, outcomes(report)["ENDORSEMENT"]) == (0, "SKIPPED")


def test_the_age_of_a_status_is_told_and_may_be_too_much(files: Path, verify: Verify) -> None:
    """Guards against an old bundle that hides a revocation since, and says nothing of its age."""
    bundle, later = files / "zoe.bundle.json", "2027-02-01"

    code, report = verify(bundle, "--at", later)
    assert (code, outcomes(report)["STATUS"]) == (0, "PASSED")
    assert " days before. What came after is not in it." in message(report, "STATUS")
    code, report = verify(bundle, "--at", later, "--max-age", "30")
    assert (code, outcomes(report)["STATUS"]) == (1, "FAILED")
    assert "more than --max-age allows" in message(report, "STATUS")


@pytest.mark.parametrize(
    "at,words", [("2099-01-01", "It expired on"), ("2001-01-01T00:00:00Z", "not valid before")]
)
def test_validity_is_that_of_the_instant_asked_about(
    files: Path, verify: Verify, at: str, words: str
) -> None:
    """Guards against an expired credential that a bundle keeps alive."""
    code, report = verify(files / "zoe.bundle.json", "--at", at)

    assert (code, outcomes(report)["VALIDITY"]) == (1, "FAILED")
    assert words in message(report, "VALIDITY")


CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "name": ("SYNTAX", lambda b: b["credential"].update(name="Surgery")),
    "both forms": (
        "PROOF",
        lambda b: b["credential"]["proof"][0].update(created="2020-01-01T00:00:00Z"),
    ),
    "token": ("PROOF", lambda b: b.update(jwt=b["jwt"][:-8] + "AAAAAAAA")),
    "key": (
        "PROOF",
        lambda b: b.update(
            didDocuments={ISSUER: did.document(ISSUER, {"key-1": bytes(32)})},
        ),
    ),
    "no keys": ("ISSUER", lambda b: b.update(didDocuments={})),
    "no list": ("STATUS", lambda b: b.update(statusLists={})),
    "list": (
        "STATUS",
        lambda b: [
            one.update(validFrom="2020-01-01T00:00:00Z") for one in b["statusLists"].values()
        ],
    ),
    "version": ("SYNTAX", lambda b: b.update(version=2)),
    "no token": ("SYNTAX", lambda b: b.pop("jwt")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_bundle_fails(files: Path, verify: Verify, name: str) -> None:
    """Guards against a bundle in which some part counts unchecked."""
    check, change = CHANGES[name]

    code, report = verify(edited(files, change))

    assert (code, report["verified"]) == (1, False)
    assert outcomes(report)[check] == "FAILED"


@pytest.mark.parametrize(
    "content,words",
    [
        (b"", "no signed token"),
        (b"\xff\xfe", "JSON, a token, a bundle"),
        (b"[1]", "a JSON object is expected"),
        (b"[" * 100_000, "It is no JSON"),
        (b"a.b.c", "no signed token"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no badge in this picture"),
        (b"\x89PNG\r\n\x1a\n", "no PNG"),
        (b"%PDF-1.7\n%%EOF", "PDF"),
        (bake(PICTURE, "https://x.example/1"), "Open Badges 2.0"),
    ],
)
def test_what_is_no_credential_is_told(
    tmp_path: Path, verify: Verify, content: bytes, words: str
) -> None:
    """Guards against a traceback for a file that is something else."""
    (tmp_path / "file").write_bytes(content)

    code, report = verify(tmp_path / "file")

    assert (code, report["kind"], report["keysFrom"]) == (1, None, "nowhere")
    assert words in message(report, "SYNTAX")


@pytest.mark.parametrize(
    "options,code,words",
    [
        (("missing.json",), 1, "missing.json cannot be read"),
        (("zoe.json", "--trust", "zoe.json"), 1, "is no DID document"),
        (("zoe.json", "--trust", "zoe.jwt"), 1, "is no JSON"),
        (("zoe.json", "--at", "soon"), 2, "'soon' is no time"),
        (("zoe.json", "--max-age", "-1"), 2, "less than no days"),
        (("zoe.json", "--trust", "did.json", "--online"), 2, "not allowed with"),
        (("zoe.json", "--origin", "http://localhost:8000"), 1, "give both"),
        (("zoe.json", "--online", "--origin", "localhost"), 2, "'localhost' is no origin"),
    ],
)
def test_a_wrong_call_is_refused_in_words(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    """Guards against a script that takes a mistyped option for a verdict."""
    monkeypatch.chdir(files)

    try:
        ended = main(["verify", *options])
    except SystemExit as stopped:
        ended = int(str(stopped.code))

    assert ended == code
    assert words in capsys.readouterr().err
