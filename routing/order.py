"""Orders as they were asked for: lines that name items, kits or components."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from routing.enums import KeyEnum
from routing.geo.coordinates import Coordinates
from routing.ids import ItemId, LineId, LocationId, LotId, OrderId
from routing.item import BackorderPolicy, KitComponent
from routing.quick import quick


class ServiceLevel(KeyEnum):
    """How fast the shopper was told that the order would come."""

    STANDARD = "standard"
    EXPEDITED = "expedited"
    EXPRESS = "express"
    SAME_DAY = "same_day"
    PICKUP = "pickup"


@quick
@dataclass(frozen=True, slots=True)
class Destination:
    """Where an order goes.

    Attributes
    ----------
    country
        ISO 3166-1 alpha-2, or ``None`` when only coordinates are known.
    postal_code
        As given; ``None`` when unknown.
    coordinates
        Given by the caller, or looked up from the postal code; ``None`` when
        unknown, and then no distance counts and the plan says so.
    residential
        Whether the address is a home.
    po_box
        Whether it is a post office box, where private carriers do not deliver.
    """

    country: str | None = None
    postal_code: str | None = None
    coordinates: Coordinates | None = None
    residential: bool = False
    po_box: bool = False
    pickup_location_id: LocationId | None = None


@quick
@dataclass(frozen=True, slots=True)
class OrderLine:
    """One position of an order.

    Attributes
    ----------
    quantity_e6
        Units ordered times one million: exact whatever the item's scale.
    item_id
        The item or kit wanted, or ``None`` when `components` says it.
    components
        The line's own bill of materials; one line unit is one set of them.
    unit_price_minor
        What the shopper pays for one unit, in minor currency units.
    weight_ug
        Weight of one line unit if the caller knows better; else ``None``.
    group
        Lines with the same group leave one location together, or not at all.
    lot_ids, serials
        Only these lots or serial numbers will do; empty means any.
    min_shelf_life_days
        Days that must remain on the delivery date, if more than the item asks for.
    substitute_ids
        Items that may be sent instead, most preferred first.
    pickup_location_id
        Where the shopper collects the line, if not where the order goes.
    """

    id: LineId
    quantity_e6: int
    item_id: ItemId | None = None
    components: tuple[KitComponent, ...] = ()
    unit_price_minor: int = 0
    tags: frozenset[str] = frozenset()
    backorder_policy: BackorderPolicy | None = None
    allowed_location_ids: frozenset[LocationId] = frozenset()
    excluded_location_ids: frozenset[LocationId] = frozenset()
    group: str | None = None
    weight_ug: int | None = None
    requires_shipping: bool = True
    lot_ids: frozenset[LotId] = frozenset()
    serials: frozenset[str] = frozenset()
    min_shelf_life_days: int = 0
    substitute_ids: tuple[ItemId, ...] = ()
    pickup_location_id: LocationId | None = None


@quick
@dataclass(frozen=True, slots=True)
class Order:
    """What a shopper wants, and where; `placed_time` is an aware UTC datetime.

    `priority` says which order is given stock first where several wait: the greatest.
    """

    id: OrderId
    placed_time: datetime
    destination: Destination
    lines: tuple[OrderLine, ...]
    channel: str | None = None
    tags: frozenset[str] = frozenset()
    service_level: ServiceLevel = ServiceLevel.STANDARD
    deliver_by: date | None = None
    currency: str | None = None
    priority: int = 0
