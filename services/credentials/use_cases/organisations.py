"""Organisations: the implementation of OrganisationApi."""

import re

from services.credentials.contract import Issuer, Organisation
from services.credentials.domain.records import SelfDescription
from services.credentials.domain.text import person_name
from services.credentials.use_cases.issuers import Issuers
from services.kit.errors import Forbidden, Invalid
from services.kit.records import Actor, Role

MAX_NAME = 120
MAX_SLUG = 60
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Organisations:
    """Registers organisations as issuers."""

    def __init__(self, issuers: Issuers) -> None:
        """Keep where issuers are made."""
        self._issuers = issuers

    async def register(self, actor: Actor, organisation: Organisation) -> Issuer:
        """Name an organisation and make its issuer where it has none; repeating it renames."""
        if Role.ADMIN not in actor.roles:
            raise Forbidden("Organisations are registered by administrators (role ADMIN).")
        slug, name = organisation.slug, person_name(organisation.name)
        if len(slug) > MAX_SLUG or not _SLUG.fullmatch(slug):
            raise Invalid(
                f"A slug has lower-case letters, digits and single hyphens, at most {MAX_SLUG}.",
                path=("slug",),
            )
        if name is None or len(name) > MAX_NAME:
            raise Invalid(f"A name has 1 to {MAX_NAME} characters.", path=("name",))
        return await self._issuers.describe(slug, SelfDescription(name=name))
