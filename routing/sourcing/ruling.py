"""What rules say about one order: who may not ship, what is preferred, what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from routing.daily_capacity import ORDER_MEASURES, PeriodMeasure
from routing.ids import ItemId, LineId
from routing.item import BackorderPolicy
from routing.network import Network
from routing.quick import quick
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
class RuleExpiry:
    """Prices of units by how long they keep, by a rule.

    Attributes
    ----------
    rule
        Index into `Ruling.rules`.
    lines
        bool ``[n]``: the lines it holds for.
    today
        Proleptic ordinal of the day of the order.
    over_days, unit_minor
        int64, ascending and beside it: what a unit costs that keeps longer than so many days.
    """

    rule: int
    lines: Bool
    today: int
    over_days: Int64
    unit_minor: Int64


@dataclass(frozen=True, slots=True)
class RuleShelfLife:
    """Days of shelf life that a rule asks for a line, beyond what the line itself asks.

    Attributes
    ----------
    rule
        Index into `Ruling.rules`.
    """

    rule: int
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class RuleVolume:
    """A share of the volume of a period that some locations were promised, by a rule.

    Attributes
    ----------
    rule
        Index into `Ruling.rules`.
    where
        bool ``[all locations]``: who was promised.
    measure
        What is counted.
    last_day
        Of the period that the order falls into.
    at_least_percent, at_most_percent
        Of the share; ``None`` does not bound it.
    price_minor
        Per shipment or unit that leads away.
    """

    rule: int
    where: Bool
    measure: PeriodMeasure
    last_day: date
    at_least_percent: int | None
    at_most_percent: int | None
    price_minor: int

    @property
    def per(self) -> Per:
        """What the price is for."""
        return Per.SHIPMENT if self.measure in ORDER_MEASURES else Per.UNIT


@quick
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
    expiry
        Prices of units by how long they keep.
    volume
        Shares of the volume that some locations were promised.
    backorder
        Whether lines may wait, where the rules decide it.
    shelf_life
        How long units must keep, where a rule asks more than the line itself.
    network
        The network with the calendars that the rules give; ``None`` when they give none.
    """

    rules: tuple[NamedRule, ...] = ()
    blocked_by: Int16 | None = None
    amounts: tuple[RuleAmount, ...] = ()
    safety_stock: Mapping[ItemId, Int64] = field(default_factory=lambda: MappingProxyType({}))
    safety_rule: Mapping[ItemId, Int16] = field(default_factory=lambda: MappingProxyType({}))
    capacity: tuple[RuleCapacity, ...] = ()
    expiry: tuple[RuleExpiry, ...] = ()
    volume: tuple[RuleVolume, ...] = ()
    backorder: Mapping[LineId, BackorderPolicy] = field(
        default_factory=lambda: MappingProxyType({})
    )
    shelf_life: Mapping[LineId, RuleShelfLife] = field(default_factory=lambda: MappingProxyType({}))
    network: Network | None = None

    def lines(self, lines: Sequence[ResolvedLine]) -> tuple[ResolvedLine, ...]:
        """Return the lines with what the rules say of them."""
        if not (self.backorder or self.shelf_life):
            return tuple(lines)
        return tuple(self._line(line) for line in lines)

    def _line(self, line: ResolvedLine) -> ResolvedLine:
        asked = self.shelf_life.get(line.id)
        return replace(
            line,
            backorder_policy=self.backorder.get(line.id, line.backorder_policy),
            min_shelf_life_days=line.min_shelf_life_days if asked is None else asked.days,
        )
