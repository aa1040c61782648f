"""Enums: numbers of the contract to values of the domain, and back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

from allocation.server.codec.findings import Findings

E = TypeVar("E", bound=Enum)


class EnumTable(Generic[E]):
    """One enum of the contract beside one of the domain, matched by name.

    Every domain value ``X`` stands for ``PREFIX_X``; number 0 stands for the default.

    Parameters
    ----------
    contract
        The generated enum.
    prefix
        What its names start with, without the last underscore.
    domain
        The domain's enum.
    default
        What "unspecified" means; ``None`` makes it a problem.
    """

    __slots__ = ("_by_number", "_default", "_names", "_numbers")

    def __init__(
        self,
        contract: Any,
        prefix: str,
        domain: type[E],
        default: E | None = None,
    ) -> None:
        names = {value: f"{prefix}_{value.name}" for value in domain}
        self._numbers: Mapping[E, int] = {
            value: int(contract.Value(name)) for value, name in names.items()
        }
        self._by_number: Mapping[int, E] = {n: value for value, n in self._numbers.items()}
        self._names = ", ".join(names.values())
        self._default = default

    def decode(self, number: int, path: str, findings: Findings) -> E | None:
        """Return the domain's value; refuses numbers that the contract does not know."""
        if number == 0 and self._default is not None:
            return self._default
        value = self._by_number.get(number)
        if value is None:
            said = "is unspecified" if number == 0 else f"is {number}"
            findings.refuse(path, f"{said}; give one of {self._names}")
        return value

    def encode(self, value: E) -> Any:  # generated enums are typed ints
        """Return the contract's number."""
        return self._numbers[value]
