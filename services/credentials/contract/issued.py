"""What an organisation has issued and what it awards, page by page, for those who issue."""

from typing import Protocol

from services.credentials.contract.credential import Achievement, Credential, CredentialStatus
from services.kit.records import Actor, Page, PageArgs, Record


class IssuedQuery(Record):
    """Which credentials of an organisation; None: whichever."""

    achievement_id: str | None = None
    status: CredentialStatus | None = None
    """What they are worth now."""
    search: str | None = None
    """Words that the holder's name has, each from its beginning; case and accents do not matter."""
    page: PageArgs = PageArgs()


class IssuedApi(Protocol):
    """Reads for issuers: Forbidden unless the actor has the role ISSUER of an organisation."""

    async def issued(self, actor: Actor, query: IssuedQuery) -> Page[Credential]:
        """Return what the actor's organisation issued, the latest awards first.

        Invalid for a search without a letter or digit, or a cursor of another list.
        """

    async def awarded(self, actor: Actor, page: PageArgs) -> Page[Achievement]:
        """Return what the actor's organisation awards or awarded, by id: the oldest first."""
