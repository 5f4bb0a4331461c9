"""Types bound to records: what does not fit stops the import."""

from enum import StrEnum

import graphene
import pytest

from gateway.schema.contract_type import ContractType, contract_enum
from services.kit.records import Record


class Thing(Record):
    """A record of a contract."""

    name: str
    note: str | None = None


def test_a_field_that_nobody_gives_stops_the_import() -> None:
    """An app would find out at run time, as a null that should not be."""
    with pytest.raises(TypeError, match=r"Misspelt\.nane: neither the record nor a resolver"):
        type("Misspelt", (ContractType,), {"nane": graphene.String()}, record=Thing)


def test_a_promise_that_the_record_does_not_keep_stops_the_import() -> None:
    """One null in a list would take the whole list."""
    fields = {"note": graphene.String(required=True)}

    with pytest.raises(TypeError, match=r"Bold\.note: is non-null, but the record's may be None"):
        type("Bold", (ContractType,), fields, record=Thing)


def test_a_resolver_gives_what_the_record_lacks() -> None:
    """Every field would have to be stored."""
    fields = {
        "name": graphene.String(required=True),
        "loud": graphene.String(resolver=lambda thing, _: thing.name.upper()),
    }
    bound = type("Bound", (ContractType,), fields, record=Thing)
    query = type(
        "Query",
        (graphene.ObjectType,),
        {"thing": graphene.Field(bound, resolver=lambda *_: Thing(name="a"))},
    )

    result = graphene.Schema(query=query).execute("{ thing { name loud } }")

    assert result.errors is None
    assert result.data == {"thing": {"name": "a", "loud": "A"}}


def test_an_enum_describes_each_of_its_members() -> None:
    """The reference would leave app developers to guess."""

    class Size(StrEnum):
        SMALL = "SMALL"
        LARGE = "LARGE"

    with pytest.raises(TypeError, match="describe exactly SMALL, LARGE"):
        contract_enum(Size, {"SMALL": "Little."})
