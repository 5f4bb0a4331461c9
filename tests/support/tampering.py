"""Nine kinds of tampering with a signed credential, each tried on every form; and what is allowed.

1. a word is changed              4. the holder is exchanged   7. its end is moved
2. something is added             5. the issuer is exchanged   8. its status is pointed elsewhere
3. something is taken away        6. a score is raised         9. a proof is changed or taken away

Beside them `REORDERED`: nothing is said otherwise, but the values of a list change places, which a
proof over RDF alone does not see.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from services.credentials.domain.multikey import multibase_decode, multibase_encode

Change = Callable[[Any], Any]
"""Changes a credential in place, given as parsed JSON."""


def _exchange_holder(credential: Any) -> None:
    (name,) = (
        one
        for one in credential["credentialSubject"]["identifier"]
        if one["identityType"] == "name"
    )
    name["identityHash"] = "Somebody Else"


def _flip_bit(credential: Any) -> None:
    signature = bytearray(multibase_decode(credential["proof"][1]["proofValue"]))
    signature[10] ^= 1
    credential["proof"][1]["proofValue"] = multibase_encode(bytes(signature))


def _swap_values(credential: Any) -> None:
    first, second = credential["proof"]
    first["proofValue"], second["proofValue"] = second["proofValue"], first["proofValue"]


SAID: Mapping[str, Change] = {
    "a word is changed": lambda c: c["credentialSubject"]["achievement"].update(name="Surgery"),
    "something is added": lambda c: c["credentialSubject"]["achievement"]["alignment"].append(
        {"type": ["Alignment"], "targetName": "surgery", "targetUrl": "https://x.example/surgery"}
    ),
    "something is taken away": lambda c: c.pop("evidence"),
    "the holder is exchanged": _exchange_holder,
    "the issuer is exchanged": lambda c: c["issuer"].update(
        id="did:web:localhost%3A8000:issuers:somebody"
    ),
    "a score is raised": lambda c: c["credentialSubject"]["result"][0].update(value="100"),
    "its end is moved": lambda c: c.update(validUntil="2099-01-01T00:00:00Z"),
    "its status is pointed elsewhere": lambda c: c["credentialStatus"].update(statusListIndex="1"),
}
"""The first eight, which change what is said, by what is done."""
PROOFS: Mapping[str, Change] = {
    "a bit of a proof is flipped": _flip_bit,
    "a proof is taken away": lambda c: c["proof"].pop(),
    "the proof over RDF is taken away": lambda c: c["proof"].pop(0),
    "all proofs are taken away": lambda c: c.pop("proof"),
    "the proofs change values": _swap_values,
    "the instant of a proof is moved": lambda c: c["proof"][0].update(
        created="2020-01-01T00:00:00Z"
    ),
    "the purpose of a proof is another": lambda c: c["proof"][0].update(
        proofPurpose="authentication"
    ),
    "a proof names another key": lambda c: c["proof"][0].update(
        verificationMethod=c["proof"][0]["verificationMethod"] + "0"
    ),
}
"""The ninth, in several ways."""
REORDERED: Mapping[str, Change] = {
    "identities change places": lambda c: c["credentialSubject"]["identifier"].reverse(),
    "skills change places": lambda c: c["credentialSubject"]["achievement"]["alignment"].reverse(),
}
"""What RDF does not see."""
TAMPERINGS: Mapping[str, Change] = {**SAID, **PROOFS, **REORDERED}


def tampered(credential: Any, name: str) -> Any:
    """Return a copy of a credential, or of the payload of its token, tampered with by name."""
    copied = copy.deepcopy(credential)
    TAMPERINGS[name](copied)
    return copied
