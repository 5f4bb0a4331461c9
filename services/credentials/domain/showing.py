"""What a page shows of a credential of ours: taken from the signed document, word for word."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.credentials.domain.achievement import names_role, score_url
from services.credentials.domain.certificate import holder_name
from services.credentials.domain.instants import parse_instant
from services.kit.records import Json, Record


class Named(Record):
    """A skill or a job role, with its address in a public framework where it has one."""

    name: str
    url: str | None = None
    framework: str | None = None


class Shown(Record):
    """The words and figures of a credential."""

    id: str
    """The address that identifies it."""
    name: str
    description: str
    criteria: str
    """Markdown."""
    language: str
    """Of name, description and criteria, as a BCP 47 tag."""
    issuer_name: str
    issuer_id: str
    issuer_url: str | None = None
    holder: str | None = None
    skills: tuple[Named, ...] = ()
    job_roles: tuple[Named, ...] = ()
    awarded: datetime
    valid_until: datetime | None = None
    score: str | None = None
    """Percent, as signed."""
    passing: str | None = None
    """Percent that had to be reached."""


def show(document: Mapping[str, Any]) -> Shown:
    """Return what a page shows of a signed credential of ours."""
    subject, issuer = document["credentialSubject"], document["issuer"]
    achievement = subject["achievement"]
    alignments = achievement.get("alignment", [])
    until = document.get("validUntil")
    score, passing = _score(subject)
    return Shown(
        id=document["id"],
        name=achievement["name"],
        description=achievement["description"],
        criteria=achievement["criteria"].get("narrative", ""),
        language=achievement.get("inLanguage", "en"),
        issuer_name=issuer.get("name", issuer["id"]),
        issuer_id=issuer["id"],
        issuer_url=issuer.get("url"),
        holder=holder_name(subject),
        skills=(
            *(_named(item) for item in alignments if not names_role(item)),
            *(Named(name=tag) for tag in achievement.get("tag", [])),
        ),
        job_roles=tuple(_named(item) for item in alignments if names_role(item)),
        awarded=parse_instant(document.get("awardedDate", document["validFrom"])),
        valid_until=None if until is None else parse_instant(until),
        score=score,
        passing=passing,
    )


def _named(alignment: Mapping[str, Json]) -> Named:
    return Named(
        name=alignment["targetName"],
        url=alignment.get("targetUrl"),
        framework=alignment.get("targetFramework"),
    )


def _score(subject: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the percent that was reached and the percent that had to be, where it tells them."""
    achievement = subject["achievement"]
    wanted = score_url(achievement["id"])
    results = {one.get("resultDescription"): one for one in subject.get("result", [])}
    described = {one["id"]: one for one in achievement.get("resultDescription", [])}
    reached = results.get(wanted, {}).get("value")
    return reached, described.get(wanted, {}).get("requiredValue") if reached else None
