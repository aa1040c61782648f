"""Terms: what a policy comes to for usual orders of so many lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routing.location_facts import UNLIMITED
from routing.quick import quick
from routing.sourcing.lane_starts import LaneStarts, StandingCharges
from routing.sourcing.objectives import COST, unfilled
from routing.sourcing.policy import Policy
from routing.sourcing.problem import NO_LIMIT, Limits
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What does not change from order to order under one policy.

    Attributes
    ----------
    policy
        That these are the terms of.
    limits, tiers, unfilled_minor
        As the problem has them.
    standing
        What every lane costs.
    """

    policy: Policy
    limits: Limits
    tiers: tuple[Tier, ...]
    unfilled_minor: Int64
    standing: StandingCharges


def is_usual(policy: Policy) -> bool:
    """Say whether a policy asks for nothing but the cheapest plan, among all locations."""
    return not (
        policy.objectives != _COST_ALONE
        or policy.distance_minor_per_100_km
        or policy.allowed_location_ids
        or policy.excluded_location_ids
    )


_COST_ALONE = ("cost",)


def make_terms(policy: Policy, lines: int, starts: LaneStarts) -> Terms:
    """Work out the terms of a usual policy in a network without limits of a day.

    Parameters
    ----------
    lines
        How many there are, in whole units.
    """
    fills_first = policy.unfilled_unit_minor is None
    unfilled_minor = np.full(lines, policy.unfilled_unit_minor or 0, dtype=np.int64)
    unfilled_minor.setflags(write=False)
    unlimited = starts.known.get("unlimited", lambda: _unlimited(starts))
    return Terms(
        policy=policy,
        limits=Limits(
            line_split=policy.line_split,
            max_shipments=policy.max_shipments or NO_LIMIT,
            ship_complete=policy.ship_complete,
            min_shipment_minor=policy.min_shipment_minor,
            min_shipment_units=policy.min_shipment_units,
            location_lines=unlimited,
            location_units=unlimited,
        ),
        tiers=(unfilled(blank(lines).ones), COST) if fills_first else (COST,),
        unfilled_minor=unfilled_minor,
        standing=starts.standing(lines, policy.line_part_minor),
    )


def _unlimited(starts: LaneStarts) -> Int64:
    found = np.full(starts.place.size, UNLIMITED, dtype=np.int64)
    found.setflags(write=False)
    return found


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Blank:
    """Arrays that all usual orders of so many lines have; they cannot be written to.

    Attributes
    ----------
    use
        int64 ``[n, n]``: line ``i`` takes one of item ``i``.
    numbers
        int32 ``[n]``: 0, 1, 2.
    ones
        int64 ``[n]``.
    none
        int32 ``[n]``: -1.
    false
        bool ``[n]``.
    """

    use: Int64
    numbers: NDArray[np.int32]
    ones: Int64
    none: NDArray[np.int32]
    false: NDArray[np.bool_]


@lru_cache(maxsize=8)
def blank(lines: int) -> Blank:
    """Return the arrays of orders with so many lines."""
    made = Blank(
        use=np.eye(lines, dtype=np.int64),
        numbers=np.arange(lines, dtype=np.int32),
        ones=np.ones(lines, dtype=np.int64),
        none=np.full(lines, -1, dtype=np.int32),
        false=np.zeros(lines, dtype=np.bool_),
    )
    for array in (made.use, made.numbers, made.ones, made.none, made.false):
        array.setflags(write=False)
    return made
