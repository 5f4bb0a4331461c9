"""Whose key signed: found by a DID, by an https address, or written into the token itself.

A key counts only when its issuer says that it is theirs. A DID says so in its document. An issuer
that goes by an https address says so in its profile, or, where that lists no keys, by publishing
the key at its own origin, as Open Badges 2.0 has it for assertions.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import import_key

from services.credentials.domain import did
from services.credentials.domain.fetched import WEB, Unresolved, host_of
from services.credentials.domain.members import many, objects
from services.credentials.domain.multikey import to_jwk
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification.findings import Findings
from services.kit.errors import Invalid
from services.kit.records import Json

_SECTIONS = ("assertionMethod", "verificationMethod", "publicKey", "keys")
"""Where documents list keys, the strongest word first."""


def address_of(method: Json) -> str:
    """Return the DID or https address whose document has a key; Invalid when it is neither."""
    if isinstance(method, str):
        if method.startswith("did:") and "#" in method:
            return method.partition("#")[0]
        if method.startswith(WEB):
            return method.partition("#")[0]
    raise Invalid("It does not name the issuer's key by a DID URL or an https address.")


def key_of(presented: Presented, method: Json, findings: Findings) -> Mapping[str, Json]:
    """Return the JWK of a key that signed; Invalid when it cannot be had."""
    if method is None and isinstance(presented.header.get("jwk"), dict):
        return _public(presented.header["jwk"])
    address = address_of(method)
    document = known(address, findings)
    if address.startswith("did:"):
        return did.key_of(document, str(method))
    for listed in _of_address(document, str(method)):
        return _jwk(listed)
    raise Invalid("At the address of the key that it names there is no such key.")


def check_key(presented: Presented, method: Json, findings: Findings) -> None:
    """Return when the issuer that is named signs with this key, else raise Invalid."""
    issuer = presented.issuer
    if issuer is None:
        raise Invalid("It does not say who issued it.")
    if method is None and isinstance(presented.header.get("jwk"), dict):
        _check_same(presented.header["jwk"], issuer, findings)
        return
    address = address_of(method)
    if not issuer.startswith("did:"):
        _check_published(presented, str(method), findings)
    elif address == issuer:
        did.check_assertion(known(issuer, findings), str(method))
    elif address.startswith("did:"):
        raise Invalid("It was signed by somebody else than the issuer that it names.")
    else:
        _check_same(key_of(presented, method, findings), issuer, findings)


def known(address: str, findings: Findings) -> Mapping[str, Json]:
    """Return the document of a DID or an address; Invalid when it is missing or another's."""
    document = findings.documents.get(address)
    if not isinstance(document, dict):
        reason = document.reason if isinstance(document, Unresolved) else "it is not known here"
        raise Invalid(f"The issuer's keys could not be looked up ({address}): {reason}.")
    if document.get("id", None if address.startswith("did:") else address) != address:
        raise Invalid(f"What stands at the address of {address} belongs to somebody else.")
    return document


def _check_published(presented: Presented, method: str, findings: Findings) -> None:
    """Return when an issuer with an https address lists a key, or lists none and is its host."""
    issuer, address = str(presented.issuer), address_of(method)
    key = key_of(presented, method, findings)
    profile = findings.documents.get(issuer)
    if isinstance(profile, dict) and (listed := _listed(profile)):
        if method not in listed and address not in listed:
            _check_same(key, issuer, findings)
        return
    for each in _of_address(known(address, findings), method):
        owner = each.get("controller", each.get("owner", issuer))
        if owner != issuer:
            raise Invalid("The key that it was signed with belongs to somebody else.")
    if not host_of(issuer) or host_of(method) != host_of(issuer):
        raise Invalid("Neither does the issuer name this key, nor is it kept at its address.")


def _listed(document: Mapping[str, Json]) -> list[Json]:
    """Return all that a document says of keys: descriptions, and addresses."""
    return [item for section in _SECTIONS for item in many(document.get(section))]


def _check_same(key: Mapping[str, Json], issuer: str, findings: Findings) -> None:
    """Return when an issuer's document lists the same key, under whatever name."""
    document = known(issuer, findings)
    if not any(_same(key, each) for each in _keys(document)):
        raise Invalid("The issuer does not list the key that it was signed with.")


def _keys(document: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Yield the JWKs that a document's subject signs with; those of other kinds are left out."""
    subject = document.get("id")
    methods = {
        str(did.absolute(each.get("id"), subject)): each
        for each in objects(document.get("verificationMethod"))
    }
    section = next((name for name in _SECTIONS if document.get(name)), "")
    for item in many(document.get(section)):
        found = item if isinstance(item, dict) else methods.get(str(did.absolute(item, subject)))
        if found is not None and _has_key(found):
            with suppress(Invalid):
                yield _jwk(found)


def _of_address(document: Mapping[str, Json], method: str) -> Iterator[Mapping[str, Json]]:
    """Yield what a document says of a key's address: the key itself, or one of a set."""
    if _has_key(document):
        yield document
        return
    address, _, fragment = method.partition("#")
    listed = objects(_listed(document))
    for each in listed:
        name = each.get("kid", each.get("id"))
        if name in (method, fragment, f"#{fragment}") or (name is None and len(listed) == 1):
            yield each
    if len(listed) == 1 and not fragment and listed[0].get("id", address) == address:
        yield listed[0]


def _has_key(value: Mapping[str, Json]) -> bool:
    return any(name in value for name in ("kty", "publicKeyMultibase", "publicKeyJwk"))


def _jwk(method: Mapping[str, Json]) -> Mapping[str, Json]:
    if isinstance(multikey := method.get("publicKeyMultibase"), str):
        return to_jwk(multikey)
    jwk = method.get("publicKeyJwk", method)
    if not isinstance(jwk, dict):
        raise Invalid("The issuer publishes this key in a form that is not known here.")
    return _public(jwk)


def _public(jwk: Mapping[str, Json]) -> Mapping[str, Json]:
    if jwk.get("kty") not in ("OKP", "EC", "RSA") or "d" in jwk:
        raise Invalid("The key that it names is no public key of a kind that is known here.")
    return jwk


def _same(one: Mapping[str, Json], other: Mapping[str, Json]) -> bool:
    thumbprints = _thumbprint(one), _thumbprint(other)
    return thumbprints[0] is not None and thumbprints[0] == thumbprints[1]


def _thumbprint(jwk: Mapping[str, Json]) -> Any:
    """Return the RFC 7638 thumbprint of a key, None for what is no key."""
    try:
        return import_key(dict(jwk)).thumbprint()
    except (JoseError, KeyError, TypeError, ValueError):
        return None
