"""What is known of an item at a location for purchasing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from routing.ids import ItemId, LocationId


class StockState(Enum):
    """Whether it is time to order."""

    ENOUGH = "enough"
    REORDER = "reorder"
    OUT = "out"


class AbcClass(Enum):
    """A: the items that make the first 80 % of the units sold; B: up to 95 %; C: the rest."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Position:
    """Stock of an item at a location, lots added up, in increments.

    Attributes
    ----------
    available
        May still be promised; safety stock is off already. Negative where oversold.
    safety_stock
        Kept back.
    incoming
        On its way, whenever it comes, less what orders wait for; may be negative.
    incoming_soon
        The same of what is expected within the item's lead time.
    """

    item_id: ItemId
    location_id: LocationId
    available: int
    safety_stock: int = 0
    incoming: int = 0
    incoming_soon: int = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Units that another location can spare."""

    from_location_id: LocationId
    increments: int


@dataclass(frozen=True, slots=True)
class LowStockFact:
    """What purchasing should know of an item at a location.

    Attributes
    ----------
    sold
        Increments fulfilled in the last eight weeks.
    lead_time_days
        Of the item's supply.
    reorder_point
        Increments, available and incoming together, at which to order.
    days_of_cover
        How long what is available lasts; ``None`` where nothing was sold.
    stockout_risk_percent
        Likelihood that demand within the lead time exceeds what is there by then.
    transfers
        From where it could be put right, the location with most to spare first. No unit
        is suggested twice.
    """

    position: Position
    sold: int
    lead_time_days: int
    reorder_point: int
    days_of_cover: int | None
    stockout_risk_percent: int
    state: StockState
    abc_class: AbcClass = AbcClass.C
    transfers: tuple[Transfer, ...] = ()

    @property
    def wanted(self) -> int:
        """Increments that lift it above its reorder point; 0 if none, or nobody buys it."""
        if self.state is StockState.ENOUGH or not self.sold:
            return 0
        position = self.position
        return max(0, self.reorder_point + 1 - position.available - position.incoming)

    @property
    def spare(self) -> int:
        """Increments that can leave without bringing it down to its reorder point."""
        return max(0, self.position.available - self.reorder_point - 1)
