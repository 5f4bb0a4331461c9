"""What projecting an item needs of its version, and the ids that follow from that."""

from collections.abc import Mapping

from services.content import contract
from services.content.domain import course as domain
from services.content.domain.identity import image_id
from services.content.domain.pictures import StoredPicture
from services.kit.ids import Kind, item_id
from services.kit.records import Record


class Scene(Record):
    """One lesson of a version being projected."""

    version_hash: str
    order_key: bytes
    media: Mapping[str, StoredPicture]
    lesson: str = ""
    language: str = ""
    hides_answers: bool = True
    skills: tuple[str, ...] = ()
    """Skill ids of the lesson, for questions that name none of their own."""

    def id(self, kind: Kind, *keys: str) -> str:
        """Return the id of an item of the lesson by the keys that lead to it."""
        return item_id(kind, self.version_hash, "/".join((self.lesson, *keys)))

    def path(self, *keys: str) -> str:
        """Return the address under which choices are shuffled."""
        return "/".join((self.lesson, *keys))

    def image(self, picture: domain.Picture | None) -> contract.Image | None:
        """Return a picture as everybody sees it; None for none, or one that is not stored."""
        info = None if picture is None else self.media.get(picture.hash)
        if picture is None or info is None:
            return None
        return shown_picture(info, alt=picture.alt)


def shown_picture(stored: StoredPicture, *, alt: contract.LocalText) -> contract.Image:
    """Return a stored picture as everybody sees it."""
    return contract.Image(
        id=image_id(stored.hash),
        alt=alt,
        width=stored.width,
        height=stored.height,
        hash=stored.hash,
        widths=stored.widths,
    )
