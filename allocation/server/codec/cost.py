"""Cost breakdowns."""

from __future__ import annotations

from functools import lru_cache

from allocation.cost_breakdown import CostBreakdown
from allocation.server.codec.money import encode_money
from allocation.v1 import cost_pb2


def encode_cost(cost: CostBreakdown, currency: str) -> cost_pb2.CostBreakdown:
    """Return a cost with its terms, in their order."""
    return cost_pb2.CostBreakdown.FromString(cost_bytes(cost, currency))


def cost_bytes(cost: CostBreakdown, currency: str) -> bytes:
    """Return the bytes of a cost with its terms, in their order."""
    total = 0
    parts = [b""]
    for name, minor in cost.terms:
        total += minor
        parts.append(_term(name, minor, currency))
    parts[0] = _total(total, currency)
    return b"".join(parts)


@lru_cache(maxsize=1 << 12)
def _total(minor: int, currency: str) -> bytes:
    message = cost_pb2.CostBreakdown(total=encode_money(minor, currency))
    return message.SerializeToString(deterministic=True)


@lru_cache(maxsize=1 << 13)
def _term(name: str, minor: int, currency: str) -> bytes:
    term = cost_pb2.CostTerm(name=name, amount=encode_money(minor, currency))
    return cost_pb2.CostBreakdown(terms=[term]).SerializeToString(deterministic=True)
