"""Rung 0: a deterministic adaptive greedy."""

from allocation.optimize.greedy.rung import greedy

__all__ = ["greedy"]
