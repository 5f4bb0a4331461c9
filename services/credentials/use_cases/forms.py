"""Forms: one credential as JSON, token, baked picture, certificate and offline bundle."""

import asyncio
from typing import Protocol

import msgspec

from services.credentials.domain.badge import Badge, make_badge
from services.credentials.domain.baking import bake
from services.credentials.domain.bundle import make_bundle
from services.credentials.domain.certificate import Looks, make_certificate
from services.credentials.domain.records import Definition, Issued, SignedList
from services.credentials.domain.sharing import share_url
from services.credentials.media.press import Press, code
from services.credentials.use_cases.issuers import Issuers, did_document
from services.kit.capabilities import Capabilities
from services.kit.clock import Clock
from services.kit.errors import NotFound
from services.kit.records import Json, Record

VC = "application/vc+ld+json"
"""Media type of a credential with Data Integrity proofs (Open Badges 3.0)."""
JSON, JWT, PNG, SVG, PDF, BUNDLE = ".json", ".jwt", ".png", ".svg", ".pdf", ".bundle.json"
MEDIA_TYPES = {
    JSON: VC,
    JWT: "text/plain",
    PNG: "image/png",
    SVG: "image/svg+xml",
    PDF: "application/pdf",
    BUNDLE: "application/json",
}
"""By the suffix of the file's name."""
AT_ONCE = 2
"""Pictures and certificates that a process makes at the same time; others wait."""


class Form(Record):
    """A file of a credential."""

    content: bytes
    media_type: str


class FormStore(Protocol):
    """Where credentials are kept, and what is needed to show them."""

    async def credentials(self, ids: tuple[str, ...]) -> dict[str, Issued]:
        """Return credentials by id."""

    async def definition(self, version_id: str) -> Definition | None:
        """Return the award of a course version."""


class ListStore(Protocol):
    """Where status lists are kept."""

    async def signed_list(self, list_id: str) -> SignedList | None:
        """Return a list as it was last signed."""


class Forms:
    """The files of credentials, each behind a capability URL."""

    def __init__(
        self,
        store: FormStore,
        lists: ListStore,
        *,
        issuers: Issuers,
        press: Press,
        capabilities: Capabilities,
        clock: Clock,
    ) -> None:
        """Keep where to look, and what sets badges and certificates."""
        self._store = store
        self._lists = lists
        self._issuers = issuers
        self._press = press
        self._capabilities = capabilities
        self._clock = clock
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def file(self, name: str, *, expires: str, signature: str) -> Form:
        """Return the file of a name such as cre_x.png; NotFound without a capability for it."""
        self._capabilities.check(f"/credentials/{name}", expires=expires, signature=signature)
        credential_id, dot, suffix = name.partition(".")
        return await self.make(credential_id, dot + suffix)

    async def make(self, credential_id: str, suffix: str) -> Form:
        """Return one form of a credential; NotFound when there is no such credential or form."""
        issued = (await self._store.credentials((credential_id,))).get(credential_id)
        if issued is None or suffix not in MEDIA_TYPES:
            raise NotFound("There is no such credential.")
        return Form(content=await self._content(issued, suffix), media_type=MEDIA_TYPES[suffix])

    async def _content(self, issued: Issued, suffix: str) -> bytes:
        if suffix == JSON:
            return issued.json
        if suffix == JWT:
            return issued.jwt.encode()
        if suffix == BUNDLE:
            return await self._bundle(issued)
        definition = await self._store.definition(issued.version_id)
        async with self._turns:
            make = self._pdf if suffix == PDF else self._picture
            return await asyncio.to_thread(make, issued, definition, suffix)

    async def _bundle(self, issued: Issued) -> bytes:
        account = await self._issuers.known(issued.issuer)
        lists = [await self._lists.signed_list(place.list_id) for place, _ in issued.flags]
        if account is None:
            raise NotFound("The issuer of this credential is not one of this system's.")
        return make_bundle(
            credential=issued.json,
            jwt=issued.jwt,
            documents={issued.issuer: did_document(account)},
            lists={listed.url: listed.signed for listed in lists if listed is not None},
            made_at=self._clock(),
        )

    def _picture(self, issued: Issued, definition: Definition | None, suffix: str) -> bytes:
        badge = _badge(msgspec.json.decode(issued.json), definition)
        drawn = self._press.png(badge) if suffix == PNG else self._press.svg(badge)
        return bake(drawn, issued.json.decode())

    def _pdf(self, issued: Issued, definition: Definition | None, _suffix: str) -> bytes:
        document = msgspec.json.decode(issued.json)
        share = issued.share_at(self._clock())
        origin = self._issuers.origin
        address = share_url(share, origin=origin) if share else f"{origin}/verify"
        looks = Looks(
            level=definition.level if definition else None,
            status=issued.status_at(self._clock()),
            address=address,
            shared=share is not None,
            badge=self._press.svg(_badge(document, definition)).decode(),
            code=code(address),
        )
        certificate = make_certificate(issued.json.decode(), document, looks)
        return self._press.pdf(certificate, made_at=issued.valid_from)


def _badge(document: Json, definition: Definition | None) -> Badge:
    issuer, achievement = document["issuer"], document["credentialSubject"]["achievement"]
    level = definition.level if definition else None
    return make_badge(achievement, issuer=issuer.get("name") or issuer["id"], level=level)
