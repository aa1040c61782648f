"""How many locations an order needs at least, item by item."""

from __future__ import annotations

import numpy as np

from routing.sourcing.problem import SourcingProblem


def fewest_needed(problem: SourcingProblem) -> int:
    """Return a number of shipments without which some item is not sent as far as it could be.

    For each item, the locations with most of it have to add up to what lines want of it, or to
    all there is.
    """
    lanes, use = problem.lanes, problem.lines.use
    able = np.zeros((len(problem.lines), problem.n_locations), dtype=np.bool_)
    line, lane = np.nonzero(lanes.eligible)
    able[line, lanes.location[lane]] = True
    reach = (use > 0).T.astype(np.int64) @ able.astype(np.int64) > 0
    wanted = problem.lines.demand @ use
    there = np.minimum(np.where(reach, problem.available, 0), wanted[:, None])
    there = -np.sort(-there, axis=1)
    so_far = np.cumsum(there, axis=1)
    wanted = np.minimum(wanted, so_far[:, -1]) if so_far.size else wanted
    return int(((so_far < wanted[:, None]).sum(axis=1) + (wanted > 0)).max(initial=0))
