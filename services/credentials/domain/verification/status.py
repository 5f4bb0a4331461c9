"""The check STATUS: what the issuer has said since; our own lists, and other issuers'."""

from collections.abc import Mapping

from services.credentials.domain import statuslist
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.members import member, objects
from services.credentials.domain.shape import Presented, read_json, read_token
from services.credentials.domain.verification.findings import (
    FAILED,
    PASSED,
    SKIPPED,
    Findings,
    Outcome,
    StatusList,
)
from services.credentials.domain.verification.signature import check_signatures, check_signers
from services.credentials.domain.verification.validity import check_validity
from services.kit.errors import Invalid
from services.kit.records import Json

PURPOSES = {"revocation": "revoked", "suspension": "suspended"}
"""Purposes of status lists that make a credential worthless, as a verb."""
BITSTRING = "BitstringStatusListEntry"
REVOCATION_LIST = "1EdTechRevocationList"
"""The older way of Open Badges 3.0, still met: a plain list of what was revoked."""


def list_address(entry: Mapping[str, Json]) -> str | None:
    """Return where the list of a credentialStatus stands."""
    name = "id" if entry.get("type") == REVOCATION_LIST else "statusListCredential"
    found = entry.get(name)
    return found if isinstance(found, str) else None


def check_status(presented: Presented, findings: Findings) -> Outcome:
    """Return whether its issuer has revoked or suspended it."""
    entries = presented.document.get("credentialStatus")
    if not entries:
        return SKIPPED, "Its issuer offers no way to revoke it."
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict):
            raise Invalid("Where its status is kept is not written in a form that is known here.")
        verb = _flag(entry, presented, findings)
        if verb is not None and presented.document.get("id") in findings.suspended:
            verb = PURPOSES["suspension"]
        if verb is not None:
            return FAILED, f"Its issuer has {verb} it."
    return PASSED, "Its issuer has not revoked it."


def read_list(value: Json, address: str, findings: Findings) -> StatusList:
    """Return a list credential once its own signature, issuer and time are checked, else Invalid.

    `findings` has the documents of its issuer and keys.
    """
    listed = read_token(value) if isinstance(value, str) else read_json(value)
    if listed.document.get("id") != address:
        raise Invalid("The status list that it points to is not the one at that address.")
    if listed.token is None and not listed.proofs:
        raise Invalid("The status list that it points to is not signed.")
    check_signatures(listed, findings)
    check_signers(listed, findings)
    outcome, message = check_validity(listed.document, findings.now)
    if outcome is FAILED:
        raise Invalid(f"The status list that it points to is out of date: {message}")
    purposes, bits = statuslist.read(listed.document)
    ttl = member(listed.document, "credentialSubject").get("ttl")
    return StatusList(
        issuer=str(listed.issuer),
        purposes=purposes,
        bits=bits,
        ttl=ttl / 1000 if isinstance(ttl, int) and ttl >= 0 else None,
    )


def _flag(entry: Mapping[str, Json], presented: Presented, findings: Findings) -> str | None:
    """Return what the issuer did to a credential by one of its entries, as a verb."""
    if entry.get("type") == REVOCATION_LIST:
        return "revoked" if _is_named(presented, _found(entry, findings)) else None
    if entry.get("type") != BITSTRING:
        kind = str(entry.get("type"))[:60]
        raise Invalid(f"Its status is kept by the method {kind!r}, not known here.")
    purpose = str(entry.get("statusPurpose"))
    verb = PURPOSES.get(purpose)
    if verb is None:
        return None
    found = _found(entry, findings)
    if not isinstance(found, StatusList):
        found = read_list(found, str(list_address(entry)), findings)
    if found.issuer != presented.issuer:
        raise Invalid("The status list that it points to is not one of its issuer's.")
    if purpose not in found.purposes:
        raise Invalid("The status list is for another purpose.")
    return verb if statuslist.is_set(found.bits, statuslist.place(entry)) else None


def _found(entry: Mapping[str, Json], findings: Findings) -> StatusList | Json:
    found = findings.lists.get(str(list_address(entry)))
    if found is None or isinstance(found, Unresolved):
        reason = found.reason if found else "no address is given"
        raise Invalid(f"Whether it was revoked could not be found out: {reason}.")
    return found


def _is_named(presented: Presented, listed: Json) -> bool:
    """Return whether a 1EdTech revocation list has a credential; Invalid for another's list."""
    if not isinstance(listed, dict) or listed.get("issuer") != presented.issuer:
        raise Invalid("The revocation list that it points to is not one of its issuer's.")
    wanted = presented.document.get("id")
    return any(
        item.get("id") == wanted and item.get("revoked", True) is not False
        for item in objects(listed.get("revokedCredential"))
    )
