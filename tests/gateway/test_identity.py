"""Bearer tokens: who may ask, and what a token that is wrong is told."""

import asyncio
import hashlib
import hmac
import warnings
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.identity import Authenticator
from gateway.identity.guests import Guests
from gateway.identity.keyring import Keyring
from gateway.identity.oidc import Provider
from gateway.identity.subjects import ClaimNames
from services.kit.errors import Unauthenticated, Unavailable
from services.kit.ids import Kind, global_id
from services.kit.records import Role
from tests.gateway.conftest import FAR, ISSUER, AccountIssuer, Gateway

KEY = bytes(range(32))
VIEWER = "{ viewer { id displayName email isGuest roles } }"


def provider_of(source: Any) -> Provider:
    """Return a verifier over a source of keys."""
    return Provider(
        Keyring(source),
        issuer=ISSUER,
        audience="morsel",
        learner_key=KEY,
        names=ClaimNames(),
    )


def authenticator_of(source: Any) -> Authenticator:
    """Return an authenticator over a source of keys."""
    return Authenticator(Guests(KEY, KEY, "https://learn.example"), provider_of(source))


async def test_nobody_is_a_viewer_without_a_token(gateway: Gateway) -> None:
    """The public catalogue would need a sign-in."""
    assert (await gateway.run(VIEWER)).data == {"viewer": None}


async def test_a_guest_is_known_by_the_token_that_it_was_given(gateway: Gateway) -> None:
    """A learner could not begin before signing up."""
    token = await gateway.guest()

    viewer = (await gateway.run(VIEWER, token=token)).data["viewer"]

    assert viewer["id"].startswith("lrn_")
    assert (viewer["isGuest"], viewer["roles"]) == (True, ["LEARNER"])


async def test_every_guest_is_another(gateway: Gateway) -> None:
    """Two phones, or one phone wiped, would share what they learned."""
    ids = {
        (await gateway.run(VIEWER, token=await gateway.guest())).data["viewer"]["id"]
        for _ in range(3)
    }

    assert len(ids) == 3


async def test_an_account_has_its_claims_and_a_learner_id_for_ever(gateway: Gateway) -> None:
    """A learner id that moved would lose all progress; a claim that is lost loses a role."""
    token = gateway.accounts.token(
        roles=["author", "astronaut", 7], org="academy", name="Ada", email="ada@example.org"
    )

    viewer = (await gateway.run(VIEWER, token=token)).data["viewer"]

    digest = hmac.digest(KEY, f"{ISSUER}\0ada".encode(), hashlib.sha256)
    assert viewer == {
        "id": global_id(Kind.LEARNER, digest[:16]),
        "displayName": "Ada",
        "email": "ada@example.org",
        "isGuest": False,
        "roles": ["LEARNER", "AUTHOR"],
    }


async def test_an_unverified_address_is_not_taken(gateway: Gateway) -> None:
    """A credential could be issued to somebody else's address."""
    token = gateway.accounts.token(email="boss@example.org", email_verified=False)

    assert (await gateway.run(VIEWER, token=token)).data["viewer"]["email"] is None


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"nbf": FAR},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"sub": 7},
        {"exp": "soon"},
    ],
    ids=str,
)
async def test_a_token_that_is_not_valid_is_a_401_for_every_operation(
    gateway: Gateway, claims: dict[str, Any]
) -> None:
    """A client that is signed out would go on as nobody, and lose what it writes."""
    answer = await gateway.run("{ __typename }", token=gateway.accounts.token(**claims))

    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer é.ü.ö", "Bearer " + "a" * 9_000],
)
async def test_a_header_that_is_no_token_is_a_401(gateway: Gateway, header: str) -> None:
    """Nonsense in a header would be a 500."""
    answer = await gateway.send(json={"query": "{ __typename }"}, headers={"Authorization": header})

    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])


async def test_a_guest_token_signed_by_somebody_else_is_refused(gateway: Gateway) -> None:
    """Anybody could speak as any guest."""
    claims = {"iss": "https://learn.example/guests", "sub": "x", "exp": FAR}
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(bytes(32)))

    assert (await gateway.run(VIEWER, token=forged)).status == 401


