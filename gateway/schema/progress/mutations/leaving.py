"""Leaving: the erasure of everything that is held of the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.results import Trouble, user_errors


class EraseMeInput(graphene.InputObjectType):
    """That the viewer means it."""

    confirm = graphene.Boolean(
        required=True, description="True; false is refused, and nothing is erased."
    )


class EraseMePayload(graphene.ObjectType):
    """Whether everything is gone."""

    erased = graphene.Boolean(
        required=True,
        description=(
            "True: nothing is left but a mark that names nobody. Credentials are revoked within "
            "seconds. What a phone uploads from now on is FORBIDDEN: let it delete what it holds."
        ),
    )
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "Erasure":
        """Return the payload of what was not done."""
        return Erasure(erased=False, user_errors=(trouble,))


@dataclass(frozen=True, slots=True)
class Erasure:
    """What EraseMePayload shows."""

    erased: bool
    user_errors: Sequence[Trouble] = ()


async def erase_me(context: Context, given: Any) -> Erasure:
    """Erase the viewer, with what still waits for their address."""
    if given.confirm:
        await context.clients.bulk.claim(context.signed_in)
    await context.clients.leaving.erase(context.signed_in, confirm=given.confirm)
    return Erasure(erased=True)
