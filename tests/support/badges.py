"""Badges of an issuer that nobody knows, by did:key: what a verifier meets from elsewhere."""

from datetime import datetime
from functools import cache, partial
from typing import Any

import msgspec

from services.credentials.domain import contexts as pinned
from services.credentials.domain import proofs, rdf, statuslist
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.multikey import encode_ed25519
from services.credentials.domain.signing import SeedSigner, Signer
from services.credentials.repository.wheel import load_contexts

SIGNED_AT = "2026-11-20T09:30:15Z"
SEED = b"p" * 32
_MULTIKEY = encode_ed25519(SeedSigner(SEED, method_id="").public_key)
DID = f"did:key:{_MULTIKEY}"
SIGNER = SeedSigner(SEED, method_id=f"{DID}#{_MULTIKEY}")


@cache
def known_contexts() -> Contexts:
    """Return the pinned contexts, loaded once."""
    return load_contexts()


def badge(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return an unsigned badge of that issuer, with members of its own or without (None)."""
    document = {
        "@context": [pinned.CREDENTIALS_V2, pinned.OPEN_BADGES],
        "id": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": DID, "type": ["Profile"], "name": "Guild of Welders"},
        "validFrom": SIGNED_AT,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": "Ana Souza",
                    "identityType": "name",
                }
            ],
            "achievement": {
                "id": "https://guild.example/welding",
                "type": ["Achievement"],
                "name": "Welding",
                "description": "Joins steel.",
                "criteria": {"narrative": "Joined steel, 10 times."},
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "weld steel",
                        "targetUrl": "https://example.org/skills/weld",
                    }
                ],
            },
        },
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def status_list(url: str, *, revoked: list[int], now: datetime) -> dict[str, Any]:
    """Return that issuer's unsigned list of what was revoked, for a few days from now on."""
    return statuslist.credential(
        url,
        issuer=DID,
        purpose=statuslist.Purpose.REVOCATION,
        bits=statuslist.with_changes(statuslist.empty(), [(index, True) for index in revoked]),
        valid_from=now,
    )


def status_entry(url: str, index: int) -> dict[str, Any]:
    """Return what a badge says of its place in such a list."""
    return statuslist.entry(url, index, purpose=statuslist.Purpose.REVOCATION)


def sign(
    document: dict[str, Any],
    *,
    signer: Signer = SIGNER,
    suites: tuple[str, ...] = proofs.SUITES,
) -> dict[str, Any]:
    """Return a document with a proof of each suite, as it comes out of a file."""
    canonicalise = partial(rdf.canonical, contexts=known_contexts())
    made = [
        proofs.make_proof(
            document, suite=suite, signer=signer, created=SIGNED_AT, canonicalise=canonicalise
        )
        for suite in suites
    ]
    return dict(msgspec.json.decode(msgspec.json.encode({**document, "proof": made})))
