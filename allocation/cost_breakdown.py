"""What something costs, by named terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from routing.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """Named amounts in minor units; the total is their sum, always."""

    terms: tuple[tuple[str, int], ...] = ()

    @property
    def total_minor(self) -> int:
        """Sum of all terms."""
        return sum([amount for _, amount in self.terms])

    def __add__(self, other: CostBreakdown) -> CostBreakdown:
        """Add amounts of the same name; names keep the order in which they appear."""
        return summed((self.terms, 1), (other.terms, 1))

    def times(self, count: int) -> CostBreakdown:
        """Return every amount `count` times."""
        return CostBreakdown(tuple((name, amount * count) for name, amount in self.terms))


def summed(*parts: tuple[Iterable[tuple[str, int]], int]) -> CostBreakdown:
    """Return the sum of terms, each taken so many times.

    Amounts of the same name are added; names keep the order in which they appear.
    """
    amounts: dict[str, int] = {}
    for terms, times in parts:
        for name, minor in terms:
            amounts[name] = amounts.get(name, 0) + minor * times
    return CostBreakdown(tuple(amounts.items()))
