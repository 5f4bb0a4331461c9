"""Rotation: published before it signs, agreed on by every replica, nothing old undone."""

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from services.credentials.domain import rdf
from services.credentials.domain.keys import did_document
from services.credentials.domain.records import KeyUse
from services.credentials.domain.signing import is_signed
from services.credentials.domain.template import Templates
from services.credentials.repository.issuers import IssuerBook
from services.credentials.repository.keyfiles import KeyFolder
from services.credentials.repository.wheel import load_contexts
from services.credentials.use_cases.issuers import FRESH, Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.rotating import LEAD, Rotating
from services.credentials.use_cases.vaults import Vault
from services.kit.capabilities import Capabilities
from services.kit.errors import Conflict, Invalid, NotFound, Unavailable
from services.kit.mongo import Database
from tests.services.credentials.domain.conftest import ORIGIN

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DID = "did:web:localhost%3A8000:issuers:acme"


class Replica:
    """One process that signs, on a clock that all share."""

    def __init__(self, database: Database, watch: list[datetime], folder: Path | None) -> None:
        contexts = load_contexts()
        means = Means(
            clock=lambda: watch[0],
            random=os.urandom,
            canonicalise=partial(rdf.canonical, contexts=contexts),
            templates=Templates(contexts),
            capabilities=Capabilities(
                origin=ORIGIN, secret=b"k" * 32, label="test", clock=lambda: watch[0]
            ),
        )
        self.book = IssuerBook(database)
        vault = Vault(b"k" * 32, means, None if folder is None else KeyFolder(folder))
        self.issuers = Issuers(self.book, vault, origin=ORIGIN, names={}, means=means)
        self.rotating = Rotating(self.book, vault, self.issuers, means)

    async def fragment(self, use: KeyUse = KeyUse.CREDENTIAL) -> str:
        """Return the key that this process signs with now."""
        account = await self.issuers.ensure("acme")
        return self.issuers.signer(account, use=use).method_id.partition("#")[2]


class Replicas:
    """Two replicas, and the hour."""

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        self.watch = [START]
        self.one = Replica(database, self.watch, folder)
        self.other = Replica(database, self.watch, folder)

    def wait(self, span: timedelta) -> None:
        """Let time go by."""
        self.watch[0] += span

    async def fragments(self, use: KeyUse = KeyUse.CREDENTIAL) -> list[str]:
        """Return what each signs with now."""
        return [await replica.fragment(use) for replica in (self.one, self.other)]


@pytest.fixture
async def replicas(database: Database) -> Replicas:
    """Two replicas whose issuer acme was made by the first."""
    made = Replicas(database)
    await made.one.book.create_indexes()
    await made.one.issuers.ensure("acme")
    return made


