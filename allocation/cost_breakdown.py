"""What something costs, by named terms."""

from __future__ import annotations

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
        return sum(amount for _, amount in self.terms)

    def __add__(self, other: CostBreakdown) -> CostBreakdown:
        """Add amounts of the same name; names keep the order in which they appear."""
        amounts: dict[str, int] = {}
        for name, amount in (*self.terms, *other.terms):
            amounts[name] = amounts.get(name, 0) + amount
        return CostBreakdown(tuple(amounts.items()))

    def times(self, count: int) -> CostBreakdown:
        """Return every amount `count` times."""
        return CostBreakdown(tuple((name, amount * count) for name, amount in self.terms))
