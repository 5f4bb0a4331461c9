"""Showing: what the page of a shared credential is made of, verified as it is asked for."""

from datetime import datetime

import msgspec

from services.credentials.contract import Credential, Verification, VerifyingApi, VerifyInput
from services.credentials.domain.showing import Shown, show
from services.credentials.use_cases.forms import Forms
from services.credentials.use_cases.reading import Reading
from services.credentials.use_cases.sharing import Sharing
from services.kit.clock import Clock
from services.kit.errors import NotFound, Unavailable
from services.kit.records import Record


class SharedPage(Record):
    """A shared credential as everybody may see it, its words, and what verification says now."""

    credential: Credential
    shown: Shown
    verification: Verification
    checked_at: datetime
    retention: float | None = None
    """Chance that it is still known today, 0 to 1; None where the holder keeps it private."""


class Showing:
    """Finds what is shared under a link, and has it verified like anybody else's."""

    def __init__(
        self,
        sharing: Sharing,
        reading: Reading,
        verifying: VerifyingApi,
        forms: Forms,
        *,
        clock: Clock,
    ) -> None:
        """Keep whom to ask."""
        self._clock = clock
        self._forms = forms
        self._sharing = sharing
        self._reading = reading
        self._verifying = verifying

    async def page(self, token: str) -> SharedPage:
        """Return what is shared under a link; NotFound where nothing is, or is any more."""
        credential = await self._credential(token)
        document = msgspec.json.decode(credential.json)
        (verification,) = await self._verifying.verify((VerifyInput(json=document),))
        return SharedPage(
            credential=credential,
            shown=show(document),
            verification=verification,
            checked_at=self._clock(),
            retention=await self._retention(credential.id),
        )

    async def _retention(self, credential_id: str) -> float | None:
        """Return how well it is known today, as anybody may see it; None while progress is away."""
        try:
            (retention,) = await self._reading.retentions(None, (credential_id,))
        except Unavailable:
            return None
        return retention

    async def signed(self, token: str) -> bytes:
        """Return the signed JSON of what is shared under a link; NotFound."""
        return (await self._credential(token)).json

    async def preview(self, token: str) -> bytes:
        """Return the picture, a PNG, that a link is shown with; NotFound."""
        return (await self._forms.preview(await self._sharing.under(token))).content

    async def _credential(self, token: str) -> Credential:
        issued = await self._sharing.under(token)
        (credential,) = await self._reading.credentials(None, (issued.id,))
        if credential is None:
            raise NotFound("No credential is shared under this link.")
        return credential
