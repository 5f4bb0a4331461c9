"""What is written into a credential, and what is refused before it is signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.content.contract import Skill
from services.credentials.domain.credential import Award, identity_hash, make_credential
from services.credentials.domain.instants import format_instant, parse_instant
from services.credentials.domain.text import checked, email_address, person_name
from services.kit.errors import Invalid


def test_an_identity_is_hashed_as_the_specification_shows() -> None:
    """Guards against hashes that nobody else can match: the sample is that of Open Badges 3.0."""
    assert identity_hash("a@example.com", "Kosher") == (
        "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    )


def test_a_holder_is_known_by_hashed_email_and_plain_name(award: Award) -> None:
    """Guards against an e-mail address that a badge gives away, or that cannot be matched."""
    hashed, plain = make_credential(award)["credentialSubject"]["identifier"]

    salt = bytes(range(16)).hex()
    assert hashed == {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash("zoe@example.org", salt),
        "identityType": "emailAddress",
        "salt": salt,
    }
    assert (plain["identityHash"], plain["identityType"]) == ("Zoë Example", "name")


def test_a_holder_without_email_and_name_is_known_by_the_hashed_learner_id(award: Award) -> None:
    """Guards against a guest's credential that belongs to nobody."""
    unknown = replace(award.completion, name=" \t ", email="not an address")

    (only,) = make_credential(replace(award, completion=unknown))["credentialSubject"]["identifier"]

    assert only["identityType"] == "identifier"
    assert only["identityHash"] == identity_hash(award.completion.learner_id, only["salt"])


def test_the_profile_of_a_micro_credential_is_complete(award: Award) -> None:
    """Guards against a badge that says nothing of skills, job roles, results or evidence."""
    credential = make_credential(award)
    subject = credential["credentialSubject"]
    achievement = subject["achievement"]

    assert achievement["achievementType"] == "MicroCredential"
    assert [one["targetName"] for one in achievement["alignment"]] == [
        "work safely at height",
        "window cleaner",
    ]
    assert achievement["tag"] == ["check ladders"]
    (asked, *_), (reached,) = achievement["resultDescription"], subject["result"]
    assert (asked["resultType"], asked["requiredValue"]) == ("Percent", "70")
    assert (reached["resultDescription"], reached["value"]) == (asked["id"], "85.5")
    assert award.completion.evidence is not None
    assert award.completion.evidence.digest in credential["evidence"][0]["narrative"]
    assert credential["validUntil"] == "2027-11-20T09:30:15Z"
    assert isinstance(credential["credentialStatus"], dict)
    assert all(value not in (None, []) for value in credential.values())


def test_an_award_without_a_score_says_that_it_was_completed(award: Award) -> None:
    """Guards against a micro-credential that names no result, as its profile wants one."""
    unmarked = replace(award, completion=replace(award.completion, score=None))

    subject = make_credential(unmarked)["credentialSubject"]

    _, asked, _ = subject["achievement"]["resultDescription"]
    (reached,) = subject["result"]
    assert (asked["resultType"], asked["requiredValue"]) == ("Status", "Completed")
    assert (reached["resultDescription"], reached["status"]) == (asked["id"], "Completed")


@pytest.mark.parametrize("url", [None, "", "urn:x", "http://a b/", "javascript:alert(1)"])
def test_a_skill_without_an_address_becomes_a_tag(award: Award, url: str | None) -> None:
    """Guards against alignments that verifiers refuse for their address."""
    skill = Skill(id="skl_x", name="fold ladders", url=url)
    definition = replace(award.definition, skills=(skill,), job_roles=())

    achievement = make_credential(replace(award, definition=definition))["credentialSubject"][
        "achievement"
    ]

    assert "alignment" not in achievement
    assert achievement["tag"] == ["fold ladders"]


def test_an_award_that_lasts_has_no_end(award: Award) -> None:
    """Guards against null in a credential, which JSON-LD reads as something else."""
    lasting = replace(award.definition.award, valid_for_days=None)

    credential = make_credential(
        replace(award, definition=replace(award.definition, award=lasting))
    )

    assert "validUntil" not in credential


@pytest.mark.parametrize("character", ["\0", "\x07", "\x0b", "\x0c", "\x1f", "\x7f", "\ud800"])
def test_text_that_verifiers_disagree_on_is_refused(award: Award, character: str) -> None:
    """Guards against a signature that holds here and fails in a wallet."""
    odd = replace(award.definition.award, criteria={"en": f"a{character}b"})

    with pytest.raises(Invalid, match="control character"):
        make_credential(replace(award, definition=replace(award.definition, award=odd)))


@given(st.text())
def test_a_name_never_stops_a_credential(name: str) -> None:
    """Guards against a learner who gets nothing because of what they typed as their name."""
    cleaned = person_name(name)

    assert cleaned is None or checked(cleaned) == cleaned
    assert email_address(name) is None or "@" in name


@given(st.datetimes(timezones=st.just(parse_instant("2026-01-01T00:00:00Z").tzinfo)))
def test_an_instant_is_read_back_to_the_second(instant: object) -> None:
    """Guards against validity that shifts between the JSON and the token."""
    whole = instant.replace(microsecond=0)  # type: ignore[attr-defined]  # hypothesis gives datetimes

    assert parse_instant(format_instant(instant)) == whole  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    "text", [None, 5, "", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"]
)
def test_an_instant_needs_a_zone(text: object) -> None:
    """Guards against validity that depends on where the verifier stands."""
    with pytest.raises(Invalid):
        parse_instant(text)
