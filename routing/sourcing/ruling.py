"""What rules say about one order: who may not ship, what is preferred, what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from routing.ids import ItemId, LineId
from routing.item import BackorderPolicy
from routing.network import Network
from routing.sourcing.resolve import ResolvedLine

Int16 = NDArray[np.int16]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

NO_RULE = -1


class Per(Enum):
    """What an amount is charged for."""

    SHIPMENT = "shipment"
    LINE = "line"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule as people know it."""

    name: str
    because: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RuleAmount:
    """Money that a rule adds where something ships from a location.

    Attributes
    ----------
    rule
        Index into `Ruling.rules`.
    per
        Once per shipment, once per line in it, or per unit of a line.
    lines
        bool ``[n]``: the lines it holds for; all of them per shipment.
    location_minor
        int64 ``[all locations]``: the amount, a credit below 0.
    """

    rule: int
    per: Per
    lines: Bool
    location_minor: Int64


@dataclass(frozen=True, slots=True, eq=False)
class RuleCapacity:
    """Most that some locations take on in a local day, by a rule; ``None`` does not limit.

    Attributes
    ----------
    rule
        Index into `Ruling.rules`.
    where
        bool ``[all locations]``.
    """

    rule: int
    where: Bool
    orders: int | None
    lines: int | None
    units: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """Everything that rules say about one order's lines.

    Attributes
    ----------
    rules
        The rules that the rest refers to by index.
    blocked_by
        int16 ``[n, all locations]``: the first rule against each pair, else `NO_RULE`;
        ``None`` when no rule rules anything out.
    amounts
        Preferences and the prices of soft rules.
    safety_stock
        Per item, int64 ``[all locations]``: increments that stay where they are.
    safety_rule
        Per item, int16 ``[all locations]``: the rule that keeps them.
    capacity
        Limits of locations by the rules.
    backorder
        Whether lines may wait, where the rules decide it.
    network
        The network with the calendars that the rules give; ``None`` when they give none.
    """

    rules: tuple[NamedRule, ...] = ()
    blocked_by: Int16 | None = None
    amounts: tuple[RuleAmount, ...] = ()
    safety_stock: Mapping[ItemId, Int64] = field(default_factory=lambda: MappingProxyType({}))
    safety_rule: Mapping[ItemId, Int16] = field(default_factory=lambda: MappingProxyType({}))
    capacity: tuple[RuleCapacity, ...] = ()
    backorder: Mapping[LineId, BackorderPolicy] = field(
        default_factory=lambda: MappingProxyType({})
    )
    network: Network | None = None

    def lines(self, lines: Sequence[ResolvedLine]) -> tuple[ResolvedLine, ...]:
        """Return the lines with what the rules say of them."""
        if not self.backorder:
            return tuple(lines)
        return tuple(
            replace(line, backorder_policy=self.backorder.get(line.id, line.backorder_policy))
            for line in lines
        )
