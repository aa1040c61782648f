"""What a problem contains, by name, to show that the generator leaves nothing out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from routing.rating.tariff import NO_PRICE, parcel_price_minor
from routing.sourcing.problem import NO_LIMIT, SourcingProblem
from tests.strategies.tariffs import is_subadditive


def _kits(problem: SourcingProblem) -> list[int]:
    return np.flatnonzero((problem.lines.use > 0).sum(axis=1) > 1).tolist()


def _has_item_wanted_twice(problem: SourcingProblem) -> bool:
    return bool(((problem.lines.use > 0).sum(axis=0) > 1).any())


def _has_item_of_kit_and_plain_line(problem: SourcingProblem) -> bool:
    kits = set(_kits(problem))
    plain = [line for line in range(len(problem.lines)) if line not in kits]
    in_kits = (problem.lines.use[sorted(kits)] > 0).any(axis=0)
    in_plain = (problem.lines.use[plain] > 0).any(axis=0)
    return bool((in_kits & in_plain).any())


def _has_kit_in_parts(problem: SourcingProblem) -> bool:
    return any((problem.pieces.line == kit).sum() > 1 for kit in _kits(problem))


def _has_refused_piece(problem: SourcingProblem) -> bool:
    pieces = problem.pieces
    return any(
        bool((parcel_price_minor(t, pieces.weight_ug, pieces.volume_nl) >= NO_PRICE).any())
        for t in problem.lanes.tariffs
    )


def _has_dimensional_weight(problem: SourcingProblem) -> bool:
    volumes = problem.pieces.volume_nl
    rules = [tariff.dimensional for tariff in problem.lanes.tariffs]
    return any(
        bool((rule.weight_ug(volumes) > problem.pieces.weight_ug).any()) for rule in rules if rule
    )


def _has_threshold_crossed_together(problem: SourcingProblem) -> bool:
    """Say whether pieces below a volume threshold are above it in one parcel."""
    pieces = problem.pieces
    counts = problem.lines.demand[pieces.line] * pieces.per_increment
    total = int(counts @ pieces.volume_nl)
    return any(
        tariff.dimensional is not None and int(pieces.volume_nl.max()) <= threshold < total
        for tariff in problem.lanes.tariffs
        for threshold in ([tariff.dimensional.threshold_nl] if tariff.dimensional else [])
    )


def _has_group_of_several(problem: SourcingProblem) -> bool:
    groups = problem.lines.group[problem.lines.group >= 0]
    return groups.size > len(set(groups.tolist()))


def _has_group_of_one(problem: SourcingProblem) -> bool:
    groups = problem.lines.group[problem.lines.group >= 0].tolist()
    return any(groups.count(group) == 1 for group in groups)


def _has_unequal_handling(problem: SourcingProblem) -> bool:
    return bool(np.ptp(problem.lanes.unit_minor, axis=1).any())


def _has_credit(problem: SourcingProblem) -> bool:
    lanes = problem.lanes
    return bool((lanes.unit_minor < 0).any() or (lanes.shipment_minor < 0).any())


def _has_scarce_item(problem: SourcingProblem) -> bool:
    wanted = problem.lines.use.T @ problem.lines.demand
    return bool((problem.available.sum(axis=1) < wanted).any())


def _has_item_nowhere_whole(problem: SourcingProblem) -> bool:
    wanted = problem.lines.use.T @ problem.lines.demand
    return bool(
        ((problem.available.max(axis=1) < wanted) & (problem.available.sum(axis=1) >= wanted)).any()
    )


FEATURES: dict[str, tuple[Callable[[SourcingProblem], bool], int]] = {
    # name: (does the problem have it, least share of all problems in percent)
    "an item wanted by several lines": (_has_item_wanted_twice, 40),
    "a kit": (lambda p: bool(_kits(p)), 40),
    "an item of a kit and of a plain line": (_has_item_of_kit_and_plain_line, 20),
    "a kit in several pieces": (_has_kit_in_parts, 20),
    "several pieces of a kind per increment": (
        lambda p: bool((p.pieces.per_increment > 1).any()),
        15,
    ),
    "a piece that travels alone": (lambda p: bool(p.pieces.alone.any()), 15),
    "a piece without weight": (lambda p: bool((p.pieces.weight_ug == 0).any()), 5),
    "a group of several lines": (_has_group_of_several, 8),
    "a group of one line": (_has_group_of_one, 8),
    "lines may be split": (lambda p: p.limits.line_split, 40),
    "lines may not be split": (lambda p: not p.limits.line_split, 30),
    "at most one shipment": (lambda p: p.limits.max_shipments == 1, 8),
    "at most two shipments": (lambda p: p.limits.max_shipments == 2, 8),
    "at most three shipments": (lambda p: p.limits.max_shipments == 3, 8),
    "no limit of shipments": (lambda p: p.limits.max_shipments == NO_LIMIT, 30),
    "ship complete": (lambda p: p.limits.ship_complete, 5),
    "a least value of a shipment": (lambda p: p.limits.min_shipment_minor > 0, 8),
    "least units of a shipment": (lambda p: p.limits.min_shipment_units > 0, 8),
    "a location's line capacity": (
        lambda p: bool((p.limits.location_lines < len(p.lines)).any()),
        5,
    ),
    "a location's unit capacity": (
        lambda p: bool((p.limits.location_units < p.lines.demand.sum()).any()),
        5,
    ),
    "a line a lane may not carry": (lambda p: not p.lanes.eligible.all(), 25),
    "two lanes at a location": (lambda p: len(p.lanes) > p.n_locations, 60),
    "unequal handling": (_has_unequal_handling, 30),
    "an amount per line": (lambda p: bool(p.lanes.line_minor.any()), 25),
    "a credit": (_has_credit, 10),
    "an amount per further shipment": (lambda p: p.extra_shipment_minor > 0, 25),
    "an amount per parcel": (lambda p: bool(p.lanes.parcel_minor.any()), 40),
    "money for unfilled increments": (lambda p: bool(p.unfilled_minor.any()), 60),
    "unfilled increments as the first tier": (lambda p: p.tiers[0].name == "unfilled", 50),
    "cost as the first tier": (lambda p: p.tiers[0].name == "cost", 8),
    "three tiers or more": (lambda p: len(p.tiers) > 2, 20),
    "amounts per unit in a tier": (lambda p: any(t.unit is not None for t in p.tiers), 10),
    "not enough of an item in all": (_has_scarce_item, 10),
    "an item whole at no location": (_has_item_nowhere_whole, 20),
    "two parcels cheaper than one": (
        lambda p: not all(is_subadditive(t) for t in p.lanes.tariffs),
        50,
    ),
    "prices that fall with weight": (
        lambda p: any(bool((np.diff(t.price_minor) < 0).any()) for t in p.lanes.tariffs),
        15,
    ),
    "a piece that a carrier refuses": (_has_refused_piece, 10),
    "a piece billed by volume": (_has_dimensional_weight, 15),
    "volumes above a threshold only together": (_has_threshold_crossed_together, 5),
}
