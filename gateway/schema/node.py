"""The Node interface: whatever can be read again by its id."""

from typing import Any

import graphene

from gateway.schema.contract_type import type_of
from services.kit.errors import NotFound
from services.kit.ids import Kind, kind_of, read_id


class Node(graphene.Interface):
    """Something with a global id: read it again with `node(id:)`."""

    id = graphene.ID(required=True, description="Global, opaque, at most 48 characters.")

    @classmethod
    def resolve_type(cls, value: Any, _: Any) -> Any:
        """Return the type that shows the value."""
        return type_of(value)


def kind_named(text: str) -> Kind | None:
    """Return the kind of a global id, None for what is none: services are asked for ids only."""
    kind = kind_of(text)
    try:
        return kind if kind and read_id(kind, text) else None
    except NotFound:
        return None
