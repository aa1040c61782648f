"""Named amounts of the landed cost besides parcels: what they come to per lane and line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.location_facts import LocationFacts
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.objectives import FARTHEST_KM, METRES_PER_KM
from routing.sourcing.policy import Policy
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import Per, Ruling
from routing.sourcing.ways import Ways

Int64 = NDArray[np.int64]

METRES_PER_STEP = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Charge:
    """One named amount of the landed cost.

    Attributes
    ----------
    name
        The term of the cost breakdown: ``"handling:line"``, ``"rule:NAME"``.
    per
        Once per shipment, once per line in it, or per increment of a line.
    lane_minor
        int64 ``[j]``: the amount on each lane.
    line_factor
        int64 ``[n]``: by how much it counts for each line; unused per shipment.
    """

    name: str
    per: Per
    lane_minor: Int64
    line_factor: Int64

    def amount_minor(self, lane: int, quantities: Iterable[tuple[int, int]]) -> int:
        """Return what it comes to for (line, increments) pairs on a lane."""
        each: int = self.lane_minor.item(lane)
        if self.per is Per.SHIPMENT or not each:
            return each
        times = 0
        for line, increments in quantities:
            factor: int = self.line_factor.item(line)
            times += factor * increments if self.per is Per.UNIT else factor
        return each * times


def standing_charges(
    here: NDArray[np.int32], locations: LocationFacts, whole: Int64, line_part_minor: int
) -> tuple[Charge, ...]:
    """Return what every order pays that is not zero everywhere: first in the cost breakdown.

    Parameters
    ----------
    here
        int32 ``[j]``: the location of each lane.
    whole
        int64 ``[n]``: see `whole_lines`.
    """
    every = np.ones(whole.size, dtype=np.int64)
    found = (
        Charge("handling:shipment", Per.SHIPMENT, locations.per_shipment_minor[here], every),
        Charge("handling:line", Per.LINE, locations.per_line_minor[here], every),
        Charge("handling:unit", Per.UNIT, locations.per_unit_minor[here], whole),
        Charge("labour:shipment", Per.SHIPMENT, locations.labour_shipment_minor[here], every),
        Charge("labour:line", Per.LINE, locations.labour_line_minor[here], every),
        Charge("labour:unit", Per.UNIT, locations.labour_unit_minor[here], whole),
        Charge("penalty:line_part", Per.LINE, np.full(here.size, line_part_minor), every),
    )
    return tuple(each for each in found if each.lane_minor.any())


def whole_lines(lines: Sequence[ResolvedLine]) -> Int64:
    """Return int64 ``[n]``: 1 for lines in whole units, 0 for others.

    An amount per unit of a line that is counted in fractions of a unit would round to nothing
    or to too much; such lines are free of it.
    """
    return np.array([1 if line.scale == 0 else 0 for line in lines], dtype=np.int64)


def further_charges(
    facts: LaneFacts,
    lines: Sequence[ResolvedLine],
    distance_m: Int64,
    late_days: Int64,
    wait_days: Int64 | None,
    policy: Policy,
    ruling: Ruling,
) -> tuple[Charge, ...]:
    """Return what an order pays besides `standing_charges`, and is not zero everywhere.

    Parameters
    ----------
    distance_m
        int64 ``[j]``: to where the lane leads.
    late_days
        int64 ``[j]``: days after deliver-by.
    wait_days
        int64 ``[j]``: days until supply has come, at least 1 where it has to; 0 for now.
        ``None`` when every lane leaves now.
    """
    swapped = policy.substitute_unit_minor and any(line.substitute_rank for line in lines)
    if not (
        ruling.amounts
        or swapped
        or policy.late_day_minor
        or policy.distance_minor_per_100_km
        or wait_days is not None
        or facts.ways is not None
    ):
        return ()
    here = facts.location
    every = np.ones(len(lines), dtype=np.int64)
    whole = whole_lines(lines)
    found = []
    if policy.late_day_minor:
        found.append(Charge("lateness", Per.SHIPMENT, late_days * policy.late_day_minor, every))
    if policy.distance_minor_per_100_km:
        minor = _distance_minor(distance_m, policy)
        found.append(Charge("distance", Per.SHIPMENT, minor, every))
    if wait_days is not None:
        per_unit = np.where(wait_days > 0, policy.backorder_unit_minor or 0, 0)
        per_day = wait_days * policy.backorder_wait_day_minor
        found += [
            Charge("backorder:unit", Per.UNIT, per_unit, whole),
            Charge("backorder:wait", Per.SHIPMENT, per_day, every),
        ]
    if facts.ways is not None:
        found += _transfers(facts.ways, whole)
    if swapped:
        others = np.array([line.substitute_rank > 0 for line in lines], dtype=np.int64)
        per_unit = np.full(len(facts), policy.substitute_unit_minor, dtype=np.int64)
        found.append(Charge("substitution", Per.UNIT, per_unit, whole * others))
    found += [
        Charge(
            f"rule:{ruling.rules[each.rule].name}",
            each.per,
            each.location_minor[here],
            whole * each.lines if each.per is Per.UNIT else each.lines.astype(np.int64),
        )
        for each in ruling.amounts
    ]
    return tuple(each for each in found if each.lane_minor.any())


def _transfers(ways: Ways, whole: Int64) -> list[Charge]:
    """Return what it costs to get things to where they are collected or merged."""
    every = np.ones(whole.size, dtype=np.int64)
    found = [
        Charge("transfer:shipment", Per.SHIPMENT, ways.leg_minor, every),
        Charge("transfer:unit", Per.UNIT, ways.leg_unit_minor, whole),
    ]
    for number, feed in enumerate(ways.feeds):
        fed = (ways.feed == number).astype(np.int64)
        found += [
            Charge("transfer:shipment", Per.SHIPMENT, fed * feed.legs_minor, every),
            Charge("transfer:line", Per.LINE, fed, feed.line_minor),
            Charge("transfer:unit", Per.UNIT, fed, feed.unit_minor * whole),
        ]
    return found


def sum_charges(charges: Sequence[Charge], lines: int, lanes: int) -> tuple[Int64, Int64, Int64]:
    """Return all charges per shipment ``[j]``, per line ``[n, j]`` and per increment ``[n, j]``."""
    shipment = np.zeros(lanes, dtype=np.int64)
    line = np.zeros((lines, lanes), dtype=np.int64)
    unit = np.zeros((lines, lanes), dtype=np.int64)
    for each in charges:
        if each.per is Per.SHIPMENT:
            shipment += each.lane_minor
        else:
            into = line if each.per is Per.LINE else unit
            into += each.line_factor[:, None] * each.lane_minor[None, :]
    return shipment, line, unit


def _distance_minor(distance_m: Int64, policy: Policy) -> Int64:
    known = np.minimum(distance_m, FARTHEST_KM * METRES_PER_KM)
    per_step = policy.distance_minor_per_100_km
    return (known * per_step + METRES_PER_STEP // 2) // METRES_PER_STEP


PARCEL_TERMS: Final = {
    "handling:parcel": "per_parcel_minor",
    "packing:material": "material_per_parcel_minor",
    "labour:parcel": "labour_parcel_minor",
}
"""Terms of the cost breakdown that every parcel of a location pays besides the carrier."""


def parcel_charges(locations: LocationFacts, place: int) -> tuple[tuple[str, int], ...]:
    """Return the terms that a parcel from a location pays, those of 0 left out."""
    terms = [(name, int(getattr(locations, at)[place])) for name, at in PARCEL_TERMS.items()]
    return tuple(term for term in terms if term[1])


def parcel_minor(locations: LocationFacts) -> Int64:
    """Return int64 ``[all locations]``: the sum of `parcel_charges`."""
    total: Int64 = sum(
        (getattr(locations, at) for at in PARCEL_TERMS.values()),
        start=np.zeros(locations.open.size, dtype=np.int64),
    )
    return total
