"""The VC-JWT form of a credential (Open Badges 3.0, 8.2): a compact JWS with five claims."""

from collections.abc import Mapping
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from services.credentials.domain.instants import parse_instant
from services.credentials.domain.multikey import base64url, base64url_decode
from services.credentials.domain.signing import Signer
from services.kit.errors import Invalid
from services.kit.records import Json

ALGORITHMS = ("EdDSA", "Ed25519", "ES256", "RS256")
"""What a verifier accepts; all asymmetric."""
CLAIMS = ("iss", "jti", "sub", "nbf", "exp")
"""Registered claims, each of which repeats a member of the credential."""
MIN_RSA_BYTES = 256
"""Of an RSA key: shorter ones have been broken."""

_PARTS = 3


class _Registry(jws.JWSRegistry):
    """joserfc's algorithms; EdDSA, as Open Badges 3.0 says, without a warning of RFC 9864."""

    max_header_length = 4_096
    max_payload_length = 512 * 1024

    def get_alg(self, name: str) -> Any:
        if name == "EdDSA" and self.allowed and name in self.allowed:
            return self.algorithms[name]
        return super().get_alg(name)


def secure(document: Mapping[str, Json], *, signer: Signer) -> str:
    """Return a credential (without proofs) as compact JWS; `kid` is the signer's DID URL."""
    header = {"alg": "EdDSA", "kid": signer.method_id, "typ": "JWT"}
    head, body = (
        base64url(msgspec.json.encode(part)) for part in (header, {**document, **claims(document)})
    )
    signed = f"{head}.{body}"
    return f"{signed}.{base64url(signer.sign(signed.encode()))}"


def claims(document: Mapping[str, Json]) -> dict[str, Json]:
    """Return the registered claims that a credential's members ask for."""
    subject = document.get("credentialSubject")
    found: dict[str, Json] = {
        "iss": issuer_id(document),
        "jti": document.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "nbf": _seconds(document.get("validFrom")),
        "exp": _seconds(document.get("validUntil")),
    }
    return {name: value for name, value in found.items() if value is not None}


def issuer_id(document: Mapping[str, Json]) -> str | None:
    """Return who a credential says issued it: the id of its issuer, an object or a string."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else None


def read(token: str) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return a token's header and credential, unverified; Invalid when its claims contradict it."""
    header, payload = parts(token)
    if "vc" in payload and "credentialSubject" not in payload:
        raise Invalid("It is a token of the older data model (claim vc), which is not read here.")
    document = {name: value for name, value in payload.items() if name not in CLAIMS}
    expected = claims(document)
    for name in CLAIMS:
        if name in payload and payload[name] != expected.get(name):
            raise Invalid(f"Its claim {name} contradicts the credential in it.")
    if payload.get("iss") != expected.get("iss"):
        raise Invalid("It does not say (claim iss) who issued it.")
    return header, document


def parts(token: str) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return the header and the payload of a compact JWS, unverified; Invalid when it is none."""
    found = token.strip().split(".")
    if len(found) != _PARTS:
        raise Invalid("It is no signed token: three parts with dots between them are expected.")
    header, payload = _object(found[0]), _object(found[1])
    if "crit" in header:
        raise Invalid("It is signed with an extension (crit) that is not known here.")
    return header, payload


def check(token: str, *, key: Mapping[str, Json]) -> None:
    """Return when a token is signed with the private half of a JWK, else raise Invalid."""
    registry = _Registry(algorithms=ALGORITHMS)
    public = _imported(key)
    try:
        jws.deserialize_compact(token.strip(), public, algorithms=ALGORITHMS, registry=registry)
    except (JoseError, ValueError) as error:
        raise Invalid(
            "It was changed after it was signed, or it was not signed with this key."
        ) from error


def _imported(jwk: Mapping[str, Json]) -> Key:
    if jwk.get("kty") == "RSA" and len(base64url_decode(jwk.get("n"))) < MIN_RSA_BYTES:
        raise Invalid("The issuer's key is too short to be trusted.")
    try:
        return import_key(dict(jwk))
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise Invalid("The issuer's key cannot be read.") from error


def _object(part: str) -> dict[str, Json]:
    try:
        return msgspec.json.decode(base64url_decode(part), type=dict[str, Json])
    except (ValueError, RecursionError, Invalid) as error:  # msgspec's errors are ValueErrors
        raise Invalid("It is no signed token: its parts are not JSON in base64url.") from error


def _seconds(instant: Json) -> int | None:
    return int(parse_instant(instant).timestamp()) if instant is not None else None
