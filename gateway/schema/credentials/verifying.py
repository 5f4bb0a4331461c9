"""Queries that verify anybody's credentials: one for everybody, many at once for employers."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.credentials.types import Verification
from gateway.schema.resolvers import AtRoot
from gateway.schema.scalars import JSON
from services.credentials import contract
from services.kit.errors import Invalid, LimitReached
from services.kit.rpc import deadline

CHUNK = 50
"""Credentials in one call of a service: a call ends in seconds, and several pods may share them."""
CALLS_AT_ONCE = 4
MARGIN_SECONDS = 1.0
"""Of the request's time, for the answer to be written: what was not reached is told in it."""


class VerifyCredentialInput(graphene.InputObjectType):
    """What to verify, in one of four forms."""

    json = JSON(description="The credential as a JSON object.")
    jwt = graphene.String(description="The credential as a compact JWT.")
    image = graphene.String(
        description="A baked PNG or SVG, or a PDF with the credential attached, in base64."
    )
    url = graphene.String(description="Where one of these can be fetched: an https address.")


async def verify_credential(context: Context, *, input: Any) -> contract.Verification:
    """Return whether a credential counts."""
    forms = [name for name, value in input.items() if value is not None]
    if len(forms) != 1:
        raise Invalid("Give one of json, jwt, image and url.", path=("input",))
    [verification] = await context.clients.verifying.verify((_input(input),))
    return verification


async def verify_credentials(
    context: Context, *, inputs: Sequence[Any], job_role_id: str | None = None
) -> Sequence[contract.Verification]:
    """Return whether each credential counts, and how much of a job role it proves."""
    most = contract.MAX_VERIFICATIONS
    if len(inputs) > most:
        raise LimitReached(f"At most {most:,} credentials are verified at once.", path=("inputs",))
    gate = asyncio.Semaphore(CALLS_AT_ONCE)

    async def verify(chunk: Sequence[Any]) -> Sequence[contract.Verification]:
        async with gate:
            asked, left = tuple(_input(each) for each in chunk), _seconds_left()
            return await context.clients.verifying.verify(
                asked, job_role_id=job_role_id, seconds=left
            )

    chunks = [inputs[start : start + CHUNK] for start in range(0, len(inputs), CHUNK)]
    answers = await asyncio.gather(*map(verify, chunks))
    return [verification for answer in answers for verification in answer]


def _seconds_left() -> float:
    """Return how long a call may still take, for the answer to all of them to be in time."""
    return deadline.get() - asyncio.get_running_loop().time() - MARGIN_SECONDS


def _input(given: Any) -> contract.VerifyInput:
    """Return what is asked for; JSON as text, for between services not every number can travel."""
    forms = {name: value for name, value in given.items() if value is not None}
    if "json" in forms:
        forms["json"] = _text(forms["json"])
    return contract.VerifyInput(**forms)


def _text(value: Any) -> str:
    try:
        return json.dumps(value)
    except (ValueError, RecursionError):  # a number or a nesting that JSON's own writer refuses
        return ""


class VerifyingQueries(graphene.ObjectType):
    """Queries that verify."""

    verify_credential = graphene.Field(
        graphene.NonNull(Verification),
        input=graphene.Argument(
            graphene.NonNull(VerifyCredentialInput), description="The credential in one form."
        ),
        resolver=AtRoot(verify_credential),
        description=(
            "Verify any Open Badges credential, ours or another issuer's: "
            "JSON, compact JWT, a baked PNG or SVG or a PDF in base64, or a URL."
        ),
    )
    verify_credentials = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(Verification))),
        inputs=graphene.Argument(
            graphene.NonNull(graphene.List(graphene.NonNull(VerifyCredentialInput))),
            description="At most 1,000 credentials, each in one form.",
        ),
        job_role_id=graphene.ID(description="A job role to match each of them against."),
        resolver=AtRoot(verify_credentials),
        description=(
            "Employers: verify up to 1,000 at once, each explained, matched against a job role. "
            "The answers stand in the order of the inputs."
        ),
    )
