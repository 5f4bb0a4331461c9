"""Forms: one credential as JSON, token, baked picture, certificate and offline bundle."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec

from services.content.contract import CatalogApi
from services.credentials.domain.achievement import badge_picture, make_achievement
from services.credentials.domain.badge import Badge, make_badge
from services.credentials.domain.baking import bake, framed
from services.credentials.domain.bundle import make_bundle
from services.credentials.domain.certificate import Looks, make_certificate
from services.credentials.domain.preview import make_preview
from services.credentials.domain.records import Definition, Issued, SignedList
from services.credentials.domain.shape import Presented, read_json
from services.credentials.domain.sharing import share_url
from services.credentials.domain.showing import show
from services.credentials.domain.verification import references
from services.credentials.media.press import Press, code
from services.credentials.use_cases.issuers import Issuers
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


class Face(Record):
    """What a badge shows: the author's picture as PNG, or else what is drawn."""

    badge: Badge
    picture: bytes | None = None


class FormStore(Protocol):
    """Where credentials are kept, and what is needed to show them."""

    async def credentials(self, ids: tuple[str, ...]) -> dict[str, Issued]:
        """Return credentials by id."""

    async def definition(self, version_id: str) -> Definition | None:
        """Return the award of a course version."""

    async def definition_of(self, achievement_id: str, version: str) -> Definition | None:
        """Return the newest award of an achievement in that version."""


class ListStore(Protocol):
    """Where status lists are kept."""

    async def signed_list_at(self, list_url: str) -> SignedList | None:
        """Return a status list by its address."""


class Documents(Protocol):
    """Where issuers' documents are looked up."""

    async def documents(self, presented: Presented) -> dict[str, Json]:
        """Return what issuers and keys publish that a credential refers to."""


class Forms:
    """The files of credentials, each behind a capability URL, and the badges of achievements."""

    def __init__(  # noqa: PLR0913 - where to look, and what sets and signs
        self,
        store: FormStore,
        lists: ListStore,
        documents: Documents,
        catalog: CatalogApi,
        *,
        issuers: Issuers,
        press: Press,
        capabilities: Capabilities,
        clock: Clock,
    ) -> None:
        """Keep where to look, and what sets badges and certificates."""
        self._store = store
        self._lists = lists
        self._documents = documents
        self._issuers = issuers
        self._catalog = catalog
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

    async def preview(self, issued: Issued) -> Form:
        """Return the picture that a link to a credential's page is shown with."""
        face = await self._face(issued, await self._store.definition(issued.version_id))
        return Form(content=await self._run(self._previewed, issued, face), media_type="image/png")

    async def badge(self, organisation: str, achievement_id: str, name: str) -> Form:
        """Return the plain badge of an achievement, by its version as 1.png or 1.svg; NotFound."""
        version, dot, extension = name.rpartition(".")
        suffix = dot + extension
        definition = await self._store.definition_of(achievement_id, version)
        if (
            definition is None
            or definition.organisation != organisation
            or suffix not in {PNG, SVG}
        ):
            raise NotFound("There is no such badge.")
        issuer = await self._issuers.profile(definition.organisation)
        achievement = make_achievement(definition, origin=self._issuers.origin)
        badge = make_badge(achievement, issuer=issuer.name, level=definition.level)
        face = Face(badge=badge, picture=await self._picture(definition))
        return Form(
            content=await self._run(self._drawn, face, suffix), media_type=MEDIA_TYPES[suffix]
        )

    async def _content(self, issued: Issued, suffix: str) -> bytes:
        if suffix == JSON:
            return issued.json
        if suffix == JWT:
            return issued.jwt.encode()
        if suffix == BUNDLE:
            return await self._bundle(issued)
        definition = await self._store.definition(issued.version_id)
        face = await self._face(issued, definition)
        if suffix == PDF:
            return await self._run(self._printed, issued, definition, face)
        return await self._run(self._baked, issued, face, suffix)

    async def _run(self, make: Callable[..., bytes], *arguments: object) -> bytes:
        """Return what a function makes, off the event loop, at most AT_ONCE at a time."""
        async with self._turns:
            return await asyncio.to_thread(make, *arguments)

    async def _bundle(self, issued: Issued) -> bytes:
        """Return the bundle of a credential: all that its verification refers to."""
        presented = read_json(issued.json)
        _, addresses = references(presented)
        lists = [await self._lists.signed_list_at(address) for address in sorted(addresses)]
        return make_bundle(
            credential=issued.json,
            jwt=issued.jwt,
            documents=await self._documents.documents(presented),
            lists={one.url: one.signed for one in lists if one is not None},
            made_at=self._clock(),
        )

    async def _face(self, issued: Issued, definition: Definition | None) -> Face:
        document = msgspec.json.decode(issued.json)
        issuer, achievement = document["issuer"], document["credentialSubject"]["achievement"]
        level = definition.level if definition else None
        badge = make_badge(achievement, issuer=issuer.get("name") or issuer["id"], level=level)
        return Face(badge=badge, picture=await self._picture(definition))

    async def _picture(self, definition: Definition | None) -> bytes | None:
        """Return the picture that the author gave the award, None where there is none."""
        if definition is None or definition.award.image is None:
            return None
        (found,) = await self._catalog.pictures((badge_picture(definition.award.image),))
        return found

    def _drawn(self, face: Face, suffix: str) -> bytes:
        if face.picture is not None:
            return face.picture if suffix == PNG else framed(face.picture, alt=face.badge.name)
        return self._press.png(face.badge) if suffix == PNG else self._press.svg(face.badge)

    def _previewed(self, issued: Issued, face: Face) -> bytes:
        shown = show(msgspec.json.decode(issued.json))
        badge = self._drawn(face, SVG).decode()
        return self._press.preview(make_preview(shown, badge=badge))

    def _baked(self, issued: Issued, face: Face, suffix: str) -> bytes:
        return bake(self._drawn(face, suffix), issued.json.decode())

    def _printed(self, issued: Issued, definition: Definition | None, face: Face) -> bytes:
        share = issued.share_at(self._clock())
        origin = self._issuers.origin
        address = share_url(share, origin=origin) if share else f"{origin}/verify"
        looks = Looks(
            level=definition.level if definition else None,
            status=issued.status_at(self._clock()),
            address=address,
            shared=share is not None,
            badge=self._drawn(face, SVG).decode(),
            code=code(address),
        )
        document = msgspec.json.decode(issued.json)
        certificate = make_certificate(issued.json.decode(), document, looks)
        return self._press.pdf(certificate, made_at=issued.valid_from)
