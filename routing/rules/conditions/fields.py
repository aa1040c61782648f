"""What a condition may ask about: one table per subject, shown in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from routing.location import LocationKind
from routing.order import ServiceLevel


class Kind(Enum):
    """What sort of value a field has, in words."""

    TEXT = "text"
    NUMBER = "whole number"
    FLAG = "true or false"
    TEXTS = "list of texts"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a condition may ask about.

    Attributes
    ----------
    values
        All values that a text can have; empty when any text is possible.
    """

    kind: Kind
    meaning: str
    values: tuple[str, ...] = ()


def _text(meaning: str, values: tuple[str, ...] = ()) -> Field:
    return Field(Kind.TEXT, meaning, values)


def _number(meaning: str) -> Field:
    return Field(Kind.NUMBER, meaning)


def _flag(meaning: str) -> Field:
    return Field(Kind.FLAG, meaning)


def _texts(meaning: str) -> Field:
    return Field(Kind.TEXTS, meaning)


ORDER: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "channel": _text("Sales channel; empty when the order does not say."),
        "tags": _texts("Tags of the order."),
        "service_level": _text(
            "How fast the shopper was told it would come.",
            tuple(level.value for level in ServiceLevel),
        ),
        "value_minor": _number("Value of all lines that ship, in minor currency units."),
        "units": _number("Units of all lines that ship; parts of a unit count as one."),
        "line_count": _number("Lines that ship."),
        "weight_g": _number("Weight of all lines in grams, rounded up."),
        "country": _text("Destination: ISO 3166-1 alpha-2 country; empty when unknown."),
        "postal_code": _text("Destination: postal code as given; empty when unknown."),
        "residential": _flag("Destination: whether it is a home."),
        "has_deliver_by": _flag("Whether the order has a date to be delivered by."),
    }
)

LINE: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "item_id": _text("Inventory item; empty for a line with components of its own."),
        "sku": _text("Merchant's stock keeping unit of the item; empty when it has none."),
        "tags": _texts("Tags of the line, of its item and of the item's components."),
        "units": _number("Units ordered; parts of a unit count as one."),
        "value_minor": _number("Value of the line in minor currency units."),
        "unit_value_minor": _number("Value of one unit in minor currency units."),
        "weight_g": _number("Weight of one unit in grams, rounded up."),
        "is_kit": _flag("Whether a unit is made of parts that could be packed apart."),
        "ship_alone": _flag("Whether each unit travels in a parcel of its own."),
        "picked_up": _flag("Whether the shopper collects it at a location."),
    }
)

LOCATION: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "id": _text("Id of the stock location."),
        "name": _text("What people call it."),
        "kind": _text("What sort of place it is.", tuple(kind.value for kind in LocationKind)),
        "country": _text("ISO 3166-1 alpha-2 country; empty when unknown."),
        "region": _text("State or province; empty when unknown."),
        "postal_code": _text("Postal code; empty when unknown."),
        "tags": _texts("Tags of the location."),
        "channels": _texts("Sales channels it serves; empty means all."),
        "markets": _texts("Markets it belongs to; empty means its country."),
        "rank": _number("The merchant's order of preference, smaller first."),
        "tz": _text("IANA time zone."),
        "pickup": _flag("Whether shoppers can pick orders up there."),
    }
)

ITEM: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "id": _text("Id of the inventory item."),
        "sku": _text("Merchant's stock keeping unit; empty when it has none."),
        "tags": _texts("Tags of the item."),
        "weight_g": _number("Weight of one unit in grams, rounded up."),
        "unit_value_minor": _number("Value of one unit in minor currency units; 0 when unknown."),
    }
)

SUBJECTS: Final[Mapping[str, Mapping[str, Field]]] = MappingProxyType(
    {"order": ORDER, "line": LINE, "location": LOCATION, "item": ITEM}
)
"""Name of a subject in conditions to its fields."""