def write_key(folder: Path, name: str, key: Ed25519PrivateKey | X25519PrivateKey) -> None:
    """Put a private key into a folder as openssl would."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / name).write_bytes(pem)


async def test_each_use_has_a_key_of_its_own(replicas: Replicas) -> None:
    """Guards against one key whose loss costs credentials and lists alike."""
    assert await replicas.fragments() == ["key-1", "key-1"]
    assert await replicas.fragments(KeyUse.STATUS) == ["status-1", "status-1"]


async def test_a_new_key_is_published_before_it_signs(replicas: Replicas) -> None:
    """Guards against signatures that verifiers refuse, for they hold the document of before."""
    await replicas.fragments()

    key = await replicas.one.rotating.rotate("acme", KeyUse.CREDENTIAL)

    account = await replicas.other.issuers.of("acme")
    assert did_document(account)["assertionMethod"][-1] == f"{DID}#{key.fragment}"
    assert key.active_from == START + LEAD
    replicas.wait(LEAD - timedelta(seconds=1))
    assert await replicas.fragments() == ["key-1", "key-1"]
    replicas.wait(timedelta(seconds=1))
    assert await replicas.fragments() == ["key-2", "key-2"]
    assert await replicas.fragments(KeyUse.STATUS) == ["status-1", "status-1"]


async def test_the_old_key_stays_published(replicas: Replicas) -> None:
    """Guards against a rotation that voids all that was issued before."""
    await replicas.one.rotating.rotate("acme", KeyUse.CREDENTIAL)
    replicas.wait(LEAD)

    document = did_document(await replicas.other.issuers.of("acme"))

    names = [f"{DID}#{name}" for name in ("key-1", "status-1", "key-2")]
    assert document["assertionMethod"] == names
    assert [method["id"] for method in document["verificationMethod"]] == names


async def test_a_second_rotation_waits_for_the_first(replicas: Replicas) -> None:
    """Guards against a pile of keys, from a command that was given twice."""
    await replicas.one.rotating.rotate("acme", KeyUse.CREDENTIAL)

    with pytest.raises(Conflict, match="key-2 waits already"):
        await replicas.other.rotating.rotate("acme", KeyUse.CREDENTIAL)

    assert len((await replicas.one.issuers.of("acme")).keys) == 3


async def test_a_rotation_asks_for_time_and_for_an_issuer(replicas: Replicas) -> None:
    """Guards against a key that signs before anybody can know it."""
    with pytest.raises(Invalid, match="6 minutes"):
        await replicas.one.rotating.rotate("acme", KeyUse.STATUS, lead=timedelta(0))
    with pytest.raises(NotFound):
        await replicas.one.rotating.rotate("nobody", KeyUse.STATUS)

    assert len((await replicas.one.issuers.of("acme")).keys) == 2


async def test_a_dropped_key_signs_no_more_anywhere(replicas: Replicas) -> None:
    """Guards against a replica that goes on with a stolen key that it remembers."""
    await replicas.fragments()

    account = await replicas.one.rotating.drop("acme", "key-1")

    replicas.wait(FRESH)
    assert await replicas.fragments() == ["key-2", "key-2"]
    document = did_document(account)
    assert f"{DID}#key-1" not in document["assertionMethod"]
    assert f"{DID}#key-1" in [method["id"] for method in document["verificationMethod"]]
    assert len((await replicas.other.rotating.drop("acme", "key-1")).keys) == 3


async def test_a_key_that_waits_takes_the_place_of_a_dropped_one(replicas: Replicas) -> None:
    """Guards against an issuer without a key, or with one more than it needs."""
    await replicas.one.rotating.rotate("acme", KeyUse.CREDENTIAL)

    await replicas.one.rotating.drop("acme", "key-1")

    replicas.wait(FRESH)
    assert await replicas.fragments() == ["key-2", "key-2"]
    assert len((await replicas.one.issuers.of("acme")).keys) == 3


async def test_dropping_a_key_of_the_past_leaves_the_present_one(replicas: Replicas) -> None:
    """Guards against a new key for each old one that is cleared away."""
    await replicas.one.rotating.rotate("acme", KeyUse.CREDENTIAL)
    replicas.wait(LEAD)

    await replicas.one.rotating.drop("acme", "key-1")

    assert [key.fragment for key in (await replicas.one.issuers.of("acme")).keys] == [
        "key-1",
        "status-1",
        "key-2",
    ]
    with pytest.raises(NotFound, match="key-1, status-1, key-2"):
        await replicas.one.rotating.drop("acme", "key-9")


async def test_keys_in_files_sign_and_rotate(database: Database, tmp_path: Path) -> None:
    """Guards against a deployment whose keys must not be in its database, and that cannot sign."""
    keys = {name: Ed25519PrivateKey.generate() for name in ("key-1", "status-1", "key-2")}
    for name in ("key-1", "status-1"):
        write_key(tmp_path, f"acme.{name}.pem", keys[name])
    replicas = Replicas(database, tmp_path)
    account = await replicas.one.issuers.ensure("acme")

    signature = replicas.other.issuers.signer(account).sign(b"word")
    public = keys["key-1"].public_key().public_bytes_raw()
    assert is_signed(b"word", signature=signature, key=public)
    assert [key.sealed for key in account.keys] == [b"", b""]
    with pytest.raises(Unavailable, match=r"acme\.key-2\.pem"):
        await replicas.one.rotating.rotate("acme", KeyUse.CREDENTIAL)

    write_key(tmp_path, "acme.key-2.pem", keys["key-2"])
    await replicas.one.rotating.rotate("acme", KeyUse.CREDENTIAL)
    replicas.wait(LEAD)
    assert await replicas.fragments() == ["key-2", "key-2"]
    without = Replicas(database).one.issuers
    with pytest.raises(Unavailable, match="MORSEL_SIGNING_KEYS"):
        without.signer(await without.ensure("acme"))


async def test_a_file_that_changed_is_read_again_and_must_be_the_key(
    database: Database, tmp_path: Path
) -> None:
    """Guards against signatures that nobody can verify, and against a start for each new secret."""
    key = Ed25519PrivateKey.generate()
    for name in ("key-1", "status-1"):
        write_key(tmp_path, f"acme.{name}.pem", Ed25519PrivateKey.generate())
    write_key(tmp_path, "acme.key-1.pem", key)
    replica = Replicas(database, tmp_path).one
    account = await replica.issuers.ensure("acme")
    replica.issuers.signer(account)

    for wrong in (Ed25519PrivateKey.generate(), X25519PrivateKey.generate()):
        write_key(tmp_path, "acme.key-1.pem", wrong)
        with pytest.raises(Unavailable, match=r"acme\.key-1\.pem"):
            replica.issuers.signer(account)

    write_key(tmp_path, "acme.key-1.pem", key)
    assert replica.issuers.signer(account).public_key == key.public_key().public_bytes_raw()


async def test_a_deployment_moves_its_keys_to_files_by_rotating(
    replicas: Replicas, database: Database, tmp_path: Path
) -> None:
    """Guards against a change of the setting that leaves an issuer unable to sign."""
    write_key(tmp_path, "acme.key-2.pem", Ed25519PrivateKey.generate())
    moved = Replicas(database, tmp_path)

    assert await moved.fragments() == ["key-1", "key-1"]
    await moved.one.rotating.rotate("acme", KeyUse.CREDENTIAL)
    moved.wait(LEAD)

    assert await moved.fragments() == ["key-2", "key-2"]
