"""IssuersApi: what an organisation says of itself, in its profile and in what it issues."""

from urllib.parse import urlsplit

from services.content.contract import UploadsApi
from services.credentials.contract import Issuer, IssuerChanges
from services.credentials.domain.records import SelfDescription
from services.credentials.domain.text import person_name
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.organisations import MAX_NAME
from services.kit.errors import Forbidden, Invalid
from services.kit.records import Actor, Role

MAX_URL = 2_000


class Describing:
    """Changes what organisations say of themselves."""

    def __init__(self, issuers: Issuers, uploads: UploadsApi) -> None:
        """Keep where issuers are, and who has their pictures."""
        self._issuers = issuers
        self._uploads = uploads

    async def update_issuer(self, actor: Actor, changes: IssuerChanges) -> Issuer:
        """Change what the actor's organisation says of itself; what was signed stays as it is."""
        if Role.ISSUER not in actor.roles or actor.organisation is None:
            raise Forbidden("Issuers are changed by the role ISSUER of their organisation.")
        words = SelfDescription(
            name=None if changes.name is None else _name(changes.name),
            url=None if changes.url is None else _url(changes.url),
        )
        if changes.image_upload_id is not None:
            image = await self._uploads.picture(actor, changes.image_upload_id)
            words = SelfDescription(name=words.name, url=words.url, image=image)
        return await self._issuers.describe(actor.organisation, words)


def _name(text: str) -> str:
    name = person_name(text)
    if name is None or len(name) > MAX_NAME:
        raise Invalid(f"A name has 1 to {MAX_NAME} characters.", path=("name",))
    return name


def _url(text: str) -> str:
    url = text.strip()
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"https", "http"} and bool(parts.hostname)
    except ValueError:
        whole = False
    plain = url.isascii() and url.isprintable() and not set(url) & set(' <>"{}|^`\\')
    if not whole or not plain or len(url) > MAX_URL:
        raise Invalid(
            f"A url begins with https:// or http:// and has at most {MAX_URL} plain characters.",
            path=("url",),
        )
    return url
