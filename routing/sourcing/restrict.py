"""The same order under one more condition, for alternatives and "what if"."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier


def with_lanes(problem: SourcingProblem, allowed: NDArray[np.bool_]) -> SourcingProblem:
    """Return the problem with only the lanes for which bool ``[j]`` is true."""
    lanes = replace(problem.lanes, eligible=problem.lanes.eligible & allowed)
    return replace(problem, lanes=lanes)


def with_max_shipments(problem: SourcingProblem, most: int) -> SourcingProblem:
    """Return the problem with at most that many shipments."""
    most = min(most, problem.limits.max_shipments)
    return replace(problem, limits=replace(problem.limits, max_shipments=most))


def forced_through(problem: SourcingProblem, location: int) -> SourcingProblem:
    """Return the problem that first of all wants a shipment from one location.

    The value of its first tier is -1 when the location ships, else 0.
    """
    use = -(problem.lanes.location == location).astype(np.int64)
    return replace(problem, tiers=(Tier("forced", shipment=use), *problem.tiers))


def with_objectives(problem: SourcingProblem, tiers: tuple[Tier, ...]) -> SourcingProblem:
    """Return the problem with other tiers."""
    return replace(problem, tiers=tiers)
