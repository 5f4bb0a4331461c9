"""Decentralised identifiers (W3C DID 1.0): did:web to issue; did:key, did:jwk too to verify."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import quote, unquote, urlsplit

import msgspec

from services.credentials.domain.contexts import DID, MULTIKEY
from services.credentials.domain.multikey import base64url_decode, encode_ed25519, to_jwk
from services.kit.errors import Invalid
from services.kit.records import Json

WEB = "did:web:"
KEY = "did:key:"
JWK = "did:jwk:"


def issuer_did(public_url: str, organisation: str) -> str:
    """Return the DID of an organisation, such as did:web:localhost%3A8000:issuers:acme."""
    host = quote(urlsplit(public_url).netloc, safe="")
    return f"{WEB}{host}:issuers:{quote(organisation, safe='')}"


def document_url(did: str) -> str:
    """Return the https address of a did:web's document; Invalid for another method."""
    host, *path = did.removeprefix(WEB).split(":")
    if not did.startswith(WEB) or not host or "" in path:
        raise Invalid(f"{did[:120]!r} is no did:web.")
    folder = "/".join(quote(unquote(part), safe="") for part in path) or ".well-known"
    return f"https://{unquote(host)}/{folder}/did.json"


def document(
    did: str, keys: Mapping[str, bytes], *, dropped: Collection[str] = ()
) -> dict[str, Json]:
    """Return the DID document that lists raw Ed25519 keys by fragment; retired ones stay listed.

    What a `dropped` one signed counts no longer.
    """
    methods = [
        {
            "id": f"{did}#{fragment}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": encode_ed25519(key),
        }
        for fragment, key in keys.items()
    ]
    return {
        "@context": [DID, MULTIKEY],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [f"{did}#{fragment}" for fragment in keys if fragment not in dropped],
    }


def key_document(did: str) -> dict[str, Json]:
    """Return the document of a did:key, made of the key itself; Invalid for an unknown kind."""
    multikey = did.removeprefix(KEY)
    to_jwk(multikey)
    method = {
        "id": f"{did}#{multikey}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey,
    }
    return {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]}


def jwk_document(did: str) -> dict[str, Json]:
    """Return the document of a did:jwk, made of the key itself; Invalid when it is none."""
    try:
        jwk = msgspec.json.decode(base64url_decode(did.removeprefix(JWK)), type=dict[str, Json])
    except ValueError as error:
        raise Invalid(f"{did[:60]!r} is no did:jwk.") from error
    method = {"id": f"{did}#0", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
    return {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]}


def key_of(document: Mapping[str, Json], method_id: str) -> dict[str, Json]:
    """Return the JWK of a key that a DID document publishes; Invalid when it does not."""
    method = _method(document, method_id)
    multikey, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    if isinstance(multikey, str):
        return to_jwk(multikey)
    if isinstance(jwk, dict) and jwk.get("kty") in ("OKP", "EC", "RSA") and "d" not in jwk:
        return jwk
    raise Invalid("The issuer publishes this key in a form that is not known here.")


def check_assertion(document: Mapping[str, Json], method_id: str) -> None:
    """Return when the document's subject signs credentials with that key, else raise Invalid."""
    did = document.get("id")
    if not _is_listed(document.get("assertionMethod"), method_id, did):
        raise Invalid("The issuer does not use this key to sign credentials (any more).")
    if _method(document, method_id).get("controller") != did:
        raise Invalid("The key that it was signed with belongs to somebody else than its issuer.")


def absolute(method_id: Json, did: Json) -> Json:
    """Return a method's id in full; documents may write it as `#fragment`."""
    relative = isinstance(method_id, str) and method_id.startswith("#")
    return f"{did}{method_id}" if relative else method_id


def _method(document: Mapping[str, Json], method_id: str) -> dict[str, Json]:
    for section in ("verificationMethod", "assertionMethod"):
        for method in _list(document.get(section)):
            if (
                isinstance(method, dict)
                and absolute(method.get("id"), document.get("id")) == method_id
            ):
                return method
    raise Invalid("The issuer does not publish the key that it was signed with.")


def _is_listed(section: Json, method_id: str, did: Json) -> bool:
    ids = [method.get("id") if isinstance(method, dict) else method for method in _list(section)]
    return any(absolute(listed, did) == method_id for listed in ids)


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else []
