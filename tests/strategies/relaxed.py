"""The same problem in other words, or with more freedom: for laws that relate two answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId
from routing.sourcing.problem import NO_LIMIT, Lanes, Limits, SourcingProblem
from routing.sourcing.tier import Tier


def _free(problem: SourcingProblem, **changes: object) -> SourcingProblem:
    return replace(problem, limits=replace(problem.limits, **changes))  # type: ignore[arg-type]


def _everywhere_eligible(problem: SourcingProblem) -> SourcingProblem:
    eligible = np.ones_like(problem.lanes.eligible)
    return replace(problem, lanes=replace(problem.lanes, eligible=eligible))


def _no_groups(problem: SourcingProblem) -> SourcingProblem:
    group = np.full_like(problem.lines.group, -1)
    return replace(problem, lines=replace(problem.lines, group=group))


def _nothing_alone(problem: SourcingProblem) -> SourcingProblem:
    alone = np.zeros_like(problem.pieces.alone)
    return replace(problem, pieces=replace(problem.pieces, alone=alone))


def _uncapped(problem: SourcingProblem) -> SourcingProblem:
    unlimited = np.full(problem.n_locations, NO_LIMIT, dtype=np.int64)
    return _free(problem, location_lines=unlimited, location_units=unlimited)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A restriction: whether a problem has it, and the problem without it."""

    restricts: Callable[[SourcingProblem], bool]
    drop: Callable[[SourcingProblem], SourcingProblem]


RELAXATIONS: dict[str, Relaxation] = {
    "eligibility": Relaxation(lambda p: not p.lanes.eligible.all(), _everywhere_eligible),
    "whole lines": Relaxation(
        lambda p: not p.limits.line_split, lambda p: _free(p, line_split=True)
    ),
    "shipments": Relaxation(
        lambda p: p.limits.max_shipments < p.n_locations,
        lambda p: _free(p, max_shipments=NO_LIMIT),
    ),
    "one shipment": Relaxation(
        lambda p: p.limits.max_shipments < p.n_locations,
        lambda p: _free(p, max_shipments=p.limits.max_shipments + 1),
    ),
    "ship complete": Relaxation(
        lambda p: p.limits.ship_complete, lambda p: _free(p, ship_complete=False)
    ),
    "least value": Relaxation(
        lambda p: p.limits.min_shipment_minor > 0, lambda p: _free(p, min_shipment_minor=0)
    ),
    "least units": Relaxation(
        lambda p: p.limits.min_shipment_units > 0, lambda p: _free(p, min_shipment_units=0)
    ),
    "capacities": Relaxation(
        lambda p: (
            bool((p.limits.location_lines < NO_LIMIT).any())
            or bool((p.limits.location_units < NO_LIMIT).any())
        ),
        _uncapped,
    ),
    "groups": Relaxation(lambda p: bool((p.lines.group >= 0).any()), _no_groups),
    "travelling alone": Relaxation(lambda p: bool(p.pieces.alone.any()), _nothing_alone),
}


def with_more_stock(problem: SourcingProblem, rng: np.random.Generator) -> SourcingProblem:
    """Return the problem with up to two more of each item at each location."""
    more = rng.integers(0, 3, size=problem.available.shape)
    return replace(problem, available=problem.available + more)


def with_another_location(problem: SourcingProblem, rng: np.random.Generator) -> SourcingProblem:
    """Return the problem with a last location: the lanes of another one, other stock."""
    twin = int(rng.integers(0, problem.n_locations))
    stock = rng.permuted(problem.available[:, twin])[:, None]
    lanes = problem.lanes
    copied = np.concatenate([np.arange(len(lanes)), np.flatnonzero(lanes.location == twin)])
    grown = _reordered_lanes(lanes, copied)
    grown.location[len(lanes) :] = problem.n_locations
    grown.shipment_minor[len(lanes) :] += rng.integers(0, 300)
    limits = problem.limits
    return replace(
        problem,
        lanes=grown,
        location_ids=(*problem.location_ids, LocationId(f"location-{problem.n_locations}")),
        available=np.concatenate([problem.available, stock], axis=1),
        limits=replace(
            limits,
            location_lines=np.append(limits.location_lines, limits.location_lines[twin]),
            location_units=np.append(limits.location_units, limits.location_units[twin]),
        ),
        tiers=tuple(_reordered_tier(tier, None, copied) for tier in problem.tiers),
    )


def permuted(problem: SourcingProblem, rng: np.random.Generator) -> SourcingProblem:
    """Return the same problem with lines and locations in another order."""
    lines = rng.permutation(len(problem.lines))
    locations = rng.permutation(problem.n_locations)
    place = np.argsort(locations)
    lanes = np.argsort(place[problem.lanes.location], kind="stable")
    moved = _reordered_lanes(problem.lanes, lanes)
    moved = replace(
        moved,
        location=place[moved.location].astype(np.int32),
        line_minor=moved.line_minor[lines],
        unit_minor=moved.unit_minor[lines],
        eligible=moved.eligible[lines],
    )
    old = problem.lines
    return replace(
        problem,
        lines=replace(
            old,
            ids=tuple(old.ids[line] for line in lines),
            demand=old.demand[lines],
            use=old.use[lines],
            group=old.group[lines],
            value_minor=old.value_minor[lines],
        ),
        pieces=replace(
            problem.pieces, line=np.argsort(lines)[problem.pieces.line].astype(np.int32)
        ),
        lanes=moved,
        limits=_reordered_limits(problem.limits, locations),
        location_ids=tuple(problem.location_ids[location] for location in locations),
        available=problem.available[:, locations],
        unfilled_minor=problem.unfilled_minor[lines],
        tiers=tuple(_reordered_tier(tier, lines, lanes) for tier in problem.tiers),
    )


def _reordered_limits(limits: Limits, locations: NDArray[np.int64]) -> Limits:
    return replace(
        limits,
        location_lines=limits.location_lines[locations],
        location_units=limits.location_units[locations],
    )


def _reordered_lanes(lanes: Lanes, order: NDArray[np.int64]) -> Lanes:
    return replace(
        lanes,
        location=lanes.location[order],
        tariff=lanes.tariff[order],
        shipment_minor=lanes.shipment_minor[order],
        parcel_minor=lanes.parcel_minor[order],
        line_minor=lanes.line_minor[:, order],
        unit_minor=lanes.unit_minor[:, order],
        eligible=lanes.eligible[:, order],
        delivery_day=lanes.delivery_day[order],
        distance_m=lanes.distance_m[order],
    )


def _reordered_tier(tier: Tier, lines: NDArray[np.int64] | None, lanes: NDArray[np.int64]) -> Tier:
    unit = None if tier.unit is None else tier.unit[:, lanes]
    unfilled = tier.unfilled
    if lines is not None:
        unit = None if unit is None else unit[lines]
        unfilled = None if unfilled is None else unfilled[lines]
    shipment = None if tier.shipment is None else tier.shipment[lanes]
    return replace(tier, shipment=shipment, unit=unit, unfilled=unfilled)
