"""Verification of a credential, ours or anybody's: pure checks over what was found out about it.

Each check ends in a sentence for somebody who hires. What cannot be found out fails, or says why it
was skipped. Checks over what strangers wrote (`examine`) take time, and may run elsewhere than the
cheap ones that bring in what the issuer says today (`conclude`).
"""

from collections.abc import Callable, Mapping, Sequence

from services.credentials.contract import Check, CheckName, Verification
from services.credentials.domain.achievement import names_role
from services.credentials.domain.fetched import WEB, Unresolved
from services.credentials.domain.members import member, objects, text
from services.credentials.domain.shape import Presented, check_open_badge
from services.credentials.domain.verification.endorsement import (
    check_endorsements,
    check_withdrawals,
    embedded,
)
from services.credentials.domain.verification.findings import (
    FAILED,
    PASSED,
    SKIPPED,
    Findings,
    Outcome,
    StatusList,
    run,
)
from services.credentials.domain.verification.signature import check_issuer, check_proof
from services.credentials.domain.verification.status import check_status, list_address, read_list
from services.credentials.domain.verification.validity import check_validity
from services.kit.records import Json

__all__ = [
    "Findings",
    "StatusList",
    "Unresolved",
    "conclude",
    "examine",
    "read_list",
    "references",
    "unexamined",
    "unfinished",
    "unreadable",
    "verify",
]


def unreadable(reason: str) -> Verification:
    """Return the outcome for what is no credential: SYNTAX failed, the other checks skipped."""
    syntax = Check(name=CheckName.SYNTAX, outcome=FAILED, message=reason)
    return Verification(
        verified=False, checks=(syntax, *_unseen("Not looked at, because it could not be read."))
    )


def unfinished(reason: str) -> Verification:
    """Return the outcome for what nobody came to look at: every check skipped, and not verified."""
    syntax = Check(name=CheckName.SYNTAX, outcome=SKIPPED, message=reason)
    return Verification(verified=False, checks=(syntax, *_unseen("Not looked at either.")))


def unexamined(reason: str) -> Verification:
    """Return the outcome for what is made so that nobody can check it: PROOF failed."""
    told = {
        CheckName.SYNTAX: (PASSED, "It is a credential that can be read."),
        CheckName.PROOF: (FAILED, reason),
    }
    rest = (SKIPPED, "Not looked at, because its signature could not be checked.")
    found = {name: told.get(name, rest) for name in CheckName}
    checks = [Check(name=name, outcome=how, message=why) for name, (how, why) in found.items()]
    return Verification(verified=False, checks=tuple(checks))


def references(presented: Presented) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a verification needs to know of: issuers' and keys' documents, status lists.

    Those of the endorsements in it too.
    """
    inside = [each.presented for each in embedded(presented.document)]
    asked = [_references(each) for each in (presented, *inside)]
    return (
        frozenset(name for names, _ in asked for name in names),
        frozenset(address for _, addresses in asked for address in addresses),
    )


def _references(presented: Presented) -> tuple[set[str], set[str]]:
    """Return the same of one credential, and of none that is inside."""
    names = {method.partition("#")[0] for method in presented.methods if isinstance(method, str)}
    if presented.issuer is not None:
        names.add(presented.issuer)
    addresses = {
        list_address(entry) for entry in objects(presented.document.get("credentialStatus"))
    }
    return (
        {name for name in names if name.startswith(("did:", *WEB))},
        {address for address in addresses if address is not None},
    )


def verify(presented: Presented, findings: Findings) -> Verification:
    """Return the outcome of every check, in the contract's order."""
    return conclude(presented, examine(presented, findings), findings)


def examine(presented: Presented, findings: Findings) -> tuple[Check, ...]:
    """Return the outcomes of the checks that need no status list."""
    work: Mapping[CheckName, Callable[[], Outcome]] = {
        CheckName.SYNTAX: lambda: (PASSED, "It is a credential that can be read."),
        CheckName.SCHEMA: lambda: _schema(presented),
        CheckName.PROOF: lambda: check_proof(presented, findings),
        CheckName.ISSUER: lambda: check_issuer(presented, findings),
        CheckName.VALIDITY: lambda: check_validity(presented.document, findings.now),
        CheckName.ENDORSEMENT: lambda: check_endorsements(presented, findings),
        CheckName.LOG: lambda: (SKIPPED, "Its issuer keeps no public log that is known here."),
    }
    return tuple(run(name, check) for name, check in work.items())


def conclude(presented: Presented, examined: Sequence[Check], findings: Findings) -> Verification:
    """Return the outcome of all checks, those given and STATUS, in the contract's order."""
    status = run(CheckName.STATUS, lambda: check_status(presented, findings))
    order = list(CheckName)
    settled = [
        check_withdrawals(check, presented, findings)
        if check.name is CheckName.ENDORSEMENT
        else check
        for check in examined
    ]
    checks = sorted((*settled, status), key=lambda check: order.index(check.name))
    document = presented.document
    subject = member(document, "credentialSubject")
    achievement = member(subject, "achievement")
    return Verification(
        verified=_is_verified(checks),
        checks=tuple(checks),
        issuer_name=text(member(document, "issuer"), "name"),
        issuer_id=presented.issuer,
        holder_name=_holder_name(subject),
        achievement_name=text(achievement, "name"),
        skills=_skills(achievement),
        credential=presented.credential,
    )


def _is_verified(checks: Sequence[Check]) -> bool:
    """Return whether no check failed, and the signature was not merely skipped."""
    outcomes = {check.name: check.outcome for check in checks}
    return FAILED not in outcomes.values() and outcomes[CheckName.PROOF] is PASSED


def _unseen(message: str) -> list[Check]:
    """Return every check but SYNTAX, skipped."""
    rest = [name for name in CheckName if name is not CheckName.SYNTAX]
    return [Check(name=name, outcome=SKIPPED, message=message) for name in rest]


def _schema(presented: Presented) -> Outcome:
    check_open_badge(presented.document)
    return PASSED, "It has everything that Open Badges 3.0 asks for."


def _holder_name(subject: Mapping[str, Json]) -> str | None:
    """Return the name that the credential gives its holder in plain text, if any."""
    for identity in objects(subject.get("identifier")):
        if identity.get("identityType") == "name":
            return None if identity.get("hashed") else text(identity, "identityHash")
    return None


def _skills(achievement: Mapping[str, Json]) -> tuple[str, ...]:
    alignments = objects(achievement.get("alignment"))
    names = [text(item, "targetName") for item in alignments if not names_role(item)]
    return tuple(name for name in names if name)