async def test_an_account_cannot_be_forged_with_the_public_key() -> None:
    """The classic: the key is public, and HS256 signs with whatever it is given."""
    accounts = AccountIssuer()
    public = accounts.key.as_pem(private=False)
    claims = {"iss": ISSUER, "aud": "morsel", "sub": "x", "exp": FAR}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is a bad idea is the point
        forged = jwt.encode(
            {"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key(public.hex().encode())
        )

    with pytest.raises(Unauthenticated):
        await authenticator_of(accounts.keys).verify(forged)


@pytest.mark.parametrize(
    "key,algorithm",
    [
        (OKPKey.generate_key("Ed25519", {"kid": "k"}), "Ed25519"),
        (OKPKey.generate_key("Ed25519", {"kid": "k"}), "EdDSA"),
        (ECKey.generate_key("P-256", {"kid": "k"}), "ES256"),
        (RSAKey.generate_key(2048, {"kid": "k"}), "RS256"),
    ],
    ids=["Ed25519", "EdDSA", "ES256", "RS256"],
)
async def test_the_usual_algorithms_are_verified(key: Any, algorithm: str) -> None:
    """A provider in use could not be trusted."""
    claims = {"iss": ISSUER, "aud": ["morsel", "other"], "sub": "ada", "exp": FAR}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # joserfc warns of the name EdDSA
        token = jwt.encode({"alg": algorithm, "kid": "k"}, claims, key, algorithms=[algorithm])

    async def keys() -> Any:
        return {"keys": [key.as_dict(private=False)]}

    identity = await provider_of(keys).verify(token)

    assert identity.actor.roles == {Role.LEARNER}


async def test_an_algorithm_that_the_key_is_not_for_is_refused() -> None:
    """The token would choose how it is verified."""
    key = RSAKey.generate_key(2048, {"kid": "k"})
    claims = {"iss": ISSUER, "aud": "morsel", "sub": "ada", "exp": FAR}
    token = jwt.encode({"alg": "PS256", "kid": "k"}, claims, key, algorithms=["PS256"])

    async def keys() -> Any:
        return {"keys": [key.as_dict(private=False)]}

    with pytest.raises(Unauthenticated):
        await provider_of(keys).verify(token)


async def test_a_verified_token_is_verified_once_and_again_when_keys_change() -> None:
    """A signature a request would cost more than the request; a stolen key would be good always."""
    accounts = AccountIssuer()
    keyring = Keyring(accounts.keys)
    provider = Provider(
        keyring, issuer=ISSUER, audience="morsel", learner_key=KEY, names=ClaimNames()
    )
    authenticator = Authenticator(Guests(KEY, KEY, "https://learn.example"), provider)
    token = accounts.token()

    first = await authenticator.verify(token)
    second = await authenticator.verify(token)
    accounts.key = OKPKey.generate_key("Ed25519", {"kid": "k2"})
    keyring._fetched = keyring._tried = float("-inf")
    await authenticator.verify(accounts.token())

    assert first is second
    with pytest.raises(Unauthenticated):
        await authenticator.verify(token)


async def test_a_kept_token_is_verified_again_once_it_is_over() -> None:
    """A token would outlive its time for as long as it is used."""
    accounts = AccountIssuer()
    authenticator = authenticator_of(accounts.keys)
    token = accounts.token()
    kept = await authenticator.verify(token)
    authenticator._kept[token].identity = replace(kept, expires=1.0)

    again = await authenticator.verify(token)

    assert again.expires == FAR


async def test_keys_are_fetched_once_for_all_who_wait_and_again_for_an_unknown_one() -> None:
    """A restart under load would hammer the provider; a rotated key would lock everybody out."""
    accounts = AccountIssuer()
    provider = provider_of(accounts.keys)
    tokens = [accounts.token(f"learner {index}") for index in range(20)]

    await asyncio.gather(*(provider.verify(token) for token in tokens))
    assert accounts.fetched == 1

    accounts.key = OKPKey.generate_key("Ed25519", {"kid": "k2"})
    provider._keyring._tried = float("-inf")
    await provider.verify(accounts.token())
    assert accounts.fetched == 2
    assert provider.generation == 2


async def test_a_provider_that_is_away_is_trusted_for_a_day() -> None:
    """Its outage would sign everybody out; one that never answered is unavailable."""
    accounts = AccountIssuer()
    away = False

    async def keys() -> Any:
        if away:
            raise OSError("no route")
        return await accounts.keys()

    provider = provider_of(keys)
    await provider.verify(accounts.token())
    away = True
    provider._keyring._fetched -= 3_600
    provider._keyring._tried -= 3_600
    await provider.verify(accounts.token("bob"))

    with pytest.raises(Unavailable):
        await provider_of(keys).verify(accounts.token())
