"""Pictures, recordings and films: every address is immutable and may be cached for ever."""

from enum import StrEnum
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.languages import Shown
from gateway.schema.resolvers import Projected
from gateway.schema.scalars import Locale
from services.content import contract


class ImageFormat(StrEnum):
    """Encoding of a picture."""

    WEBP = "WEBP"
    AVIF = "AVIF"
    JPEG = "JPEG"
    PNG = "PNG"


ImageFormats = contract_enum(
    ImageFormat,
    {
        "WEBP": "Small, and shown by every phone in use.",
        "AVIF": "Smallest; Android 12 and iOS 16 or newer.",
        "JPEG": "For what shows neither of the two.",
        "PNG": "Lossless: for drawings, and for pictures with text.",
    },
)


def rendition_url(
    image: Shown[contract.Image],
    context: Context,
    *,
    width: int | None = None,
    format: ImageFormat = ImageFormat.WEBP,
) -> str:
    """Return the address of the smallest rendition at least `width` wide, else of the widest."""
    widths = image.record.widths or (image.record.width,)
    nearest = next((each for each in widths if width is not None and each >= width), widths[-1])
    return f"{context.surroundings.public_url}/media/{image.record.hash}/{nearest}.{format.lower()}"


def absolute(name: str) -> Projected:
    """Return the resolver of an address that a record holds, made absolute."""

    def project(parent: Any, context: Context) -> str:
        url: str = getattr(getattr(parent, "record", parent), name)
        return context.surroundings.public_url + url if url.startswith("/") else url

    return Projected(project)


class Image(ContractType, record=contract.Image, shown=True):
    """One picture at the width and format that a phone asks for.

    Every URL is immutable and cacheable for ever.
    """

    id = graphene.ID(required=True, description="Bound to its content: other bytes, other id.")
    alt = graphene.String(
        required=True, description="What it shows, for people who do not see it; may be empty."
    )
    width = graphene.Int(required=True, description="Pixels of the original.")
    height = graphene.Int(required=True, description="Pixels of the original.")
    url = graphene.String(
        required=True,
        width=graphene.Int(
            description="Pixels wanted: the next wider rendition is given, else the widest."
        ),
        format=graphene.Argument(
            ImageFormats, default_value=ImageFormat.WEBP, description="Encoding wanted."
        ),
        resolver=Projected(rendition_url),
        description="Where to fetch it.",
    )


class Rendition(ContractType, record=contract.Rendition, shown=True):
    """One encoding of a video: pick by media type, then by height."""

    url = graphene.String(required=True, resolver=absolute("url"), description="Where to fetch it.")
    media_type = graphene.String(required=True, description="Such as video/mp4.")
    height = graphene.Int(description="Pixels.")
    bytes = graphene.Int(description="Size of the download.")


class Caption(ContractType, record=contract.Caption, shown=True):
    """Captions of a video in one language (WebVTT)."""

    url = graphene.String(required=True, resolver=absolute("url"), description="Where to fetch it.")
    locale = Locale(required=True, description="Their language.")
