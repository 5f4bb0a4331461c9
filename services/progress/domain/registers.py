"""Registers: of each name the last value in total order; None stands for one taken away."""

from collections.abc import Mapping
from typing import TypeAlias

from services.kit.records import Json, Record
from services.progress.domain.stored import Order

MOST = 100
"""Names kept in one set of registers: the first by alphabet, whatever came first."""


class Register(Record, array_like=True):
    """The last value of one name."""

    order: Order
    value: Json


Registers: TypeAlias = Mapping[str, Register]


def put(registers: Registers, name: str, value: Json, order: Order) -> Registers:
    """Return the registers with a value taken in, unless a later one is there; a join."""
    known = registers.get(name)
    if known is not None and known.order >= order:
        return registers
    return {**registers, name: Register(order=order, value=value)}


def bounded(registers: Registers) -> Registers:
    """Return the registers that are kept."""
    return {name: registers[name] for name in sorted(registers)[:MOST]}


def values(registers: Registers) -> dict[str, Json]:
    """Return what is set, by name."""
    return {name: one.value for name, one in registers.items() if one.value is not None}
