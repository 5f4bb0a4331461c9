"""The check ENDORSEMENT: who vouches for the award or its issuer, since when, and whether it holds.

An endorsement is a credential of its own, inside another: signed by a body that is not the issuer,
about the very thing that it stands in. Forged ones fail. One whose body cannot be asked, or that
its body took back, counts for nothing, and takes nothing from the credential itself.
"""

from collections.abc import Iterator, Mapping

from services.credentials.contract import Check
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.instants import parse_instant
from services.credentials.domain.members import many, member, objects, text
from services.credentials.domain.shape import Presented, read_json, read_token
from services.credentials.domain.verification.findings import (
    FAILED,
    PASSED,
    SKIPPED,
    Findings,
    Outcome,
    day,
)
from services.credentials.domain.verification.signature import check_issuer, check_proof
from services.credentials.domain.verification.status import check_status
from services.kit.errors import Invalid, ServiceError
from services.kit.records import Json, Record

MAX_ENDORSEMENTS = 8
"""That are looked at in one credential: each costs as much as a badge."""
NONE = "It carries no endorsements by others."

_ABOUT = {"award": "the award", "issuer": "its issuer", "credential": "this credential"}


class Embedded(Record):
    """An endorsement as it stands in a credential, and what it has to be about."""

    presented: Presented
    subject: Json
    about: str

    @property
    def body(self) -> str:
        """Return who signed it, by the name that it gives itself."""
        issuer = self.presented.issuer or "nobody"
        return text(member(self.presented.document, "issuer"), "name") or issuer


def check_endorsements(presented: Presented, findings: Findings) -> Outcome:
    """Return whether every endorsement in a credential holds, as far as no status list is needed.

    `findings` has the documents of the bodies.
    """
    found = list(_raw(presented.document))
    if not found:
        return SKIPPED, NONE
    if len(found) > MAX_ENDORSEMENTS:
        return FAILED, f"It carries more than {MAX_ENDORSEMENTS} endorsements."
    return _together([_check(*each, presented, findings) for each in found])


def check_withdrawals(check: Check, presented: Presented, findings: Findings) -> Check:
    """Return a passed check with what bodies took back since; skipped when none is left."""
    if check.outcome is not PASSED:
        return check
    found = embedded(presented.document)
    told = [words for each in found if (words := _taken_back(each, findings))]
    outcome = SKIPPED if len(told) == len(found) else PASSED
    kept = [] if outcome is SKIPPED else [check.message]
    return Check(name=check.name, outcome=outcome, message=" ".join([*kept, *told]))


def embedded(document: Mapping[str, Json]) -> list[Embedded]:
    """Return the endorsements that can be read."""
    found = []
    for value, subject, about in list(_raw(document))[:MAX_ENDORSEMENTS]:
        try:
            found.append(Embedded(presented=_read(value), subject=subject, about=about))
        except ServiceError:
            continue
    return found


def _raw(document: Mapping[str, Json]) -> Iterator[tuple[Json, Json, str]]:
    """Yield each endorsement as it is written, the id of what it stands in, and what that is."""
    achievement = member(member(document, "credentialSubject"), "achievement")
    places = (
        (document, _ABOUT["credential"]),
        (achievement, _ABOUT["award"]),
        (member(document, "issuer"), _ABOUT["issuer"]),
    )
    for place, about in places:
        for name in ("endorsement", "endorsementJwt"):
            for value in many(place.get(name)):
                yield value, place.get("id"), about


def _read(value: Json) -> Presented:
    return read_token(value) if isinstance(value, str) else read_json(value)


def _check(
    value: Json, subject: Json, about: str, presented: Presented, findings: Findings
) -> Outcome:
    try:
        one = Embedded(presented=_read(value), subject=subject, about=about)
    except ServiceError as error:
        return FAILED, f"An endorsement in it cannot be read: {error.message}"
    try:
        return _judge(one, presented, findings)
    except ServiceError as error:
        return FAILED, f"The endorsement in it by {one.body!r} does not hold: {error.message}"


def _judge(one: Embedded, presented: Presented, findings: Findings) -> Outcome:
    _check_shape(one)
    issuer = str(one.presented.issuer)
    if issuer == presented.issuer:
        return SKIPPED, f"{one.body} endorses itself, which says nothing."
    for name in (issuer, *(str(each).partition("#")[0] for each in one.presented.methods)):
        document = findings.documents.get(name)
        if document is None or isinstance(document, Unresolved):
            reason = document.reason if document else "it is not known here"
            return SKIPPED, (
                f"Whether {one.body} ({issuer}) has endorsed {one.about} could not be found out:"
                f" {reason}."
            )
    for outcome, words in (
        check_proof(one.presented, findings),
        check_issuer(one.presented, findings),
    ):
        if outcome is not PASSED:
            return outcome, words
    return _in_force(one, presented, findings)


def _check_shape(one: Embedded) -> None:
    document = one.presented.document
    if "EndorsementCredential" not in many(document.get("type")):
        raise Invalid("It is of another type than EndorsementCredential.")
    named = [each.get("id") for each in objects(document.get("credentialSubject"))]
    if named != [one.subject] or one.subject is None:
        raise Invalid("It is about something else.")


def _in_force(one: Embedded, presented: Presented, findings: Findings) -> Outcome:
    """Return whether an endorsement held when what it stands in was issued, and holds now."""
    document = one.presented.document
    since = parse_instant(document.get("validFrom"))
    if since > findings.now:
        return FAILED, f"{one.body} endorses {one.about} only from {day(since)} on."
    known = one.presented.issuer in findings.own
    who = one.body if known else f"{one.body} ({one.presented.issuer}, by its own word)"
    words = f"{who} has endorsed {one.about} since {day(since)}"
    if "validUntil" not in document:
        return PASSED, f"{words}."
    until = parse_instant(document["validUntil"])
    if until > findings.now:
        return PASSED, f"{words}, until {day(until)}."
    if until <= parse_instant(presented.document.get("validFrom")):
        return FAILED, f"{who} endorsed {one.about} until {day(until)}: before this was issued."
    return PASSED, (
        f"{who} endorsed {one.about} from {day(since)} to {day(until)}: when this was issued it"
        " held, and it has ended since."
    )


def _taken_back(one: Embedded, findings: Findings) -> str | None:
    """Return that a body took an endorsement back, or that this cannot be known; None else."""
    if not one.presented.document.get("credentialStatus"):
        return None
    try:
        outcome, _ = check_status(one.presented, findings)
    except ServiceError as error:
        return f"Whether {one.body} still endorses {one.about} is unknown: {error.message}"
    if outcome is not FAILED:
        return None
    return f"{one.body} has taken its endorsement of {one.about} back."


def _together(outcomes: list[Outcome]) -> Outcome:
    """Return FAILED when any did, else PASSED when any did, with the words of all that count."""
    met = {outcome for outcome, _ in outcomes}
    if FAILED in met:
        return FAILED, " ".join(words for outcome, words in outcomes if outcome is FAILED)
    return PASSED if PASSED in met else SKIPPED, " ".join(words for _, words in outcomes)
