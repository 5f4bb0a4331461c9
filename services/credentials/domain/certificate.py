"""What stands on the certificate of a credential, to be printed: taken from the signed document."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.content.contract import Level
from services.credentials.contract import CredentialStatus
from services.credentials.domain.badge import LEVELS, targets
from services.credentials.domain.instants import parse_instant
from services.credentials.domain.printed import is_rtl, paragraphs, shown
from services.credentials.domain.words import Words, words_in
from services.kit.records import Json, Record

MAX_NAME, MAX_DESCRIPTION, MAX_ITEM, MAX_ITEMS = 200, 600, 80, 8


class Listed(Record):
    """A list with its title."""

    title: str
    items: tuple[str, ...]


class Fact(Record):
    """A line of what to know: a label and what it says."""

    label: str
    value: str


class Certificate(Record):
    """The words, the pictures and the attachment of a certificate."""

    name: str
    holder: str
    issuer: str
    description: str
    criteria: tuple[str, ...]
    lists: tuple[Listed, ...]
    facts: tuple[Fact, ...]
    skills: tuple[str, ...]
    status: str = ""
    """What to know before relying on it, such as Revoked; empty while it is valid."""
    level: int = 0
    language: str
    rtl: bool
    words: Words
    how: str
    address: str
    """Where it can be checked; the code holds the same."""
    badge: str
    """SVG."""
    badge_alt: str
    code: str
    """SVG."""
    credential: str
    """The signed JSON, byte for byte."""


class Looks(Record):
    """What a certificate shows beside the words of its credential."""

    level: Level | None = None
    status: CredentialStatus = CredentialStatus.VALID
    address: str
    shared: bool = False
    """Whether that is the holder's own page."""
    badge: str
    code: str


def make_certificate(signed: str, document: Mapping[str, Any], looks: Looks) -> Certificate:
    """Return the certificate of a credential: `document` is what `signed` says."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    language = str(achievement.get("inLanguage") or "en")
    words = words_in(language)
    skills, roles = (_items(names) for names in targets(achievement))
    name = shown(achievement["name"], limit=MAX_NAME)
    return Certificate(
        name=name,
        holder=shown(holder_name(subject) or words.unnamed, limit=MAX_NAME),
        issuer=shown(document["issuer"].get("name") or document["issuer"]["id"], limit=MAX_NAME),
        description=shown(achievement["description"], limit=MAX_DESCRIPTION),
        criteria=paragraphs(achievement["criteria"].get("narrative") or ""),
        lists=(Listed(title=words.skills, items=skills), Listed(title=words.roles, items=roles)),
        facts=_facts(document, words),
        skills=skills,
        status=words.statuses.get(looks.status, ""),
        level=LEVELS.get(looks.level, 0) if looks.level else 0,
        language=language.partition("-")[0].lower(),
        rtl=is_rtl(language),
        words=words,
        how=words.how_shared if looks.shared else words.how,
        address=looks.address,
        badge=looks.badge,
        badge_alt=f"{words.badge}: {name}",
        code=looks.code,
        credential=signed,
    )


def holder_name(subject: Mapping[str, Any]) -> str | None:
    """Return the name that a credential of ours gives its holder in plain text, if any."""
    for identity in subject.get("identifier") or ():
        if identity.get("identityType") == "name" and not identity.get("hashed"):
            return str(identity["identityHash"])
    return None


def _facts(document: Mapping[str, Any], words: Words) -> tuple[Fact, ...]:
    until = document.get("validUntil")
    found: dict[str, Json] = {
        words.awarded: _day(document.get("awardedDate") or document["validFrom"], words),
        words.valid_until: words.ever if until is None else _day(until, words),
        words.score: _score(document["credentialSubject"]),
        words.identifier: document["id"],
        words.signed_by: document["issuer"]["id"],
    }
    return tuple(Fact(label=label, value=str(value)) for label, value in found.items() if value)


def _score(subject: Mapping[str, Any]) -> str | None:
    """Return the share that was reached, where the credential tells one."""
    described = subject["achievement"].get("resultDescription") or ()
    scores = {one["id"] for one in described if one["id"].endswith("#score")}
    for result in subject.get("result") or ():
        if result.get("resultDescription") in scores and result.get("value"):
            return f"{result['value']} %"
    return None


def _items(names: list[str]) -> tuple[str, ...]:
    items = tuple(shown(name, limit=MAX_ITEM) for name in names)
    return items if len(items) <= MAX_ITEMS else (*items[:MAX_ITEMS], "…")


def _day(instant: Json, words: Words) -> str:
    moment: datetime = parse_instant(instant)
    return words.day.format(day=moment.day, month=words.months[moment.month - 1], year=moment.year)
