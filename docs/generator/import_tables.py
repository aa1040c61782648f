"""What each column of an import means: the sentences that the code cannot say."""

from __future__ import annotations

from typing import Final

_WEIGHT: Final = "weight of one unit; at most one of the four columns"
_SIDE: Final = "outer size of one unit; all three sides in one unit of length"

PLAIN: Final = {
    "locations": {
        "id": "unique",
        "country": "ISO 3166-1 alpha-2",
        "postal_code": "gives coordinates and time zone where those are empty",
        "name": "for people; empty: the id",
        "kind": "`fulfillment_center`, `store`, `third_party` or `dropship`",
        "region": "state or province",
        "city": "for people",
        "latitude": "degrees; together with longitude or not at all",
        "longitude": "degrees",
        "tz": "IANA time zone name",
        "rank": "whole number, smaller first",
        "currency": "ISO 4217; needed with an amount",
        "per_shipment": "handling cost, amount",
        "per_line": "handling cost, amount",
        "per_unit": "handling cost, amount",
        "per_parcel": "handling cost, amount",
        "tags": "words separated by semicolons",
        "channels": "sales channels separated by semicolons; empty: all",
    },
    "items": {
        "id": "unique",
        "sku": "order lines may name the item by it",
        "title": "for people",
        "weight_g": _WEIGHT,
        "weight_kg": _WEIGHT,
        "weight_lb": _WEIGHT,
        "weight_oz": _WEIGHT,
        "length_mm": _SIDE,
        "width_mm": _SIDE,
        "height_mm": _SIDE,
        "length_cm": _SIDE,
        "width_cm": _SIDE,
        "height_cm": _SIDE,
        "length_in": _SIDE,
        "width_in": _SIDE,
        "height_in": _SIDE,
        "tags": "words separated by semicolons",
        "quantity_scale": "decimals that a quantity may have; empty: 0",
        "ship_alone": "`true` or `false`",
        "backorder": "`deny`, `allow` or `ignore_stock`",
        "tracking": "`none`, `lot` or `serial`; empty: none",
        "pick_order": "`fefo`, `fifo` or `lifo`, for lots; empty: fefo",
        "min_remaining_shelf_life_days": "days that must be left on the day of delivery; empty: 0",
        "backorder_limit": "most units that may wait at once, over all locations; empty: any",
        "lead_time_days": "days after which supply comes that nobody knows of yet; empty: unknown",
        "release_time": "`2026-12-01T00:00:00Z`, before which a preorder does not ship",
        "components": "of a kit: `tea*2;mug`, ids with how many of each are in it",
        "substitutes": "ids of items that may be sent instead, separated by semicolons",
        "unit_value": "amount",
        "currency": "ISO 4217; needed with an amount",
    },
    "levels": {
        "item_id": "id of the item, not its SKU",
        "location_id": "id of the location",
        "available": "available to promise, net of reservations; no row: not stocked there",
    },
    "orders": {
        "order_id": "rows with the same id are lines of one order",
        "country": "of the destination; like all columns of the order, read from its first row",
        "postal_code": "of the destination; empty where its country has no such codes",
        "quantity": "units, above 0",
        "line_id": "unique in the order; empty: the number of the row within the order",
        "sku": "what is wanted; exactly one of sku and item_id",
        "item_id": "what is wanted, by id",
        "unit_price": "amount",
        "currency": "ISO 4217; needed with an amount",
        "placed_time": "`2026-11-05T17:00:00Z`; empty: when it is planned",
        "channel": "sales channel",
        "residential": "`true` or `false`",
        "latitude": "degrees; together with longitude or not at all",
        "longitude": "degrees",
        "service_level": "`standard`, `expedited`, `express`, `same_day` or `pickup`",
        "deliver_by": "`2026-11-09`, local date at the destination",
        "tags": "words separated by semicolons",
    },
}
"""By table and column of ``allocation.cli.importers.plain_csv.COLUMNS``."""

