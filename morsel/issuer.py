"""The development OpenID issuer and `morsel token`: for laptops and tests only.

Discovery, keys and tokens have the shape that any OpenID provider gives them.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from morsel.data import Data
from services.kit.records import Record, Role

PATH = "/dev/issuer"
TOKEN_PATH = f"{PATH}/token"
DEFAULT_PUBLIC_URL = "http://localhost:8000"
"""Where `morsel up` answers unless it is told otherwise."""
AUDIENCE = "morsel"
ALGORITHM = "EdDSA"
DEFAULT_HOURS = 24.0


class Person(Record):
    """Who wants to sign in, as the explorer says it."""

    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    roles: tuple[Role, ...] = (Role.LEARNER,)
    org: str | None = None
    name: str | None = None
    email: str | None = None


class Issuer:
    """Signs tokens with the Ed25519 key of a data folder, and publishes its public half."""

    def __init__(self, url: str, seed: bytes, *, now: Callable[[], float] = time.time) -> None:
        """Keep the issuer's URL, which is part of who a learner is, and the 32 bytes of its key."""
        self.url = url
        self._key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(seed))
        self._kid = self._key.thumbprint()
        self._now = now

    def token(
        self,
        subject: str,
        *,
        roles: Sequence[Role] = (Role.LEARNER,),
        organisation: str | None = None,
        name: str | None = None,
        email: str | None = None,
        hours: float = DEFAULT_HOURS,
    ) -> str:
        """Return a bearer token for a person."""
        issued = int(self._now())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": issued,
            "nbf": issued,
            "exp": issued + int(hours * 3600),
            "roles": [str(role) for role in roles],
        }
        told = {"org": organisation, "name": name, "email": email}
        claims |= {claim: value for claim, value in told.items() if value is not None}
        header = {"alg": ALGORITHM, "kid": self._kid}
        with warnings.catch_warnings():
            # RFC 9864 prefers the name Ed25519; what verifies tokens today knows EdDSA
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    async def keys(self) -> dict[str, Any]:
        """Return the JSON Web Key Set (RFC 7517)."""
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "kid": self._kid, "use": "sig", "alg": ALGORITHM}]}

    def routes(self, public_url: str) -> list[BaseRoute]:
        """Return discovery (OpenID Connect Discovery 1.0) and the key set of `public_url`."""
        jwks_path = f"{PATH}/jwks.json"
        metadata = {
            "issuer": self.url,
            "jwks_uri": public_url + jwks_path,
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "response_types_supported": ["none"],
            "subject_types_supported": ["public"],
        }

        async def discovery(_request: Request) -> Response:
            return JSONResponse(metadata)

        async def jwks(_request: Request) -> Response:
            return JSONResponse(await self.keys())

        return [
            Route(f"{PATH}/.well-known/openid-configuration", discovery),
            Route(jwks_path, jwks),
            Route(TOKEN_PATH, self._give_token, methods=["POST"]),
        ]

    async def _give_token(self, request: Request) -> Response:
        """Answer a Person as JSON with a token (RFC 6749, 5); anybody may be anyone here.

        Only JSON is taken, which no page of another site can send without being asked first.
        """
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "invalid_request"}, 415)
        try:
            person = msgspec.json.decode(await request.body(), type=Person)
        except msgspec.DecodeError as error:
            told = {"error": "invalid_request", "error_description": str(error)}
            return JSONResponse(told, 400)
        token = self.token(
            person.subject,
            roles=person.roles,
            organisation=person.org,
            name=person.name,
            email=person.email,
        )
        expires = int(DEFAULT_HOURS * 3600)
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": expires},
            headers={"Cache-Control": "no-store"},
        )


def development_issuer(data: Data, public_url: str = DEFAULT_PUBLIC_URL) -> Issuer:
    """Return a folder's issuer: at `public_url`, unless the folder knows it by an earlier one."""
    return Issuer(data.issuer_url(public_url + PATH), data.key_bytes("issuer_key"))


def main(  # noqa: PLR0913 - one keyword for each option of the command
    *,
    data: Data,
    subject: str,
    roles: Sequence[Role] | None,
    org: str | None,
    name: str | None,
    email: str | None,
    hours: float,
) -> int:
    """Print a token of the data folder's issuer, and nothing else."""
    issuer = development_issuer(data)
    told = {"organisation": org, "name": name, "email": email}
    print(issuer.token(subject, roles=roles or (Role.LEARNER,), hours=hours, **told))
    return 0
