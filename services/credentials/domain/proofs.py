"""Data Integrity proofs: eddsa-rdfc-2022 and eddsa-jcs-2022 (W3C EdDSA Cryptosuites 1.0).

Others' may be of ecdsa-rdfc-2019 and ecdsa-jcs-2019 with P-256 too (W3C ECDSA Cryptosuites 1.0).

RDF says less than JSON: in a document that carries the first alone, values may change places
unnoticed. So what we issue carries a set of both; the second covers every byte of RFC 8785's form.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence

import rfc8785

from services.credentials.domain import contexts
from services.credentials.domain.multikey import multibase_decode, multibase_encode
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.signing import Signer, is_signed, is_signed_p256
from services.kit.errors import Invalid
from services.kit.records import Json

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
SUITES = (RDFC, JCS)
"""What we sign with."""
ED25519, P256 = "Ed25519", "P-256"
READ = {RDFC: ED25519, JCS: ED25519, "ecdsa-rdfc-2019": P256, "ecdsa-jcs-2019": P256}
"""What we can check, with the curve of the keys."""

_PLAIN = frozenset({"type", "cryptosuite", "created", "verificationMethod", "proofPurpose"})
_INSTANT = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]+')
_SIGNATURE_BYTES = 64


def jcs(value: Json) -> bytes:
    """Return a JSON value in RFC 8785's canonical form; Invalid for a number that has none."""
    try:
        return bytes(rfc8785.dumps(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise Invalid(f"It has no canonical form: {error}.") from error


def secure(
    document: Mapping[str, Json],
    *,
    signer: Signer,
    created: str,
    canonicalise: Canonicalise,
    as_json: Canonicalise = jcs,
) -> dict[str, Json]:
    """Return the document with a proof of each suite, both of the RFC 3339 instant `created`.

    `as_json` is `jcs`, or a faster equal.
    """
    proofs = [
        make_proof(
            document,
            suite=suite,
            signer=signer,
            created=created,
            canonicalise=canonicalise,
            as_json=as_json,
        )
        for suite in SUITES
    ]
    return {**document, "proof": proofs}


def make_proof(
    document: Mapping[str, Json],
    *,
    suite: str,
    signer: Signer,
    created: str,
    canonicalise: Canonicalise,
    as_json: Canonicalise = jcs,
) -> dict[str, Json]:
    """Return the proof of one suite over a document that carries none."""
    config: dict[str, Json] = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": created,
        "verificationMethod": signer.method_id,
        "proofPurpose": "assertionMethod",
    }
    if suite == JCS:
        config = {"@context": document["@context"], **config}
    digest = signed_bytes(document, config, canonicalise, as_json)
    return {**config, "proofValue": multibase_encode(signer.sign(digest))}


def signed_bytes(
    document: Mapping[str, Json],
    config: Mapping[str, Json],
    canonicalise: Canonicalise,
    as_json: Canonicalise = jcs,
) -> bytes:
    """Return the 64 bytes that are signed: the hash of the proof's options, then the document's."""
    if _is_jcs(config):
        return _sha256(as_json(config)) + _sha256(as_json(document))
    return _sha256(_config_lines(document, config, canonicalise)) + _sha256(canonicalise(document))


def with_previous(
    document: Mapping[str, Json], proof: Mapping[str, Json], proofs: Sequence[Mapping[str, Json]]
) -> Mapping[str, Json]:
    """Return the document with the proofs that a proof of a chain builds on, Invalid without them.

    Of a proof that names none, as those of a set do, it is the document itself (Verifiable
    Credential Data Integrity 1.0, 4.3).
    """
    named = proof.get("previousProof")
    if named is None:
        return document
    wanted = named if isinstance(named, list) else [named]
    found = [one for one in proofs if one.get("id") is not None and one.get("id") in wanted]
    if not wanted or len(found) != len(wanted):
        raise Invalid("It carries a signature over another one, which is not there.")
    return {**document, "proof": found}


def check_proof(
    document: Mapping[str, Json],
    proof: Mapping[str, Json],
    *,
    key: bytes,
    canonicalise: Canonicalise,
) -> None:
    """Return when `proof` signs the document (given without proofs) with that key, else Invalid.

    The key is 32 bytes of Ed25519 or an uncompressed point of P-256, as the proof's suite asks.
    """
    is_right = is_signed_p256 if READ.get(str(proof.get("cryptosuite"))) == P256 else is_signed
    config = {name: value for name, value in proof.items() if name != "proofValue"}
    message = signed_bytes(_as_signed(document, config), config, canonicalise)
    if not is_right(message, signature=_signature(proof), key=key):
        raise Invalid("It was changed after it was signed, or it was not signed with this key.")


def _as_signed(document: Mapping[str, Json], config: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the document under the contexts that its proof names (eddsa-jcs-2022, 3.3.2)."""
    named = config.get("@context")
    if named is None or not _is_jcs(config):
        return document
    if not contexts.starts_with(
        document["@context"], named if isinstance(named, list) else [named]
    ):
        raise Invalid("Its vocabulary (@context) is not the one that was signed.")
    return {**document, "@context": named}


def _is_jcs(config: Mapping[str, Json]) -> bool:
    return "-jcs-" in str(config.get("cryptosuite"))


def _config_lines(
    document: Mapping[str, Json], config: Mapping[str, Json], canonicalise: Canonicalise
) -> bytes:
    """Return the canonical N-Quads of a proof's options: five fixed lines unless it has others."""
    if config.keys() - {"@context"} != _PLAIN:
        return canonicalise({**config, "@context": document["@context"]})
    created, method, suite = (
        str(config[name]) for name in ("created", "verificationMethod", "cryptosuite")
    )
    if not (_INSTANT.fullmatch(created) and _IRI.fullmatch(method) and suite in READ):
        raise Invalid("A proof needs an instant, a key's address and a known suite.")
    if (config["type"], config["proofPurpose"]) != ("DataIntegrityProof", "assertionMethod"):
        raise Invalid("A proof of a credential is a DataIntegrityProof for assertionMethod.")
    sec = "https://w3id.org/security#"
    return (
        f'_:c14n0 <http://purl.org/dc/terms/created> "{created}"'
        "^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"
        f"_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{sec}DataIntegrityProof> .\n"
        f'_:c14n0 <{sec}cryptosuite> "{suite}"^^<{sec}cryptosuiteString> .\n'
        f"_:c14n0 <{sec}proofPurpose> <{sec}assertionMethod> .\n"
        f"_:c14n0 <{sec}verificationMethod> <{method}> .\n"
    ).encode()


def _signature(proof: Mapping[str, Json]) -> bytes:
    value = proof.get("proofValue")
    signature = multibase_decode(value) if isinstance(value, str) else b""
    if len(signature) != _SIGNATURE_BYTES:
        raise Invalid("Its proofValue is no signature of 64 bytes.")
    return signature


def _sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()
