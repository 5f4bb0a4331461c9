"""The AchievementCredential of Open Badges 3.0, as a micro-credential, before it is signed."""

import hashlib
from datetime import datetime, timedelta

from services.credentials.contract import Issuer
from services.credentials.domain import contexts, statuslist
from services.credentials.domain.achievement import (
    completion_url,
    make_achievement,
    percent,
    score_url,
    text_of,
)
from services.credentials.domain.instants import format_instant, whole_seconds
from services.credentials.domain.issuer import make_profile
from services.credentials.domain.records import Completion, Definition, Evidence, StatusPlace
from services.credentials.domain.refreshing import refresh_service
from services.credentials.domain.text import checked, email_address, person_name
from services.kit.records import Json, Record

SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
SALT_BYTES = 16


class Endorsements(Record):
    """Signed statements of accrediting bodies that are embedded: EndorsementCredentials."""

    of_achievement: tuple[dict[str, Json], ...] = ()
    of_issuer: tuple[dict[str, Json], ...] = ()


class Award(Record):
    """All that one credential is made of; nothing else goes into it."""

    url: str
    issuer: Issuer
    origin: str
    definition: Definition
    completion: Completion
    place: StatusPlace
    suspension: StatusPlace | None = None
    """An entry of its own for suspension, where its issuer keeps such lists."""
    salt: bytes
    """128 random bits: without them, an e-mail address could be guessed from its hash."""
    valid_from: datetime
    endorsements: Endorsements = Endorsements()
    refresh_url: str | None = None
    """Where the newest copy is, for whoever has this one."""
    narrative: str | None = None
    """What the holder did, in Markdown, in the words of who awards by hand."""

    @property
    def valid_until(self) -> datetime | None:
        """Return when it expires, or None for one that does not."""
        days = self.definition.award.valid_for_days
        return None if days is None else whole_seconds(self.valid_from) + timedelta(days=days)


def make_credential(award: Award) -> dict[str, Json]:
    """Return the unsigned credential; Invalid for text that verifiers would not agree on."""
    definition, completion = award.definition, award.completion
    credential: dict[str, Json] = {
        "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES, contexts.EXTENSIONS],
        "id": award.url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": text_of(definition.award.name, definition.language),
        "description": text_of(definition.award.description, definition.language),
        "issuer": make_profile(
            award.issuer, origin=award.origin, endorsements=award.endorsements.of_issuer
        ),
        "validFrom": format_instant(award.valid_from),
        "awardedDate": format_instant(completion.completed_at),
        "credentialSubject": _subject(award),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": _status(award),
    }
    if award.valid_until is not None:
        credential["validUntil"] = format_instant(award.valid_until)
    if award.refresh_url is not None:
        credential["refreshService"] = refresh_service(award.refresh_url)
    if evidence := _evidence(completion):
        credential["evidence"] = evidence
    return credential


def identity_hash(identity: str, salt: str) -> str:
    """Return the IdentityHash of Open Badges 3.0: sha256$, then the hex digest with the salt."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def _status(award: Award) -> Json:
    """Return its entry; both entries where it has two, which the schema of 1EdTech does not know.

    One alone is an object, for that schema wants exactly one.
    """
    places = (award.place, award.suspension)
    entries = [
        statuslist.entry(place.list_url, place.index, purpose=place.purpose)
        for place in places
        if place is not None
    ]
    return entries[0] if len(entries) == 1 else entries


def _subject(award: Award) -> dict[str, Json]:
    achievement = make_achievement(
        award.definition,
        origin=award.origin,
        endorsements=award.endorsements.of_achievement,
    )
    subject: dict[str, Json] = {
        "id": f"{award.url}#holder",
        "type": ["AchievementSubject"],
        "identifier": _identities(award.completion, award.salt.hex()),
        "achievement": achievement,
    }
    if award.narrative is not None:
        subject["narrative"] = checked(award.narrative)
    subject["result"] = [_result(award.completion.score, achievement["id"])]
    return subject


def _result(score: float | None, achievement: str) -> dict[str, Json]:
    """Return what was reached: the score, or that it was completed where nothing was marked."""
    if score is None:
        return {
            "type": ["Result"],
            "resultDescription": completion_url(achievement),
            "status": "Completed",
        }
    return {
        "type": ["Result"],
        "resultDescription": score_url(achievement),
        "value": percent(score),
    }


def _identities(completion: Completion, salt: str) -> list[Json]:
    """Return who holds it: e-mail or learner id as a salted hash, and the plain name."""
    email = email_address(completion.email)
    hashed = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(email or completion.learner_id, salt),
        "identityType": "emailAddress" if email else "identifier",
        "salt": salt,
    }
    name = person_name(completion.name)
    if name is None:
        return [hashed]
    plain = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": name,
        "identityType": "name",
    }
    return [hashed, plain]


def _evidence(completion: Completion) -> list[Json]:
    """Return what it rests on: learning events, or the credentials that it was earned by."""
    events = [] if completion.evidence is None else [_events(completion.evidence)]
    return [*events, *(_credential(url) for url in completion.stacked)]


def _credential(url: str) -> dict[str, Json]:
    return {
        "id": url,
        "type": ["Evidence"],
        "name": "Credential",
        "narrative": "A credential that the holder had when this one was earned, valid that day.",
        "genre": "Credential",
    }


def _events(evidence: Evidence) -> dict[str, Json]:
    return {
        "type": ["Evidence"],
        "name": "Learning events",
        "narrative": (
            f"{evidence.events} learning events, kept by the issuer, with the digest"
            f" {evidence.digest}: the sum modulo 2^128 of 16 bytes of the SHA-256 of each."
        ),
        "genre": "LearningRecord",
    }
