"""A small real-geography network and orders for tests, built in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from allocation.engine_api import PlanningRequest
from routing.geo.coordinates import Coordinates
from routing.geo.postal import load_postal_index
from routing.ids import ItemId, LineId, LocationId, LotId, OrderId
from routing.item import InventoryItem, KitComponent
from routing.location import HandlingCost, StockLocation
from routing.network import Network, make_network
from routing.order import Destination, Order, OrderLine
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.load_zones import shipped_zone_bands
from routing.rating.zone_resolver import ZoneResolver
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.stock import IncomingStock, InlineStockView, LotStock, StockDetail

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
E6 = 1_000_000
POUND_UG = 453_592_370

PLACES = {"reno": "89502", "dallas": "75201", "newark": "07102", "atlanta": "30303"}


def location(name: str, **changes: object) -> StockLocation:
    """Return a location at one of `PLACES`."""
    place = load_postal_index().lookup("US", PLACES[name])
    assert place is not None
    base = StockLocation(
        LocationId(name),
        name.title(),
        country="US",
        postal_code=PLACES[name],
        coordinates=place.coordinates,
        tz=place.tz,
        handling=HandlingCost(per_shipment_minor=100),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def item(name: str, pounds: int = 1, **changes: object) -> InventoryItem:
    """Return an item of whole pounds."""
    base = InventoryItem(ItemId(name), weight_ug=pounds * POUND_UG)
    return replace(base, **changes)  # type: ignore[arg-type]


def kit(name: str, **components: int) -> InventoryItem:
    """Return a kit of whole units: ``kit("set", cup=2, pot=1)``."""
    return InventoryItem(
        ItemId(name),
        components=tuple(
            KitComponent(ItemId(part), number * E6) for part, number in components.items()
        ),
    )


@cache
def _rates() -> tuple[CardBook, Mapping[str, ZoneResolver]]:
    resolvers = {name: ZoneResolver(bands) for name, bands in shipped_zone_bands().items()}
    return CardBook(shipped_cards()), resolvers


def network(
    items: Iterable[InventoryItem], locations: Iterable[StockLocation] | None = None
) -> Network:
    """Return a network with the shipped rate cards; by default all of `PLACES`."""
    cards, resolvers = _rates()
    places = [location(name) for name in PLACES] if locations is None else locations
    return make_network(places, items, cards, resolvers, shipped_transit())


def line(number: int, item_id: str, quantity: int = 1, **changes: object) -> OrderLine:
    """Return an order line."""
    base = OrderLine(LineId(f"line-{number}"), quantity * E6, ItemId(item_id))
    return replace(base, **changes)  # type: ignore[arg-type]


def order(lines: Iterable[OrderLine], zip_code: str = "10001", **changes: object) -> Order:
    """Return an order to a US ZIP."""
    place = load_postal_index().lookup("US", zip_code)
    coordinates: Coordinates | None = None if place is None else place.coordinates
    base = Order(OrderId("order-1"), NOW, Destination("US", zip_code, coordinates), tuple(lines))
    return replace(base, **changes)  # type: ignore[arg-type]


def stock(**levels: Mapping[str, int]) -> InlineStockView:
    """Return levels by item, then location: ``stock(cup={"reno": 3})``."""
    return InlineStockView(
        {
            ItemId(name): {LocationId(place): number for place, number in places.items()}
            for name, places in levels.items()
        }
    )


def with_details(levels: InlineStockView, **details: Mapping[str, StockDetail]) -> InlineStockView:
    """Return levels with lots, serials or incoming supply by item, then location."""
    return replace(
        levels,
        level_details={
            ItemId(name): {LocationId(place): detail for place, detail in places.items()}
            for name, places in details.items()
        },
    )


def lot(name: str, units: int, days: int | None = None, received: int = 0) -> LotStock:
    """Return a lot that expires so many days after `NOW`, and came so many days before."""
    expiry = None if days is None else NOW.date() + timedelta(days=days)
    return LotStock(LotId(name), units, expiry, NOW.date() - timedelta(days=received))


def lots(*each: LotStock) -> StockDetail:
    """Return the lots of one level."""
    return StockDetail(lots=each)


def incoming(units: int, days: int, sure_percent: int = 100) -> IncomingStock:
    """Return units that are expected so many days after `NOW`."""
    return IncomingStock(units, NOW + timedelta(days=days), sure_percent)


def request(
    asked: Order,
    net: Network,
    levels: InlineStockView,
    policy: PolicySource | None = None,
    **more: object,
) -> PlanningRequest:
    """Return a planning request with a generous budget."""
    base = PlanningRequest("", asked, net, levels, policy or Policy(), NOW, 30.0)
    return replace(base, **more)  # type: ignore[arg-type]
