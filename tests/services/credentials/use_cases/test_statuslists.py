"""Revocation: the public list says so, whoever asks, and nothing else changes."""

import asyncio
from typing import Any

import msgspec
import pytest

from services.credentials.contract import (
    CheckName,
    Credential,
    CredentialStatus,
    HolderKey,
    VerifyInput,
)
from services.credentials.domain import statuslist
from services.kit.errors import Conflict, NotFound
from tests.support.issuing import World


async def test_revoking_flips_one_bit_and_verification_says_so(world: World) -> None:
    """Guards against a revocation that employers never hear of, or that hits a neighbour."""
    first, second = await world.issue("ada"), await world.issue("bo")

    await world.service.issuing.set_status(
        first.id, CredentialStatus.REVOKED, reason="Issued by mistake."
    )

    listed = await published_list(world, first)
    bits = statuslist.decode(listed["credentialSubject"]["encodedList"])
    assert statuslist.is_set(bits, index_of(first))
    assert sum(byte.bit_count() for byte in bits) == 1
    revoked, valid = await world.service.verifying.verify(
        (VerifyInput(jwt=first.jwt), VerifyInput(jwt=second.jwt))
    )
    messages = {check.name: check.message for check in revoked.checks}
    assert (revoked.verified, valid.verified) == (False, True)
    assert messages[CheckName.STATUS] == "Its issuer has revoked it."
    (read,) = await world.service.credentials.held((key_of(first),))
    assert read is not None
    assert (read.status, read.status_reason) == (CredentialStatus.REVOKED, "Issued by mistake.")


async def test_revoking_at_once_loses_no_bit(world: World) -> None:
    """Guards against two revocations of which the later write undoes the earlier."""
    issued = [await world.issue(f"learner {n}") for n in range(4)]

    await asyncio.gather(
        *(world.service.issuing.set_status(one.id, CredentialStatus.REVOKED) for one in issued)
    )

    listed = await published_list(world, issued[0])
    bits = statuslist.decode(listed["credentialSubject"]["encodedList"])
    assert sum(byte.bit_count() for byte in bits) == 4


async def test_revoking_twice_signs_once(world: World) -> None:
    """Guards against lists that change on every retry, and so are never cached."""
    issued = await world.issue("ada")

    await world.service.issuing.set_status(issued.id, CredentialStatus.REVOKED)
    before = await published_list(world, issued)
    await world.service.issuing.set_status(issued.id, CredentialStatus.REVOKED)

    assert await published_list(world, issued) == before


async def test_only_revocation_is_possible_and_only_of_what_there_is(world: World) -> None:
    """Guards against a status that the list, which is for revocation, could not tell."""
    issued = await world.issue("ada")
    before = await published_list(world, issued)

    with pytest.raises(Conflict):
        await world.service.issuing.set_status(issued.id, CredentialStatus.SUSPENDED)
    with pytest.raises(NotFound):
        await world.service.issuing.set_status("cre_AAAA", CredentialStatus.REVOKED)

    assert await published_list(world, issued) == before


async def published_list(world: World, credential: Credential) -> Any:
    url = msgspec.json.decode(credential.json)["credentialStatus"]["statusListCredential"]
    found = await world.service.credentials.status_list(url.rpartition("/")[2])
    return msgspec.json.decode(found.signed)


def index_of(credential: Credential) -> int:
    return int(msgspec.json.decode(credential.json)["credentialStatus"]["statusListIndex"])


def key_of(credential: Credential) -> HolderKey:
    return HolderKey(learner_id=credential.holder_id, achievement_id=credential.achievement_id)
