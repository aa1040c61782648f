"""Rung 2: CP-SAT, exact for everything a sourcing problem can say."""

from allocation.optimize.cp_sat.rung import CpSatOptimizer

__all__ = ["CpSatOptimizer"]
