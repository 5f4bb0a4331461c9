"""GraphQL types bound to the records of the services' contracts.

A field is the record's attribute of that name, or has a resolver; anything else stops the import.
So does a non-null field over an attribute that may be None.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import graphene

from gateway.schema.languages import Shown, pick_any, show
from gateway.schema.resolvers import Projected
from services.content.contract import LocalText
from services.kit.records import Record

_BOUND: dict[type[Record], type[graphene.ObjectType]] = {}


class ContractType(graphene.ObjectType):
    """Base of every type that shows a record: `class Skill(ContractType, record=...)`."""

    class Meta:
        """No type of the schema itself."""

        abstract = True

    if TYPE_CHECKING:

        def __init_subclass__(cls, **options: Any) -> None: ...

    @classmethod
    def __init_subclass_with_meta__(
        cls, record: type[Record], *, shown: bool = False, wrapped: bool = False, **options: Any
    ) -> None:
        """Bind the type to its record.

        Parents are records; `wrapped`: things with a `record`; `shown`: `Shown`, whose texts are
        given in its languages.
        """
        super().__init_subclass_with_meta__(**options)
        hints = get_type_hints(record)
        for name, field in cls._meta.fields.items():
            if field.resolver is None:
                _check(cls.__name__, name, field, hints)
                if shown:
                    projection = _shown(name, is_text=_is_text(hints[name]))
                else:
                    projection = _wrapped(name) if wrapped else _plain(name)
                setattr(cls, f"resolve_{name}", projection)
        _BOUND.setdefault(record, cls)


def type_of(value: Any) -> type[graphene.ObjectType]:
    """Return the type that shows a value: for interfaces."""
    return _BOUND[type(getattr(value, "record", value))]


def contract_enum(enum: type[StrEnum], values: Mapping[str, str]) -> Any:
    """Return the GraphQL enum of a contract's; `values` describes each of its members."""
    if set(values) != set(enum.__members__):
        raise TypeError(f"{enum.__name__}: describe exactly {', '.join(enum.__members__)}")

    def describe(member: StrEnum | None) -> str | None:
        return enum.__doc__ if member is None else values[member.name]

    return graphene.Enum.from_enum(enum, description=describe)


def _check(owner: str, name: str, field: Any, hints: Mapping[str, Any]) -> None:
    if name not in hints:
        raise TypeError(f"{owner}.{name}: neither the record nor a resolver gives it")
    if isinstance(field.type, graphene.NonNull) and _optional(hints[name]):
        raise TypeError(f"{owner}.{name}: is non-null, but the record's may be None")


def _plain(name: str) -> Projected:
    return Projected(lambda parent, _: getattr(parent, name))


def _wrapped(name: str) -> Projected:
    return Projected(lambda parent, _: getattr(parent.record, name))


def _shown(name: str, *, is_text: bool) -> Projected:
    give: Callable[[Any, tuple[str, ...]], Any] = pick_any if is_text else show

    def project(parent: Shown[Any], _: Any) -> Any:
        return give(getattr(parent.record, name), parent.languages)

    return Projected(project)


def _optional(hint: Any) -> bool:
    return NoneType in get_args(hint)


def _is_text(hint: Any) -> bool:
    return LocalText in (hint, *get_args(hint))
