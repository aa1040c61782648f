"""Leave out lanes that another lane of the same location beats in everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.cp_sat.tiers import Stage
from allocation.optimize.greedy.view import View
from routing.rating.tariff import NO_PRICE, Tariff

Bool = NDArray[np.bool_]


def worthwhile_lanes(view: View, stages: tuple[Stage, ...]) -> list[int]:
    """Return the lanes that some optimal allocation may need, ascending.

    A lane is left out only if another of its location carries every line it carries and
    is no dearer in any amount of any stage and for any parcel; of equals the first stays.
    """
    lanes = view.problem.lanes
    costs = any(stage.tier.counts_cost for stage in stages)
    kept: list[int] = []
    for location in np.unique(lanes.location).tolist():
        members = np.flatnonzero(lanes.location == location).tolist()
        members = [lane for lane in members if view.stock[:, lane].any()]
        for lane in members:
            rivals = [
                rival
                for rival in members
                if rival != lane
                and _beats(view, stages, rival, lane, costs=costs)
                and (rival < lane or not _beats(view, stages, lane, rival, costs=costs))
            ]
            if not rivals:
                kept.append(lane)
    return kept


def _beats(view: View, stages: tuple[Stage, ...], one: int, other: int, *, costs: bool) -> bool:
    lanes = view.problem.lanes
    carried = view.usable[:, other]
    fixed = [stage.tier.shipment for stage in stages]
    by_line = [stage.tier.unit for stage in stages]
    if costs:
        fixed += [lanes.shipment_minor, lanes.parcel_minor]
        by_line += [lanes.line_minor, lanes.unit_minor]
    if (carried & ~view.usable[:, one]).any():
        return False
    if any(amounts is not None and amounts[one] > amounts[other] for amounts in fixed):
        return False
    for amounts in by_line:
        if amounts is not None and (amounts[:, one] > amounts[:, other])[carried].any():
            return False
    rates = lanes.tariffs[int(lanes.tariff[one])], lanes.tariffs[int(lanes.tariff[other])]
    return not costs or _never_dearer(*rates)


def _never_dearer(one: Tariff, other: Tariff) -> bool:
    if one is other:
        return True
    if one.dimensional != other.dimensional:
        return False
    # Right above and at each limit every pair of steps meets; 0 is the lightest parcel.
    limits = np.concatenate((one.limit_ug, other.limit_ug))
    weights = np.concatenate(([0], limits, limits + 1))
    return bool((_prices(one, weights) <= _prices(other, weights)).all())


def _prices(tariff: Tariff, weight_ug: NDArray[np.int64]) -> NDArray[np.int64]:
    step = np.searchsorted(tariff.limit_ug, weight_ug, side="left")
    return np.append(tariff.price_minor, NO_PRICE)[step]
