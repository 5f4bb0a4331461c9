"""Reading: what can be earned, who may see what was issued, and addresses that expire."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.credentials.contract import CredentialStatus, HolderKey
from services.kit.errors import Invalid
from services.kit.ids import Kind
from services.kit.records import Actor, PageArgs, Role
from tests.support.awards import COMPLETED_AT, award_of, completion_of, course_version, make_id
from tests.support.issuing import World

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_an_achievement_is_that_of_the_newest_version(world: World) -> None:
    """Guards against an award whose text stays behind when its course is published again."""
    old = world.shelf.add(course_version())
    renewed = msgspec.structs.replace(award_of(), name={"en": "Safer Ladder Use"}, version="2")
    new = world.shelf.add(course_version(number=2, award=renewed))
    for version in (new, old):
        await world.service.issuing.define(version.id)
    await world.service.issuing.award(completion_of(old))

    found, missing = await world.service.credentials.achievements((renewed.id, "ach_AAAA"))

    assert missing is None
    assert found is not None
    assert (found.name["en"], found.version, found.issued_count) == ("Safer Ladder Use", "2", 1)
    assert found.issuer.name == "Morsel Academy"
    assert found.issuer.did == "did:web:localhost%3A8000:issuers:morsel-academy"
    assert [skill.name for skill in found.skills] == ["work safely at height", "check ladders"]


@pytest.mark.parametrize(
    "roles,organisation,learner,seen",
    [
        ({Role.LEARNER}, None, "zoe", True),
        ({Role.LEARNER}, None, "bo", False),
        ({Role.ISSUER}, "morsel-academy", "bo", True),
        ({Role.ISSUER}, "acme", "bo", False),
        ({Role.AUTHOR, Role.MANAGER, Role.EMPLOYER}, "morsel-academy", "bo", False),
    ],
    ids=["holder", "another learner", "issuer", "another issuer", "other roles"],
)
async def test_who_may_read_a_credential(
    world: World, roles: set[Role], organisation: str | None, learner: str, *, seen: bool
) -> None:
    """Guards against credentials, which hold names and scores, in the wrong hands."""
    issued = await world.issue("zoe")
    actor = Actor(
        subject=make_id(Kind.LEARNER, learner), roles=frozenset(roles), organisation=organisation
    )

    (found,) = await world.service.credentials.credentials(actor, (issued.id,))

    assert (found is not None) == seen


async def test_nobody_reads_what_is_not_shared(world: World) -> None:
    """Guards against a public view of every credential whose id leaked."""
    issued = await world.issue()

    assert await world.service.credentials.credentials(None, (issued.id, "cre_AAAA")) == (
        None,
        None,
    )


async def test_pages_hold_every_credential_once_newest_first(world: World) -> None:
    """Guards against a credential that falls between two pages, of the same instant too."""
    for number in range(5):
        version = course_version(f"course {number}", award=award_of(f"award {number}"))
        await world.issue(version=version)
    holder = make_id(Kind.LEARNER, "zoe")

    seen: list[str] = []
    page = await world.service.credentials.held_by(holder, PageArgs(first=2))
    while True:
        assert page.total == 5
        seen += [node.id for node in page.nodes]
        if not page.has_next:
            break
        page = await world.service.credentials.held_by(
            holder, PageArgs(first=2, after=page.cursors[-1])
        )

    assert len(seen) == len(set(seen)) == 5
    assert (page.has_previous, page.has_next) == (True, False)


async def test_a_made_up_cursor_is_refused(world: World) -> None:
    """Guards against a page that starts anywhere because its cursor could not be read."""
    for cursor in ("!", "abc", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5IHg="):
        with pytest.raises(Invalid):
            await world.service.credentials.held_by("lrn_AAAA", PageArgs(after=cursor))


async def test_what_a_credential_tells(world: World) -> None:
    """Guards against fields that disagree with the signed document."""
    issued = await world.issue()
    signed = msgspec.json.decode(issued.json)

    assert issued.holder_id == make_id(Kind.LEARNER, "zoe")
    assert (issued.holder_name, issued.score) == ("Zoë Example", 0.855)
    assert issued.awarded_at == COMPLETED_AT
    assert issued.valid_until == issued.valid_from + timedelta(days=365)
    assert signed["validFrom"] == issued.valid_from.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert signed["awardedDate"] == "2026-11-20T09:30:15Z"
    assert signed["id"] == f"http://localhost:8000/credentials/{issued.id}"
    assert "example.org" not in issued.json.decode()
    assert issued.holder_id not in issued.json.decode()


async def test_an_expired_credential_says_so_unless_it_was_revoked(world: World) -> None:
    """Guards against VALID for ever, and against an expiry that hides a revocation."""
    stale, revoked = await world.issue("ada"), await world.issue("bo")
    await world.revoke(revoked)
    await world.database.truth("credentials").update_many({}, {"$set": {"valid_until": NOON}})
    keys = [
        HolderKey(learner_id=one.holder_id, achievement_id=one.achievement_id)
        for one in (stale, revoked)
    ]

    found = await world.service.credentials.held(tuple(keys))

    assert [one.status for one in found if one] == [
        CredentialStatus.EXPIRED,
        CredentialStatus.REVOKED,
    ]
