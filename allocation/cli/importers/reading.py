"""What goes wrong while files are read, and what was made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from allocation.v1.inline_stock_pb2 import InlineStock
from routing.v1.item_pb2 import InventoryItem
from routing.v1.location_pb2 import StockLocation
from routing.v1.order_pb2 import Order


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that cannot be used.

    Attributes
    ----------
    place
        ``inventory.csv:12:On hand`` in a table, ``products.json: products[3].weight`` in JSON.
    message
        What is wrong, then the way out.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Reading:
    """Collects problems and notes, and says how far the reading is.

    Parameters
    ----------
    on_row
        Called after every row with the number 1.
    """

    def __init__(self, on_row: Callable[[int], None] = lambda _: None) -> None:
        self.on_row = on_row
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def report(self, place: str, message: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(place, message))

    def note(self, text: str) -> None:
        """Add something that was understood but deserves a look; once."""
        if text not in self.notes:
            self.notes.append(text)


@dataclass(slots=True)
class Imported:
    """What was made of the good rows."""

    locations: list[StockLocation] = field(default_factory=list)
    items: list[InventoryItem] = field(default_factory=list)
    stock: InlineStock = field(default_factory=InlineStock)
    orders: list[Order] = field(default_factory=list)

    @property
    def levels(self) -> int:
        """How many levels `stock` holds."""
        return sum(len(item.levels) for item in self.stock.items)