SHOPIFY_INVENTORY: Final = {
    "sku": "the item's id; where it is empty, handle and option values",
    "handle": "stands in for an empty SKU",
    "option* value": "with the handle, where the SKU is empty",
    "location": "name of the location; a layout without this column has one column per location",
    "on hand": "counted; `not stocked` is no level, which is not the same as 0. What is in "
    "brackets after a name is passed over, and `On hand (new)` is never a count",
    "committed": "subtracted from on hand",
    "unavailable": "subtracted from on hand",
    "available": "only compared: a note says where it differs from on hand less the other two",
}

SHOPIFY_PRODUCTS: Final = {
    "handle": "holds the rows of a product together (also `URL handle`)",
    "sku": "the item's id and SKU (also `Variant SKU`); where it is empty, handle and option "
    "values",
    "weight value (grams)": "weight (also `Variant Grams`); empty: 0, with a note",
    "title": "title of the product, from its first row",
    "option* value": "added to the title, and to the id where the SKU is empty",
    "tags": "words separated by commas, from the product's first row",
    "inventory tracker": "empty: stock is not looked at (also `Variant Inventory Tracker`)",
    "continue selling when out of stock": "`true` or `continue`: backorders are allowed (also "
    "`Variant Inventory Policy`)",
    "price": "not kept; a row without it, SKU, option and weight only adds a picture",
}

SHOPIFY_ORDERS: Final = {
    "name": "id of the order; rows with the same name are its lines",
    "lineitem sku": "what is wanted; a line without it is a problem",
    "lineitem quantity": "units, at least 1",
    "lineitem price": "price of one unit",
    "lineitem requires shipping": "`false`: the line is left out of plans; an order of only such "
    "lines is left out",
    "lineitem fulfillment status": "with `--open-only`, `fulfilled` lines are left out",
    "shipping zip": "postal code of the destination, empty where its country has none; a US ZIP "
    "gets its leading zeros back",
    "shipping country": "ISO 3166-1 alpha-2",
    "created at": "when it was placed, such as `2026-11-02 10:14:58 -0500`",
    "cancelled at": "with `--open-only`, cancelled orders are left out",
    "currency": "of the prices",
    "tags": "words separated by commas",
}

MEDUSA: Final = {
    "stock_locations": "`id`, `name`, `address` (`country_code`, `postal_code`, `city`, "
    "`province`)",
    "inventory_items": "`id`, `sku`, `title`, `weight` (grams), `length`, `width`, `height` (in "
    "the unit of `--length-unit`), `origin_country`, and perhaps `location_levels`",
    "inventory_levels": "`inventory_item_id`, `location_id`, `stocked_quantity`, "
    "`reserved_quantity`; available is stocked less reserved. `incoming_quantity` is left out",
    "products": "`title` and `variants`: `id`, `sku`, `title`, `manage_inventory`, "
    "`allow_backorder` and `inventory_items` (`inventory_item_id`, `required_quantity`). A variant "
    "of more than one unit of one item becomes a kit under the variant's id",
}

MEDUSA_KEYS: Final = frozenset(
    {"stock_locations", "id", "name", "address", "country_code", "postal_code", "city", "province"}
    | {"inventory_items", "sku", "title", "weight", "length", "origin_country", "location_levels"}
    | {"inventory_levels", "inventory_item_id", "location_id", "stocked_quantity"}
    | {"reserved_quantity", "incoming_quantity", "products", "variants", "manage_inventory"}
    | {"allow_backorder", "required_quantity"}
)
"""Keys that `MEDUSA` explains."""

MEDUSA_CSV: Final = {
    "variant id": "the item's id; empty: its SKU",
    "variant sku": "the item's SKU",
    "product title": "first half of the title",
    "variant title": "second half of the title",
    "variant weight": "grams; empty: the product's",
    "product weight": "grams",
    "variant *": "length, width and height in the unit of `--length-unit`; empty: the product's",
    "product *": "length, width and height",
    "variant manage inventory": "`false`: stock is not looked at",
    "variant allow backorder": "`true`: backorders are allowed",
}
