"""Cost breakdowns."""

from __future__ import annotations

from functools import lru_cache

from allocation.cost_breakdown import CostBreakdown
from allocation.server.codec.money import encode_money
from allocation.v1 import cost_pb2


def encode_cost(cost: CostBreakdown, currency: str) -> cost_pb2.CostBreakdown:
    """Return a cost with its terms, in their order."""
    return cost_pb2.CostBreakdown(
        total=encode_money(cost.total_minor, currency),
        terms=[_term(name, amount, currency) for name, amount in cost.terms],
    )


@lru_cache(maxsize=1 << 14)
def _term(name: str, minor: int, currency: str) -> cost_pb2.CostTerm:
    """Return a term. The message is shared, as those of `encode_money`."""
    return cost_pb2.CostTerm(name=name, amount=encode_money(minor, currency))
