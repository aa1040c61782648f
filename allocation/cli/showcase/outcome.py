"""What became of one order under ShipFrom and under each simple policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from allocation.v1.plan_pb2 import Plan
from routing.v1.order_pb2 import Order


@dataclass(frozen=True, slots=True)
class Choosing:
    """One way to fill an order.

    Attributes
    ----------
    cost
        Landed cost in major units; ``None`` when the server could not price it.
    distances_m
        Of each shipment to the destination; ``None`` when unknown.
    filled_units
        Units that leave some location.
    """

    cost: Decimal | None
    distances_m: tuple[int | None, ...]
    filled_units: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """An order, its plan, how long the call took, and every way by name."""

    order: Order
    plan: Plan
    call_s: float
    ordered_units: int
    ours: Choosing
    policies: Mapping[str, Choosing]

    @property
    def comparable(self) -> bool:
        """Whether every way has a price and sends the same number of units."""
        return all(
            each.cost is not None and each.filled_units == self.ours.filled_units
            for each in (self.ours, *self.policies.values())
        )

    def saving_against(self, policy: str) -> Decimal:
        """Return what the plan costs less than a policy's choice; 0 if that has no price."""
        theirs, ours = self.policies[policy].cost, self.ours.cost
        return Decimal(0) if theirs is None or ours is None else theirs - ours


@dataclass(frozen=True, slots=True)
class Figures:
    """Means of one way over the orders that compare.

    Attributes
    ----------
    cost
        Landed cost of an order, in major units.
    shipments
        Of an order.
    distance_km
        Of a shipment.
    filled_share
        Units sent over units ordered, over *all* orders.
    """

    cost: Decimal
    shipments: float
    distance_km: float
    filled_share: float


def figures_of(
    ways: Sequence[Choosing], all_ways: Sequence[Choosing], ordered_units: int
) -> Figures:
    """Return the means over `ways`, and what `all_ways` fill of `ordered_units`.

    Raises
    ------
    ValueError
        If `ways` is empty.
    """
    if not ways:
        raise ValueError("no order can be compared")
    distances = [each for way in ways for each in way.distances_m if each is not None]
    return Figures(
        cost=sum((way.cost or Decimal(0) for way in ways), Decimal(0)) / len(ways),
        shipments=sum(len(way.distances_m) for way in ways) / len(ways),
        distance_km=sum(distances) / max(1, len(distances)) / 1000,
        filled_share=sum(way.filled_units for way in all_ways) / max(1, ordered_units),
    )
