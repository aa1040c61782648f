"""The example data as JSON documents in the contract's own shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from allocation.demo.baskets import DemoOrder
from allocation.demo.catalogue import DemoItem
from allocation.demo.locations import DemoLocation

CURRENCY: Final = "USD"

CENTER_HANDLING: Final = {"per_shipment": 125, "per_line": 20, "per_unit": 15}
STORE_HANDLING: Final = {"per_shipment": 210, "per_line": 35, "per_unit": 25}
"""Minor units; synthetic. Picking in a store takes longer."""

Json = dict[str, object]


def location_document(location: DemoLocation) -> Json:
    """Return a ``routing.v1.StockLocation``."""
    handling = STORE_HANDLING if location.is_store else CENTER_HANDLING
    kind = "STORE" if location.is_store else "FULFILLMENT_CENTER"
    return {
        "id": location.id,
        "name": location.name,
        "kind": f"LOCATION_KIND_{kind}",
        "address": {
            "region_code": "US",
            "postal_code": location.postal_code,
            "administrative_area": location.region,
            "locality": location.name,
        },
        "rank": location.rank,
        "handling_cost": {name: _money(amount) for name, amount in handling.items()},
    }


def item_document(item: DemoItem) -> Json:
    """Return a ``routing.v1.InventoryItem``."""
    length, width, height = item.size_mm
    return {
        "id": item.sku,
        "sku": item.sku,
        "title": item.title,
        "weight_g": _decimal(item.weight_g),
        "dimensions": {
            "length_mm": _decimal(length),
            "width_mm": _decimal(width),
            "height_mm": _decimal(height),
        },
        "unit_value": _money(item.price_minor),
    }


def stock_document(sku: str, units: dict[str, int]) -> Json:
    """Return an ``allocation.v1.InlineItemStock``."""
    return {
        "inventory_item_id": sku,
        "levels": [
            {"location_id": location, "available": _decimal(count)}
            for location, count in units.items()
        ],
    }


def order_document(order: DemoOrder) -> Json:
    """Return a ``routing.v1.Order``."""
    return {
        "id": order.id,
        "placed_time": order.placed_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "destination": {
            "address": {"region_code": "US", "postal_code": order.postal_code},
            "residential": order.residential,
        },
        "lines": list(_lines(order)),
        "currency": CURRENCY,
    }


def _lines(order: DemoOrder) -> Iterator[Json]:
    for number, (item, quantity) in enumerate(order.lines, start=1):
        yield {
            "id": f"LINE-{number}",
            "sku": item.sku,
            "quantity": _decimal(quantity),
            "unit_price": _money(item.price_minor),
        }


def _decimal(value: int) -> Json:
    return {"value": str(value)}


def _money(minor: int) -> Json:
    units, rest = divmod(minor, 100)
    money: Json = {"currency_code": CURRENCY, "units": str(units)}
    return money | {"nanos": rest * 10_000_000} if rest else money
