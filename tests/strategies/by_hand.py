"""Sourcing problems written out by hand: say what matters, the rest is plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from routing.ids import ItemId, LineId, LocationId
from routing.rating.tariff import Tariff
from routing.sourcing.problem import NO_LIMIT, Lanes, Limits, Lines, Pieces, SourcingProblem
from routing.sourcing.tier import Tier
from tests.strategies.tariffs import make_tariff
from tests.strategies.tiers import COST, unfilled

Rows = Sequence[Sequence[int]]


def no_limits(n_locations: int) -> Limits:
    """Return limits that forbid nothing."""
    return Limits(
        line_split=True,
        max_shipments=NO_LIMIT,
        ship_complete=False,
        min_shipment_minor=0,
        min_shipment_units=0,
        location_lines=np.full(n_locations, NO_LIMIT, dtype=np.int64),
        location_units=np.full(n_locations, NO_LIMIT, dtype=np.int64),
    )


def problem_by_hand(
    *,
    demand: Sequence[int],
    available: Rows,
    use: Rows | None = None,
    weight_ug: Sequence[int] | None = None,
    tariffs: Sequence[Tariff] | None = None,
    lane_location: Sequence[int] | None = None,
    lane_tariff: Sequence[int] | None = None,
    shipment_minor: Sequence[int] | None = None,
    group: Sequence[int] | None = None,
    value_minor: Sequence[int] | None = None,
    unfilled_minor: Sequence[int] | None = None,
    extra_shipment_minor: int = 0,
    limits: Limits | None = None,
    tiers: Sequence[Tier] | None = None,
) -> SourcingProblem:
    """Return a problem; one item and one piece of weight 1 per line, one lane per location.

    Parameters
    ----------
    available
        By item, then location.
    weight_ug
        Of the one piece of each line.
    tariffs
        Without any, every parcel costs 100.
    """
    n_lines, n_locations = len(demand), len(available[0])
    at = list(range(n_locations)) if lane_location is None else lane_location
    lane_tariffs = [0] * len(at) if lane_tariff is None else lane_tariff
    pairs = (n_lines, len(at))
    lanes = Lanes(
        location=np.array(at, dtype=np.int32),
        tariff=np.array(lane_tariffs, dtype=np.int32),
        tariffs=(make_tariff([1_000], [100]),) if tariffs is None else tuple(tariffs),
        shipment_minor=_int64(shipment_minor, len(at), 0),
        parcel_minor=np.zeros(len(at), dtype=np.int64),
        line_minor=np.zeros(pairs, dtype=np.int64),
        unit_minor=np.zeros(pairs, dtype=np.int64),
        eligible=np.ones(pairs, dtype=np.bool_),
        delivery_day=np.full(len(at), 739_000, dtype=np.int32),
        distance_m=np.full(len(at), 1_000, dtype=np.int64),
    )
    lines = Lines(
        ids=tuple(LineId(f"line-{line}") for line in range(n_lines)),
        demand=np.array(demand, dtype=np.int64),
        use=np.eye(n_lines, dtype=np.int64) if use is None else np.array(use, dtype=np.int64),
        group=_int64(group, n_lines, -1).astype(np.int32),
        value_minor=_int64(value_minor, n_lines, 0),
    )
    return SourcingProblem(
        lines=lines,
        pieces=_one_piece_per_line(_int64(weight_ug, n_lines, 1)),
        lanes=lanes,
        limits=no_limits(n_locations) if limits is None else limits,
        item_ids=tuple(ItemId(f"item-{item}") for item in range(len(available))),
        location_ids=tuple(LocationId(f"location-{rank}") for rank in range(n_locations)),
        available=np.array(available, dtype=np.int64),
        extra_shipment_minor=extra_shipment_minor,
        unfilled_minor=_int64(unfilled_minor, n_lines, 0),
        tiers=(unfilled(n_lines), COST) if tiers is None else tuple(tiers),
    )


def with_pieces_alone(problem: SourcingProblem, *pieces: int) -> SourcingProblem:
    """Return the problem with the named pieces in parcels of their own."""
    alone = problem.pieces.alone.copy()
    alone[list(pieces)] = True
    return replace(problem, pieces=replace(problem.pieces, alone=alone))


def refusing(problem: SourcingProblem, line: int, lane: int) -> SourcingProblem:
    """Return the problem with a line that may not travel on a lane."""
    eligible = problem.lanes.eligible.copy()
    eligible[line, lane] = False
    return replace(problem, lanes=replace(problem.lanes, eligible=eligible))


def _int64(
    values: Sequence[int] | None, size: int, default: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([default] * size if values is None else values, dtype=np.int64)


def _one_piece_per_line(
    weight_ug: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> Pieces:
    size = int(weight_ug.size)
    return Pieces(
        line=np.arange(size, dtype=np.int32),
        per_increment=np.ones(size, dtype=np.int64),
        weight_ug=weight_ug,
        volume_nl=np.zeros(size, dtype=np.int64),
        alone=np.zeros(size, dtype=np.bool_),
        item=np.full(size, -1, dtype=np.int32),
    )
