"""An issuer's keys: which one signs now, which are published, and what a new one is called.

All of it follows from the account and the hour alone, so replicas agree without asking each other.
"""

from collections.abc import Sequence
from datetime import datetime

from services.credentials.domain import did
from services.credentials.domain.records import IssuerAccount, KeyUse, SigningKey
from services.kit.errors import Unavailable
from services.kit.records import Json

_NAMES = {KeyUse.CREDENTIAL: "key", KeyUse.STATUS: "status"}


def current_key(account: IssuerAccount, use: KeyUse, *, now: datetime) -> SigningKey:
    """Return the newest key that has begun to sign; Unavailable when there is none."""
    found = [key for key in account.keys if _signs(key, use, now)]
    if not found:
        raise Unavailable(f"{account.did} has no key that signs ({use}).")
    return found[-1]


def waiting_keys(keys: Sequence[SigningKey], use: KeyUse, *, now: datetime) -> list[SigningKey]:
    """Return keys that are published and do not sign yet, oldest first."""
    return [
        key
        for key in keys
        if use in key.uses
        and key.compromised_at is None
        and key.active_from is not None
        and key.active_from > now
    ]


def next_fragment(keys: Sequence[SigningKey], use: KeyUse) -> str:
    """Return what the next key for a use is called: key-2 after key-1, status-1 first."""
    name = _NAMES[use]
    numbers = [int(key.fragment.rpartition("-")[2]) for key in keys if _is_named(key, name)]
    return f"{name}-{max(numbers, default=0) + 1}"


def method_id(account: IssuerAccount, key: SigningKey) -> str:
    """Return the DID URL under which a key is published."""
    return f"{account.did}#{key.fragment}"


def did_document(account: IssuerAccount) -> dict[str, Json]:
    """Return an issuer's DID document: every key, those to come and those that signed before.

    One that got into wrong hands is listed, and signs nothing that counts any more.
    """
    keys = {key.fragment: key.public for key in account.keys}
    dropped = {key.fragment for key in account.keys if key.compromised_at is not None}
    return did.document(account.did, keys, dropped=dropped)


def _signs(key: SigningKey, use: KeyUse, now: datetime) -> bool:
    begun = key.active_from is None or key.active_from <= now
    return use in key.uses and begun and key.compromised_at is None


def _is_named(key: SigningKey, name: str) -> bool:
    return key.fragment.rpartition("-")[0] == name
