"""Certificates: what is printed is what was signed, in words of the reader's language."""

import msgspec
import pytest
from msgspec.structs import replace

from services.content.contract import Level
from services.credentials.contract import CredentialStatus
from services.credentials.domain.badge import make_badge
from services.credentials.domain.certificate import Certificate, Looks, make_certificate
from services.credentials.domain.credential import Award, make_credential
from services.credentials.domain.words import ENGLISH, SPANISH, Words


def certificate_of(award: Award, **looks: object) -> Certificate:
    """Return the certificate of an award."""
    shown = {"address": "https://learn.example.org/verify", "badge": "<svg/>", "code": "<svg/>"}
    return make_certificate(
        "{}",
        make_credential(award),
        msgspec.convert(shown | looks, Looks),
    )


def in_language(award: Award, language: str) -> Award:
    """Return the award of a course in another language."""
    return replace(award, definition=replace(award.definition, language=language))


def facts(certificate: Certificate) -> dict[str, str]:
    """Return what is printed at the foot, by label."""
    return {fact.label: fact.value for fact in certificate.facts}


def test_a_certificate_says_what_was_signed(award: Award) -> None:
    """Guards against a paper that tells another score, day or name than the credential in it."""
    made = certificate_of(award, level="ADVANCED")

    assert (made.holder, made.issuer, made.name) == (
        "Zoë Example",
        "Morsel Academy",
        "Safe Ladder Use",
    )
    assert [(one.title, one.items) for one in made.lists] == [
        ("Skills", ("work safely at height", "check ladders")),
        ("Counts for", ("window cleaner",)),
    ]
    assert facts(made) == {
        "Awarded": "20 November 2026",
        "Valid until": "20 November 2027",
        "Score": "85.5 %",
        "Identifier": award.url,
        "Signed by": award.issuer.did,
    }
    assert (made.level, made.status, made.how) == (3, "", ENGLISH.how)


def test_spanish_courses_have_spanish_certificates(award: Award) -> None:
    """Guards against a paper in two languages."""
    made = certificate_of(in_language(award, "es"), shared=True)

    assert made.name == "Uso seguro de escaleras"
    assert facts(made)["Otorgada"] == "20 de noviembre de 2026"
    assert made.how == SPANISH.how_shared


@pytest.mark.parametrize("words", [ENGLISH, SPANISH])
def test_every_status_but_valid_is_printed(award: Award, words: Words) -> None:
    """Guards against a clean certificate of a credential that was revoked."""
    assert set(words.statuses) == set(CredentialStatus) - {CredentialStatus.VALID}
    assert len(words.months) == 12
    made = certificate_of(award, status="SUSPENDED")
    assert made.status == "Suspended"


def test_what_lasts_and_has_no_score_says_so(award: Award) -> None:
    """Guards against 'None' on paper."""
    definition = award.definition
    lasting = replace(definition.award, valid_for_days=None)
    plain = replace(
        award,
        definition=replace(definition, award=lasting),
        completion=replace(award.completion, score=None, name=None),
    )

    made = certificate_of(plain)

    assert facts(made)["Valid until"] == "no end"
    assert "Score" not in facts(made)
    assert made.holder == "the holder of this credential"


def test_a_badge_shows_whole_skills_alone(award: Award) -> None:
    """Guards against a ribbon that ends in the middle of a skill, or a level that is none."""
    skill = award.definition.skills[0]
    skills = tuple(replace(skill, name=f"{number} {'x' * 50}") for number in range(9))
    long = replace(award, definition=replace(award.definition, skills=skills))
    achievement = make_credential(long)["credentialSubject"]["achievement"]

    badge = make_badge(achievement, issuer="Morsel Academy", level=Level.INTERMEDIATE)

    assert badge.skills.replace("\u200b", "") == f"0 {'x' * 50} · 1 {'x' * 50}"
    assert badge.level == 2
    assert make_badge(achievement, issuer="x", level=None).level == 0
