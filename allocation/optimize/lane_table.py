"""What every set of lines is worth on every lane, as one table, where one parcel is cheapest.

The value of a set is the price of its weight plus amounts of the lane and of each line, so the
table is the prices with the lines' rows added, half of the table at a time. A row is infinite
where the lane cannot carry the line: whatever holds the line is infinite there, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.lane_amounts import lane_amounts
from allocation.optimize.rate_table import rate_table
from allocation.optimize.scalar import scalarize
from routing.parcels.partition import INFINITE
from routing.quick import quick
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class LaneTable:
    """Sets of lines by lanes. Bit ``i`` of a set's number stands for line ``i``.

    Attributes
    ----------
    numbers
        int64 ``[s]``: 0 to ``s - 1``.
    scalars
        int64 ``[s, j]``: one number that compares all tiers and tie-breaks at once;
        `INFINITE` or more where the lane can not carry the set, and for the empty set.
    prices_minor
        int64 ``[s, t]``: price of each set as one parcel on each tariff.
    left_out
        Scalar of leaving out each line.
    first_is_free
        Scalar of the further-shipment cost, which is in all `scalars`.
    """

    numbers: Int64
    scalars: Int64
    prices_minor: Int64
    left_out: list[int]
    first_is_free: int

    def shipment_minor(self, problem: SourcingProblem, number: int, lane: int) -> int:
        """Return the landed cost of a set on a lane, without that of a further shipment."""
        lanes = problem.lanes
        cost = int(self.prices_minor[number, lanes.tariff[lane]])
        cost += int(lanes.shipment_minor[lane]) + int(lanes.parcel_minor[lane])
        for line, demand in enumerate(problem.lines.demand.tolist()):
            if number >> line & 1:
                cost += int(lanes.line_minor[line, lane])
                cost += int(lanes.unit_minor[line, lane]) * demand
        return cost


@lru_cache(maxsize=16)
def _sets(count: int) -> tuple[Int64, Int64]:
    """Return the numbers of all sets and, int64 ``[s, n]``, 1 where a line is a member."""
    numbers = np.arange(1 << count, dtype=np.int64)
    members = (numbers[:, None] >> np.arange(count, dtype=np.int64)) & 1
    numbers.setflags(write=False)
    members.setflags(write=False)
    return numbers, members


def price_lanes(problem: SourcingProblem) -> LaneTable | None:
    """Value all sets of lines, each line whole, on all lanes.

    ``None`` when one parcel is not proven cheapest for everything on every lane, or when
    the tiers do not fit into one number.
    """
    lanes, pieces = problem.lanes, problem.pieces
    numbers, members = _sets(len(problem.lines))
    count = problem.lines.demand * pieces.per_increment
    weight_ug = count * pieces.weight_ug
    rates = rate_table(lanes.tariffs)
    everything = int(weight_ug.sum()), int(count @ pieces.volume_nl)
    if not rates.one_parcel_is_cheapest(lanes.tariff, *everything):
        return None
    prices = rates.price_minor(members @ weight_ug)
    scalars = np.take(prices, lanes.tariff, axis=1)
    amounts = lane_amounts(problem)
    scale = scalarize(amounts.ranges(int(scalars.max())), len(problem.lines), problem.n_locations)
    if scale is None:
        return None
    scalars *= amounts.cost_weight(scale.weights)
    scalars += amounts.of_shipment(scale)
    by_line = np.where(_able(problem), amounts.of_lines(scale.weights), INFINITE)
    for line, row in enumerate(by_line):
        # Sets come in runs without the line and with it, each as long as all lower lines make.
        scalars.reshape(-1, 2, 1 << line, len(lanes))[:, 1] += row
    _exclude(problem, members, scalars)
    return LaneTable(
        numbers=numbers,
        scalars=scalars,
        prices_minor=prices,
        left_out=amounts.left_out(scale.weights),
        first_is_free=problem.extra_shipment_minor * amounts.cost_weight(scale.weights),
    )


def _able(problem: SourcingProblem) -> NDArray[np.bool_]:
    """Return bool ``[n, j]``: the lane may carry the line, and its location has all of it."""
    lines, lanes = problem.lines, problem.lanes
    need = lines.use * lines.demand[:, None]
    if np.count_nonzero(need) == len(lines):
        # One item per line, as nearly always.
        item = need.argmax(axis=1)
        enough = problem.available[item] >= need.max(axis=1)[:, None]
    else:
        enough = ~np.any(problem.available < need[:, :, None], axis=1)
    able: NDArray[np.bool_] = lanes.eligible & enough.take(lanes.location, axis=1)
    return able


def _exclude(problem: SourcingProblem, members: Int64, scalars: Int64) -> None:
    """Take the empty set, and what stock shared by lines or capacity does not allow, away."""
    lines, limits = problem.lines, problem.limits
    scalars[0] = INFINITE
    over: list[NDArray[np.bool_]] = []
    if np.count_nonzero(lines.use) > np.count_nonzero(lines.use.any(axis=0)):
        shared = np.count_nonzero(lines.use, axis=0) > 1
        wanted = members @ (lines.use[:, shared] * lines.demand[:, None])
        over.append(np.any(wanted[:, :, None] > problem.available[shared], axis=1))
    if limits.location_units.min() < lines.demand.sum():
        over.append((members @ lines.demand)[:, None] > limits.location_units)
    if limits.location_lines.min() < len(lines):
        over.append(members.sum(axis=1)[:, None] > limits.location_lines)
    for lacks in over:
        scalars[lacks[:, problem.lanes.location]] = INFINITE
