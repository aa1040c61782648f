"""Leave out locations that another one replaces at no extra cost, whatever they would ship.

A location is left out for another that has all the order wants of every item the first
one has, may ship the same lines, and is nowhere dearer: in postage at any weight, in
handling, in any tier. Whatever the first would ship can then be added to what the
second ships, at no more than both cost (see `_tariff_sets`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.contenders.offers import cost_key, most_by_lane
from bench.contenders.steps import never_dearer
from routing.rating.subadditivity import subadditive_below_ug
from routing.rating.tariff import NO_PRICE, Tariff
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


def useful_locations(problem: SourcingProblem) -> list[int]:
    """Return the locations that some optimal allocation may need, ascending."""
    most = most_by_lane(problem)
    carries = np.zeros(problem.n_locations, dtype=np.bool_)
    np.logical_or.at(carries, problem.lanes.location, most.any(axis=0))
    candidates = np.flatnonzero(carries).tolist()
    alike = [location for location in candidates if _lanes_alike(problem, location)]
    rest = sorted(set(candidates) - set(alike))
    return sorted(rest + _undominated(problem, most, alike))


def _lanes_of(problem: SourcingProblem, location: int) -> range:
    first, last = np.searchsorted(problem.lanes.location, [location, location + 1]).tolist()
    return range(first, last)


def _lanes_alike(problem: SourcingProblem, location: int) -> bool:
    return len({cost_key(problem, lane) for lane in _lanes_of(problem, location)}) == 1


def _undominated(problem: SourcingProblem, most: Int64, locations: list[int]) -> list[int]:
    if not locations:
        return []
    lane = np.array([_lanes_of(problem, location)[0] for location in locations], dtype=np.intp)
    tariffs, sets = _tariff_sets(problem, locations)
    has, has_all = _stock(problem, most, lane, np.array(locations, dtype=np.intp))
    amounts = _amounts(problem, lane)
    table = np.column_stack((tariffs[:, None], amounts, has, has_all))
    distinct, first, kind = np.unique(table, axis=0, return_index=True, return_inverse=True)
    beats: Bool = (
        sets[np.ix_(tariffs[first], tariffs[first])]
        & (amounts[first][:, None, :] <= amounts[first][None, :, :]).all(axis=2)
        & (~has[first][None, :, :] | has_all[first][:, None, :]).all(axis=2)
    )
    alone = np.diagonal(beats)
    both = beats & beats.T
    earlier = np.arange(len(distinct))[:, None] < np.arange(len(distinct))[None, :]
    others = ~np.eye(len(distinct), dtype=np.bool_)
    lost: Bool = np.asarray((beats & (~both | earlier) & others).any(axis=0))
    kept = []
    for number, location in enumerate(locations):
        of = int(kind.reshape(-1)[number])
        if not lost[of] and not (alone[of] and first[of] != number):
            kept.append(location)
    return kept


def _tariff_sets(problem: SourcingProblem, locations: list[int]) -> tuple[Int64, Bool]:
    """Return the number of each location's set of tariffs, and which set beats which.

    What two locations ship must be able to leave the winner on *one* of its services for
    no more: so its set is a single tariff, or the envelope of the set is subadditive up to
    the whole order's weight.
    """
    by_set: dict[tuple[int, ...], int] = {}
    numbers = []
    for location in locations:
        lanes = _lanes_of(problem, location)
        names = tuple(sorted({int(problem.lanes.tariff[lane]) for lane in lanes}))
        numbers.append(by_set.setdefault(names, len(by_set)))
    tariffs = [[problem.lanes.tariffs[name] for name in names] for names in by_set]
    total_ug = int(problem.pieces.weight_ug @ problem.lines.demand)
    limits = np.unique(np.concatenate([tariff.limit_ug for each in tariffs for tariff in each]))
    cut = int(np.searchsorted(limits, total_ug)) + 1
    envelopes = [np.min([_on(one, limits[:cut]) for one in each], axis=0) for each in tariffs]
    in_one = [
        all(tariff.subadditive_below_ug >= total_ug for tariff in each)
        and subadditive_below_ug(limits[:cut], envelope) >= total_ug
        for each, envelope in zip(tariffs, envelopes, strict=True)
    ]
    beats = np.zeros((len(by_set), len(by_set)), dtype=np.bool_)
    for a, mine in enumerate(tariffs):
        for b, theirs in enumerate(tariffs):
            if in_one[a] and in_one[b]:
                beats[a, b] = bool((envelopes[a] <= envelopes[b]).all())
            elif len(mine) == 1:
                beats[a, b] = all(never_dearer(mine[0], each, total_ug) for each in theirs)
    return np.array(numbers, dtype=np.int64), beats


def _on(tariff: Tariff, weight_ug: Int64) -> Int64:
    step = np.searchsorted(tariff.limit_ug, weight_ug, side="left")
    return np.append(tariff.price_minor, NO_PRICE)[step]


def _stock(
    problem: SourcingProblem, most: Int64, lane: NDArray[np.intp], location: NDArray[np.intp]
) -> tuple[Bool, Bool]:
    """Return bool ``[locations, n]``: can ship some of the line; has all anyone may want of it."""
    use = problem.lines.use
    wanted = use.T @ problem.lines.demand
    full = problem.available[:, location] >= wanted[:, None]
    has = most[:, lane] > 0
    has_all = has & full[use.argmax(axis=1)]
    return has.T, has_all.T


def _amounts(problem: SourcingProblem, lane: NDArray[np.intp]) -> Int64:
    lanes = problem.lanes
    columns = [lanes.shipment_minor[lane], lanes.parcel_minor[lane]]
    columns += [tier.shipment[lane] for tier in problem.tiers if tier.shipment is not None]
    rows = np.column_stack(columns)
    return np.concatenate((rows, lanes.line_minor[:, lane].T, lanes.unit_minor[:, lane].T), axis=1)
