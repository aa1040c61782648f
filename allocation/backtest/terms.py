"""Which terms of a cost are paid to somebody, and which only steer the choice."""

from __future__ import annotations

from typing import Final

from allocation.cost_breakdown import CostBreakdown

STEERING_KINDS: Final = frozenset({"penalty", "lateness", "distance", "rule"})
"""What stands before the colon of a term that nobody is paid: weights and penalties of a rule
set. Two rule sets with other penalties can be compared in what is paid only."""


def kind_of(term: str) -> str:
    """Return ``"handling"`` of ``"handling:parcel"``."""
    return term.partition(":")[0]


def is_paid(term: str) -> bool:
    """Whether a term is money that leaves the merchant."""
    return kind_of(term) not in STEERING_KINDS


def paid_minor(cost: CostBreakdown) -> int:
    """Return the part of a cost that is paid: carriers, handling, everything but penalties."""
    return sum(amount for name, amount in cost.terms if is_paid(name))
