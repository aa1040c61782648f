"""What one rule set made of one order: small enough to keep a hundred thousand of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from allocation.cost_breakdown import CostBreakdown
from routing.daily_capacity import CapacityTake
from routing.ids import CarrierCode, ItemId, LineId, LocationId, LotId, ServiceCode


@dataclass(frozen=True, slots=True)
class Take:
    """Increments of an item that left a location's stock, or `waits` for what comes there.

    `lot_id` and `serials` are set where the units are told apart, and known.
    """

    item_id: ItemId
    location_id: LocationId
    increments: int
    lot_id: LotId | None = None
    serials: tuple[str, ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True)
class ShippedPart:
    """Units of a line, times one million, that left a location."""

    line_id: LineId
    location_id: LocationId
    quantity_e6: int


@dataclass(frozen=True, slots=True)
class ShipmentOutcome:
    """One shipment.

    Attributes
    ----------
    units_e6
        Line units in it, times one million.
    distance_m
        ``None`` when unknown.
    latest_delivery_date
        ``None`` when the transit time is unknown.
    """

    location_id: LocationId
    carrier: CarrierCode
    service: ServiceCode
    units_e6: int
    lines: int
    distance_m: int | None
    latest_delivery_date: date | None
    cost_minor: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Units of a line, times one million, that stayed unfilled."""

    line_id: LineId
    quantity_e6: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What the choice made at the time costs under the same rules and with the same stock.

    Attributes
    ----------
    cost_minor
        ``None`` when that choice cannot be priced; `problems` says why.
    """

    cost_minor: int | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """One order under one rule set.

    Attributes
    ----------
    cost
        By named term; the sum is the cost.
    parts
        What left where, by line and location: two outcomes with equal parts and carrier
        services are the same choice.
    takes, counted
        What it took of stock, and of the days of locations and volumes that are counted.
    lines, lines_filled
        Lines that require shipping, and those of which every unit ships.
    units_e6, units_filled_e6
        The same in units, times one million.
    late
        Whether some shipment may arrive after the date asked for; ``None`` without such a
        date or when nothing ships.
    delivery_days
        Calendar days from the day of the order (UTC) to the last delivery date; ``None``
        when that is unknown or nothing ships.
    optimal, bound_minor
        Whether no allowed plan is better, proven; and what no allowed plan costs less than.
    problem
        Why the order could not be planned at all; everything else is then empty. That is
        never a lack of stock.
    """

    cost: CostBreakdown = field(default_factory=CostBreakdown)
    shipments: tuple[ShipmentOutcome, ...] = ()
    parts: tuple[ShippedPart, ...] = ()
    takes: tuple[Take, ...] = ()
    counted: tuple[CapacityTake, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    lines: int = 0
    lines_filled: int = 0
    units_e6: int = 0
    units_filled_e6: int = 0
    late: bool | None = None
    delivery_days: int | None = None
    optimal: bool = False
    bound_minor: int = 0
    baseline: Compared | None = None
    sentences: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def complete(self) -> bool:
        """Whether every line is filled."""
        return self.problem is None and self.lines_filled == self.lines

    def same_choice(self, other: OrderOutcome) -> bool:
        """Whether the same units leave the same locations with the same carrier services."""
        return self.parts == other.parts and self._services() == other._services()

    def _services(self) -> list[tuple[str, str, str]]:
        return [(each.location_id, each.carrier, each.service) for each in self.shipments]
