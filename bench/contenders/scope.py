"""What the generic models can say; everything else is refused, not approximated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.problem import NO_LIMIT, SourcingProblem


class OutOfScopeError(ValueError):
    """The problem has a rule that the generic models do not have."""


def check_scope(problem: SourcingProblem) -> None:
    """Raise if the models would not mean what the problem means.

    Raises
    ------
    OutOfScopeError
        For groups, kits, pieces that travel alone, volumes that may weigh, capacities,
        least shipments, ship-complete, negative amounts.
    """
    lines, lanes, limits, pieces = problem.lines, problem.lanes, problem.limits, problem.pieces
    units = int(lines.demand.sum())
    found = {
        "groups": (lines.group >= 0).any(),
        "kits": (lines.use.sum(axis=1) != 1).any()
        or pieces.line.tolist() != list(range(len(lines))),
        "several pieces": (pieces.per_increment != 1).any(),
        "pieces alone": pieces.alone.any(),
        "volumes": _volume_may_weigh(problem),
        "capacities": (limits.location_lines < len(lines)).any()
        or (limits.location_units < units).any(),
        "least shipments": limits.min_shipment_minor > 0 or limits.min_shipment_units > 0,
        "ship-complete": limits.ship_complete,
        "negative amounts": min(
            (
                int(a.min(initial=0))
                for a in (
                    lanes.shipment_minor,
                    lanes.parcel_minor,
                    lanes.line_minor,
                    lanes.unit_minor,
                    problem.unfilled_minor,
                )
            ),
        )
        < 0
        or problem.extra_shipment_minor < 0,
        "lanes that refuse a piece": _refuses(problem),
        "tiers by unit": any(tier.unit is not None for tier in problem.tiers),
        "mixed tiers": any(
            (tier.shipment is not None) + (tier.unfilled is not None) + tier.counts_cost != 1
            for tier in problem.tiers
        ),
    }
    outside = [name for name, holds in found.items() if holds]
    if outside:
        raise OutOfScopeError(f"the generic models have no {', '.join(outside)}")


def _volume_may_weigh(problem: SourcingProblem) -> bool:
    pieces = problem.pieces
    units = pieces.per_increment * problem.lines.demand[pieces.line]
    volume_nl = int(pieces.volume_nl @ units)
    return any(
        tariff.dimensional is not None and volume_nl > tariff.dimensional.threshold_nl
        for tariff in problem.lanes.tariffs
    )


def _refuses(problem: SourcingProblem) -> bool:
    heaviest_ug = np.array([tariff.max_weight_ug for tariff in problem.lanes.tariffs])
    lanes = problem.lanes
    weight_ug = problem.pieces.weight_ug[:, None]
    if weight_ug.shape[0] != len(problem.lines):
        return False
    return bool((lanes.eligible & (weight_ug > heaviest_ug[lanes.tariff])).any())


def same_lines_by_location(problem: SourcingProblem) -> bool:
    """Whether all lanes of a location may carry the same lines."""
    location, eligible = problem.lanes.location, problem.lanes.eligible
    alike = (eligible[:, 1:] == eligible[:, :-1]).all(axis=0)
    return bool((alike | (location[1:] != location[:-1])).all())


def shares_items(problem: SourcingProblem) -> bool:
    """Whether two lines draw on one item."""
    return bool(((problem.lines.use > 0).sum(axis=0) > 1).any())


def most_shipments(problem: SourcingProblem) -> int | None:
    """Return the cap on shipments, ``None`` if there is none."""
    most = problem.limits.max_shipments
    return None if most >= NO_LIMIT else most


def line_items(problem: SourcingProblem) -> NDArray[np.intp]:
    """Return intp ``[n]``: the item of each line."""
    items: NDArray[np.intp] = problem.lines.use.argmax(axis=1)
    return items
