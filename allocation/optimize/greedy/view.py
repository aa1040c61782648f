"""What the greedy looks at, computed once per problem: who may carry what, at which rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.greedy.rates import RateSheet, make_rate_sheet
from routing.parcels.boxing import piece_price_minor as single_price_minor
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Per-lane arrays of one problem; ``n`` lines, ``j`` lanes, ``t`` tiers.

    Attributes
    ----------
    rates
        The lanes' tariffs.
    usable
        bool ``[n, j]``: eligible, and the carrier takes every piece of the line.
    stock
        int64 ``[n, j]``: increments the lane's location has of the line, taken alone;
        0 where not usable, at most the demand.
    simple
        Whether `stock` already says everything: no item is shared by two lines,
        no group, and no capacity that could bind.
    weight_ug, volume_nl
        int64 ``[n]``: of one increment, without pieces that travel alone.
    fixed
        float64 ``[t, j]``: value of opening the lane, parcels apart.
    per_unit
        float64 ``[t, n, j]``: change of each tier's value when an increment that was
        unfilled is shipped, pieces that travel alone included.
    counts_cost
        bool ``[t]``.
    atoms
        Lines that can only move together: groups, and every other line by itself.
    """

    problem: SourcingProblem
    rates: RateSheet
    usable: Bool
    stock: Int64
    simple: bool
    weight_ug: Int64
    volume_nl: Int64
    fixed: Float64
    per_unit: Float64
    counts_cost: Bool
    atoms: tuple[tuple[int, ...], ...]


def atoms_of(problem: SourcingProblem) -> tuple[tuple[int, ...], ...]:
    """Return the lines that move together: each group, each line outside of groups."""
    members: dict[tuple[str, int], list[int]] = {}
    for line, group in enumerate(problem.lines.group.tolist()):
        members.setdefault(("group", group) if group >= 0 else ("line", line), []).append(line)
    return tuple(tuple(lines) for lines in members.values())


def usable_lanes(problem: SourcingProblem, rates: RateSheet) -> Bool:
    """Return bool ``[n, j]``: eligible, and every piece of the line has a price by itself.

    A piece that has a price can always travel in a parcel of its own, so that
    these are exactly the lanes on which a line can be carried.
    """
    pieces, count = problem.pieces, len(problem.lanes.tariffs)
    carried = np.ones((len(problem.lines), count), dtype=np.bool_)
    refused = (piece_price_minor(problem, rates) >= NO_PRICE) & (pieces.per_increment > 0)[:, None]
    for piece in np.flatnonzero(refused.any(axis=1)).tolist():
        carried[pieces.line[piece]] &= ~refused[piece]
    return problem.lanes.eligible & carried[:, problem.lanes.tariff]


def piece_price_minor(problem: SourcingProblem, rates: RateSheet) -> Int64:
    """Return int64 ``[p, tariffs]``: price of one piece in a parcel of its own."""
    pieces, count = problem.pieces, len(problem.lanes.tariffs)
    if pieces.boxing is not None and count:
        columns = [
            single_price_minor(
                each, pieces.weight_ug, pieces.volume_nl, pieces.alone, pieces.boxing
            )
            for each in problem.lanes.tariffs
        ]
        return np.stack(columns, axis=1)
    return rates.price_minor(
        np.tile(np.arange(count), pieces.line.size),
        np.repeat(pieces.weight_ug, count),
        np.repeat(pieces.volume_nl, count),
    ).reshape(pieces.line.size, count)


def make_view(problem: SourcingProblem) -> View:
    """Compute the view of a problem."""
    lines, lanes, pieces = problem.lines, problem.lanes, problem.pieces
    rates = make_rate_sheet(lanes.tariffs)
    usable = usable_lanes(problem, rates)
    stock = np.minimum(problem.buildable(), lines.demand[:, None])[:, lanes.location]
    stock[~usable] = 0
    shared = np.where(pieces.alone, 0, pieces.per_increment)
    weight = np.zeros(len(lines), dtype=np.int64)
    volume = np.zeros(len(lines), dtype=np.int64)
    np.add.at(weight, pieces.line, shared * pieces.weight_ug)
    np.add.at(volume, pieces.line, shared * pieces.volume_nl)
    fixed, per_unit = _tier_arrays(problem, rates)
    return View(
        problem,
        rates,
        usable,
        stock,
        _is_simple(problem),
        weight,
        volume,
        fixed,
        per_unit,
        np.array([tier.counts_cost for tier in problem.tiers], dtype=np.bool_),
        atoms_of(problem),
    )


def _is_simple(problem: SourcingProblem) -> bool:
    limits, lines = problem.limits, problem.lines
    return not (
        (lines.group >= 0).any()
        or ((lines.use > 0).sum(axis=0) > 1).any()
        or (limits.location_lines < len(lines)).any()
        or (limits.location_units < lines.demand.sum()).any()
    )


def _tier_arrays(problem: SourcingProblem, rates: RateSheet) -> tuple[Float64, Float64]:
    lanes = problem.lanes
    tiers = problem.tiers
    fixed = np.zeros((len(tiers), len(lanes)))
    per_unit = np.zeros((len(tiers), len(problem.lines), len(lanes)))
    for index, tier in enumerate(tiers):
        if tier.shipment is not None:
            fixed[index] += tier.shipment
        if tier.unit is not None:
            per_unit[index] += tier.unit
        if tier.unfilled is not None:
            per_unit[index] -= tier.unfilled[:, None]
        if tier.counts_cost:
            fixed[index] += lanes.shipment_minor
            per_unit[index] += lanes.unit_minor
            per_unit[index] -= problem.unfilled_minor[:, None]
            if problem.pieces.alone.any():
                per_unit[index] += _alone_minor(problem, rates)
    return fixed, per_unit


def _alone_minor(problem: SourcingProblem, rates: RateSheet) -> Float64:
    """Return float64 ``[n, j]``: parcels of the pieces of one increment that travel alone."""
    lanes, pieces = problem.lanes, problem.pieces
    price = piece_price_minor(problem, rates).astype(np.float64) * pieces.per_increment[:, None]
    cost = np.zeros((len(problem.lines), len(lanes.tariffs)))
    parcels = np.zeros(len(problem.lines))
    for piece in np.flatnonzero(pieces.alone).tolist():
        cost[pieces.line[piece]] += price[piece]
        parcels[pieces.line[piece]] += pieces.per_increment[piece]
    return cost[:, lanes.tariff] + parcels[:, None] * lanes.parcel_minor
