"""The families of the optimizer benchmark, and their sizes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Final


class Demand(Enum):
    """How quantities are drawn, and what the stock does to them."""

    FEW = "1 to 3 units, mostly 1"
    SPLIT = "1 to 6 units, stock often below them, splitting a line allowed"
    SHARED = "lines share two to four items and their stock"


class Twist(Enum):
    """What makes large orders harder than their size does."""

    NONE = "nothing"
    CAPACITY = "a location takes a few units only"
    BULKY = "items of 2 to 20 lb, so that shipments have several parcels"
    PRICED = "a unit may stay unfilled at a price near that of shipping it"


@dataclass(frozen=True, slots=True)
class Cell:
    """One size of a family.

    Attributes
    ----------
    family
        Its name.
    lines, locations
        Lines of each order, and stock locations of the network.
    demand
        How quantities are drawn.
    objectives, twist
        Objectives after "unfilled", most important first; what else is harder.
    ours, peers
        Instances for our ladder in a full and in a small run; instances for the
        generic models in each.
    """

    family: str
    lines: int
    locations: int
    ours: tuple[int, int]
    peers: tuple[int, int]
    demand: Demand = Demand.FEW
    objectives: tuple[str, ...] = ("cost",)
    twist: Twist = Twist.NONE

    @property
    def name(self) -> str:
        """Return what the cell is called in output and on the command line."""
        return f"{self.family}_{self.lines}x{self.locations}"

    @property
    def limit_s(self) -> float:
        """Return how long our solver may take at most: a second for what is rarely proven."""
        return inf if self.twist is Twist.NONE else 1.0

    @property
    def line_split(self) -> bool:
        """Whether units of one line may leave several locations."""
        return self.demand is Demand.SPLIT


_TIERS: Final = ("fewest_shipments", "closest", "cost")

CELLS: Final = (
    *(
        Cell("typical", lines, locations, (60, 10 if locations < 1000 else 5), (12, 1))
        for locations in (10, 100, 1000)
        for lines in (1, 2, 3, 4)
    ),
    Cell("wide", 8, 100, (40, 5), (8, 1)),
    Cell("wide", 10, 100, (40, 5), (8, 1)),
    Cell("wide", 8, 1000, (40, 2), (8, 0)),
    Cell("wide", 10, 1000, (40, 2), (8, 0)),
    Cell("large", 20, 200, (40, 1), (4, 0)),
    Cell("large", 40, 200, (40, 1), (2, 0)),
    *(
        Cell("split", lines, 50, (40, 2), (8, int(lines == 3)), Demand.SPLIT)
        for lines in (3, 4, 5, 6)
    ),
    Cell("hot", 6, 50, (40, 5), (10, 1), Demand.SHARED),
    Cell("hot", 8, 50, (40, 2), (10, 1), Demand.SHARED),
    Cell("tiered", 3, 100, (40, 5), (10, 1), objectives=_TIERS),
    Cell("tiered", 5, 100, (40, 2), (10, 1), objectives=_TIERS),
    *(
        Cell(twist.name.lower(), lines, 100, (10, 1), (peers, 0), twist=twist)
        for twist, peers in ((Twist.CAPACITY, 0), (Twist.BULKY, 0), (Twist.PRICED, 2))
        for lines in (20, 40)
    ),
)
FAMILIES: Final = tuple(dict.fromkeys(cell.family for cell in CELLS))


def cell_named(name: str) -> Cell:
    """Return a cell by its name.

    Raises
    ------
    ValueError
        With the known names.
    """
    for cell in CELLS:
        if cell.name == name:
            return cell
    raise ValueError(f"{name!r} is unknown; known are {', '.join(cell.name for cell in CELLS)}")
