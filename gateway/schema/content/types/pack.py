"""Offline packs: what a phone downloads to learn without network."""

import graphene

from gateway.schema.connection import many
from gateway.schema.content.types.media import absolute
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.scalars import Locale
from services.content import contract

PackFileKinds = contract_enum(
    contract.PackFileKind,
    {
        "INDEX": "The version in one language, and which file each lesson is.",
        "LESSON": "One lesson in one language.",
        "IMAGE": "One picture at one width, WebP.",
    },
)


class PackFile(ContractType, record=contract.PackFile):
    """One file of a pack: keep it under its hash, fetch only hashes that you lack.

    Its address is immutable, takes Range, and answers in brotli or gzip where asked.
    """

    hash = graphene.String(
        required=True, description="SHA-256 of the file, unpacked; 64 hex digits: check it."
    )
    bytes = graphene.Int(
        required=True, description="Size of the file as it is kept: unpacked (identity)."
    )
    compressed_bytes = graphene.Int(
        required=True, description="Size of the download with brotli; for a picture as `bytes`."
    )
    media_type = graphene.String(required=True, description="application/json or image/webp.")
    kind = graphene.Field(graphene.NonNull(PackFileKinds), description="What it holds.")
    locales = many(Locale, description="Languages that it serves; none for a picture.")
    url = graphene.String(
        required=True, resolver=absolute("url"), description="Where to fetch it, for ever."
    )
    lesson_ids = many(graphene.ID, description="Lessons of this pack that need it.")


class OfflinePack(ContractType, record=contract.OfflinePack):
    """What to download to take a version without network (graphql/pack.schema.json).

    Lessons are whole, with their pictures, or left out; a file that lessons share is there once.
    Recordings, films and captions are not in it: a lesson names their addresses.
    """

    hash = graphene.String(
        required=True, description="Over all its files, in any order: the same hash, nothing new."
    )
    bytes = graphene.Int(required=True, description="Size of all its files, unpacked.")
    files = many(PackFile, description="The index first, then as lessons need.")
    lesson_ids = many(graphene.ID, description="Lessons in the pack, most useful first.")
    left = many(graphene.ID, description="Lessons that maxBytes left out, most useful first.")
