"""Small builders of the contract's messages."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from google.type.decimal_pb2 import Decimal as DecimalMessage
from google.type.money_pb2 import Money

from allocation.cli.importers.reading import Reading
from allocation.cli.money_text import money_fields, plain
from allocation.v1.inline_stock_pb2 import InlineItemStock, InlineStock

GRAMS: Final = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
MILLIMETRES: Final = {
    "mm": Decimal(1),
    "cm": Decimal(10),
    "m": Decimal(1000),
    "in": Decimal("25.4"),
}

_MICROGRAM: Final = Decimal("1e-6")
_MICROMETRE: Final = Decimal("1e-3")


def decimal_message(value: Decimal) -> DecimalMessage:
    """Return a ``google.type.Decimal``."""
    return DecimalMessage(value=plain(value))


def money_message(amount: Decimal, currency: str) -> Money:
    """Return a ``google.type.Money``.

    Raises
    ------
    ValueError
        If `amount` has more than nine decimals.
    """
    fields = money_fields(amount, currency)
    return Money(
        currency_code=currency,
        units=int(str(fields["units"])),
        nanos=int(str(fields["nanos"])),
    )


def grams(value: Decimal, unit: str) -> DecimalMessage:
    """Return a weight in grams, to the microgram."""
    return decimal_message((value * GRAMS[unit]).quantize(_MICROGRAM).normalize())


def millimetres(value: Decimal, unit: str) -> DecimalMessage:
    """Return a length in millimetres, to the micrometre."""
    return decimal_message((value * MILLIMETRES[unit]).quantize(_MICROMETRE).normalize())


def slug(name: str) -> str:
    """Return an id made of a name: ``Reno FC`` becomes ``reno-fc``."""
    words = "".join(each if each.isalnum() else " " for each in name.casefold()).split()
    return "-".join(words)


class Levels:
    """Levels by item and location; the same pair twice is reported."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._levels: dict[str, dict[str, tuple[Decimal, str]]] = {}

    def add(self, item_id: str, location_id: str, available: Decimal, place: str) -> None:
        """Add a level found at `place`."""
        by_location = self._levels.setdefault(item_id, {})
        if location_id in by_location:
            earlier = by_location[location_id][1]
            self._reading.report(
                place,
                f"{item_id} at {location_id} was given before, at {earlier}; keep one",
            )
        else:
            by_location[location_id] = (available, place)

    def message(self) -> InlineStock:
        """Return the levels, items and locations sorted by id."""
        stock = InlineStock()
        for item_id in sorted(self._levels):
            item = InlineItemStock(inventory_item_id=item_id)
            for location_id, (available, _) in sorted(self._levels[item_id].items()):
                item.levels.add(location_id=location_id, available=decimal_message(available))
            stock.items.append(item)
        return stock

    def scale_of(self, item_id: str) -> int:
        """Return the most decimals that a level of the item has."""
        found = (plain(available) for available, _ in self._levels.get(item_id, {}).values())
        return max((len(text.partition(".")[2]) for text in found), default=0)
