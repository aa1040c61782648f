"""How the figures spread: counts by number of shipments, distance and days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from allocation.backtest.outcome import OrderOutcome

DISTANCE_STEPS_KM: Final = (0, 100, 250, 500, 1_000, 1_500, 2_000, 3_000, 4_000)
"""Lower edges of the classes of distance; the last has no upper edge."""

MOST_SHIPMENTS: Final = 5
MOST_DAYS: Final = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """Counts by class, every class present.

    Attributes
    ----------
    labels
        Of the classes, in full.
    starts
        The same, short enough to stand below a column.
    unknown
        How many values are not known and in no class.
    """

    labels: tuple[str, ...]
    starts: tuple[str, ...]
    counts: tuple[int, ...]
    unknown: int = 0

    @property
    def total(self) -> int:
        """All values that are known."""
        return sum(self.counts)


def shipments_per_order(outcomes: Iterable[OrderOutcome]) -> Spread:
    """Count orders by their number of shipments."""
    return _up_to(MOST_SHIPMENTS, [len(each.shipments) for each in outcomes])


def days_to_delivery(outcomes: Iterable[OrderOutcome]) -> Spread:
    """Count orders that ship by their days to the last delivery."""
    days = [each.delivery_days for each in outcomes if each.shipments]
    known = [max(0, each) for each in days if each is not None]
    return _up_to(MOST_DAYS, known, len(days) - len(known))


def distances(outcomes: Iterable[OrderOutcome]) -> Spread:
    """Count shipments by distance."""
    all_m = [shipment.distance_m for each in outcomes for shipment in each.shipments]
    known_km = [each / 1_000 for each in all_m if each is not None]
    counts = [0] * len(DISTANCE_STEPS_KM)
    for distance_km in known_km:
        counts[sum(distance_km >= step for step in DISTANCE_STEPS_KM) - 1] += 1
    starts = (*(f"{step:,}" for step in DISTANCE_STEPS_KM[:-1]), f"{DISTANCE_STEPS_KM[-1]:,}+")
    return Spread(_distance_labels(), starts, tuple(counts), len(all_m) - len(known_km))


def _up_to(most: int, values: Sequence[int], unknown: int = 0) -> Spread:
    counts = Counter(min(value, most) for value in values)
    labels = (*(str(number) for number in range(most)), f"{most}+")
    return Spread(labels, labels, tuple(counts[number] for number in range(most + 1)), unknown)


def _distance_labels() -> tuple[str, ...]:
    edges = [f"{step:,}" for step in DISTANCE_STEPS_KM]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    return (*between, f"{edges[-1]} or more")
