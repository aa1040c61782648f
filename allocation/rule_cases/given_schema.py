"""The keys of what a case gives: a network, an order, and what the request overrides."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from routing.rules.schema.base import AtLeastOne, Minor, Section
from routing.rules.schema.cost import Cost
from routing.rules.schema.split import Split

Units = Annotated[int, Field(ge=0, le=1_000_000)]
Words = Annotated[tuple[str, ...], Field(strict=False)]
Kind = Literal["fulfillment_center", "store", "third_party", "dropship"]
Level = Literal["standard", "expedited", "express", "same_day"]


class CaseLocation(Section):
    """A stock location, open and with a carrier for every rate card."""

    id: str = Field(min_length=1, description="What cases and rules call it.")
    postal_code: str = Field(description="Where it is, in quotes.")
    country: str = Field(default="US", description="ISO 3166-1 alpha-2 country. Default: US.")
    kind: Kind = Field(default="fulfillment_center", description="Default: fulfillment_center.")
    region: str | None = Field(default=None, description="State or province. Default: none.")
    tags: Words = Field(default=(), description="Tags. Default: none.")
    channels: Words = Field(default=(), description="Sales channels it serves. Default: all.")
    markets: Words = Field(default=(), description="Markets. Default: its country.")
    rank: int = Field(default=0, description="The merchant's preference, smaller first. Default 0.")
    pickup: bool = Field(default=False, description="Whether shoppers pick up there. Default: no.")
    per_shipment_minor: Minor = Field(
        default=0, description="Handling of each shipment, in minor units. Default 0."
    )
    per_line_minor: Minor = Field(
        default=0, description="Handling of each line, in minor units. Default 0."
    )
    per_unit_minor: Minor = Field(
        default=0, description="Handling of each unit, in minor units. Default 0."
    )


class CaseItem(Section):
    """An inventory item."""

    id: str = Field(min_length=1, description="What cases and rules call it.")
    sku: str | None = Field(default=None, description="Stock keeping unit. Default: none.")
    weight_g: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=500, description="Weight of a unit in grams. Default 500."
    )
    tags: Words = Field(default=(), description="Tags. Default: none.")
    unit_value_minor: Minor | None = Field(
        default=None, description="Value of a unit, in minor units. Default: the line's price."
    )
    ship_alone: bool = Field(
        default=False, description="Whether each unit has a parcel of its own. Default: no."
    )
    backorder: Literal["deny", "allow"] = Field(
        default="deny", description="Whether units that are not in stock may wait. Default: deny."
    )


class CaseNetwork(Section):
    """Locations and items."""

    locations: Annotated[tuple[CaseLocation, ...], Field(min_length=1, strict=False)] = Field(
        description="Stock locations."
    )
    items: Annotated[tuple[CaseItem, ...], Field(min_length=1, strict=False)] = Field(
        description="Inventory items."
    )


class CaseLine(Section):
    """A line of the order."""

    item: str = Field(description="Inventory item.")
    units: AtLeastOne = Field(description="Units ordered.")
    id: str | None = Field(
        default=None, description="What expectations call the line. Default: the item."
    )
    unit_price_minor: Minor = Field(
        default=0, description="Price of a unit, in minor units. Default 0."
    )
    tags: Words = Field(default=(), description="Tags of the line. Default: none.")
    pickup_location: str | None = Field(
        default=None, description="Where the shopper collects the line. Default: delivered."
    )
    group: str | None = Field(
        default=None, description="Lines of a group leave one location together. Default: none."
    )


class CaseOrder(Section):
    """An order."""

    lines: Annotated[tuple[CaseLine, ...], Field(min_length=1, strict=False)] = Field(
        description="Its lines."
    )
    postal_code: str = Field(description="Where it goes, in quotes.")
    country: str = Field(default="US", description="ISO 3166-1 alpha-2 country. Default: US.")
    residential: bool = Field(default=False, description="Whether it goes to a home. Default: no.")
    channel: str | None = Field(default=None, description="Sales channel. Default: none.")
    tags: Words = Field(default=(), description="Tags of the order. Default: none.")
    service_level: Level = Field(default="standard", description="Default: standard.")
    deliver_by: date | None = Field(
        default=None, description="Last day on which it may arrive. Default: none."
    )


class CaseOptions(Section):
    """What the request says in place of the rule set."""

    cost: Cost = Field(
        default=Cost(), description="As in the rule set, as far as a request can override it."
    )
    split: Split = Field(
        default=Split(), description="As in the rule set, as far as a request can override it."
    )
    allowed_locations: Words = Field(
        default=(), description="Only these may ship. Default: as the rule set says."
    )
    excluded_locations: Words = Field(
        default=(), description="These may not ship either. Default: none."
    )
