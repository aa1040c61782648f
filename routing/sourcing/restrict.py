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


def forced_through(problem: SourcingProblem, lanes: NDArray[np.bool_]) -> SourcingProblem:
    """Return the problem that first of all wants a shipment on some of the lanes.

    Parameters
    ----------
    lanes
        bool ``[j]``: those of one location. The value of the first tier is below 0 when it
        ships, else 0.
    """
    return replace(
        problem, tiers=(Tier("forced", shipment=-lanes.astype(np.int64)), *problem.tiers)
    )


def with_objectives(problem: SourcingProblem, tiers: tuple[Tier, ...]) -> SourcingProblem:
    """Return the problem with other tiers."""
    return replace(problem, tiers=tiers)
