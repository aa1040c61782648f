"""The example as messages, and the little that policies need of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocation.cli.network_files import NetworkFiles, read_network
from allocation.cli.order_files import read_orders
from allocation.demo.files import ORDERS_FILE, demo_directory
from allocation.demo.policy_terms import Levels, Place, Want
from allocation.v1.inline_stock_pb2 import InlineItemStock, InlineStock
from routing.geo import Coordinates, great_circle_between_m, load_postal_index
from routing.v1.order_pb2 import Order


@dataclass(frozen=True, slots=True)
class Example:
    """Network, stock and orders; an item's SKU is also its id.

    Attributes
    ----------
    files
        Locations and items.
    stock
        By item id.
    levels
        The same as whole numbers.
    places
        Coordinates by location id, in the merchant's order.
    orders
        By the time at which they were placed.
    """

    files: NetworkFiles
    stock: Mapping[str, InlineItemStock]
    levels: Levels
    places: Mapping[str, Coordinates | None]
    orders: Sequence[Order]

    def stock_for(self, order: Order) -> InlineStock:
        """Return the levels of the order's items, as a backend would send them."""
        return InlineStock(items=[self.stock[line.sku] for line in order.lines])

    def distances(self, order: Order) -> tuple[Place, ...]:
        """Return the locations in the merchant's order, with their distances."""
        address = order.destination.address
        to = _coordinates(address.region_code, address.postal_code)
        return tuple(
            Place(
                location_id,
                None if at is None or to is None else great_circle_between_m(at, to),
            )
            for location_id, at in self.places.items()
        )


def read_example(count: int) -> Example:
    """Read the packaged example with its first `count` orders."""
    files = read_network(demo_directory())
    items = files.stock.items if files.stock is not None else ()
    locations = sorted(files.locations.locations, key=lambda each: (each.rank, each.id))
    return Example(
        files=files,
        stock={item.inventory_item_id: item for item in items},
        levels={
            item.inventory_item_id: {
                level.location_id: int(level.available.value) for level in item.levels
            }
            for item in items
        },
        places={
            each.id: _coordinates(each.address.region_code, each.address.postal_code)
            for each in locations
        },
        orders=read_orders(demo_directory() / ORDERS_FILE)[:count],
    )


def wants_of(order: Order) -> tuple[Want, ...]:
    """Return the lines of an order as policies see them."""
    return tuple(Want(line.id, line.sku, int(line.quantity.value)) for line in order.lines)


def _coordinates(country: str, postal_code: str) -> Coordinates | None:
    place = load_postal_index().lookup(country, postal_code)
    return None if place is None else place.coordinates
