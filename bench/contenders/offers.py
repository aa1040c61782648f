"""In which ways a location can ship: single parcels at the envelope of its services, or parcels.

One parcel per shipment is only modelled where it is proven cheapest for everything that the
location can ship (`subadditive_below_ug`). Elsewhere parcels are modelled, as many as an
optimal packing can have: any two parcels that together weigh no more than that limit might
be merged, so that each pair weighs more, hence ``parcels * limit < 2 * total``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.contenders.reach import reachable_weights, weight_unit_ug
from bench.contenders.scope import line_items
from bench.contenders.steps import Steps, cheapest_steps, never_dearer
from routing.rating.tariff import Tariff
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One way to ship from one location.

    Attributes
    ----------
    location, lane
        Where from, and a lane whose costs besides postage hold for all lanes it stands for.
    most
        int64 ``[n]``: increments of each line it can carry.
    steps
        Postage of one parcel; weights in `Offers.unit_ug`.
    parcels
        Most parcels of an optimal packing.
    """

    location: int
    lane: int
    most: Int64
    steps: Steps
    parcels: int


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """All ways to ship; `weight` is int64 ``[n]``, units per increment."""

    unit_ug: int
    weight: Int64
    offers: tuple[Offer, ...]


def most_by_lane(problem: SourcingProblem) -> Int64:
    """Return int64 ``[n, j]``: increments of each line that a lane can carry, others aside."""
    most = np.minimum(problem.buildable(), problem.lines.demand[:, None])
    if not problem.limits.line_split:
        most[most < problem.lines.demand[:, None]] = 0
    by_lane: Int64 = most[:, problem.lanes.location].copy()
    by_lane[~problem.lanes.eligible] = 0
    return by_lane


def make_offers(problem: SourcingProblem, locations: Sequence[int]) -> Offers:
    """Return the ways to ship from the given locations."""
    unit_ug = weight_unit_ug(problem)
    most = most_by_lane(problem)
    maker = _Maker(problem, unit_ug, problem.pieces.weight_ug // unit_ug, most)
    wanted = set(locations)
    groups: dict[tuple[int, bytes], list[int]] = {}
    for lane, location in enumerate(problem.lanes.location.tolist()):
        if location in wanted and most[:, lane].any():
            groups.setdefault((location, cost_key(problem, lane)), []).append(lane)
    offers = [
        offer for (location, _), lanes in groups.items() for offer in maker.offers(location, lanes)
    ]
    return Offers(unit_ug, maker.weight, tuple(offers))


def cost_key(problem: SourcingProblem, lane: int) -> bytes:
    """Return everything but the tariff that lanes of one location may differ in."""
    lanes = problem.lanes
    amounts = [lanes.shipment_minor[lane], lanes.parcel_minor[lane]]
    amounts += [tier.shipment[lane] for tier in problem.tiers if tier.shipment is not None]
    columns = (lanes.line_minor[:, lane], lanes.unit_minor[:, lane], lanes.eligible[:, lane])
    return np.concatenate([np.array(amounts, dtype=np.int64), *columns]).tobytes()


@dataclass(slots=True)
class _Maker:
    problem: SourcingProblem
    unit_ug: int
    weight: Int64
    most: Int64
    _reached: dict[bool, Int64] | None = None
    _steps: dict[tuple[tuple[int, ...], bool], Steps] | None = None

    def offers(self, location: int, lanes: list[int]) -> list[Offer]:
        """Return the offers of lanes that differ in their tariffs only."""
        first = lanes[0]
        heaviest = self._heaviest(location, first)
        names = self._worthwhile(lanes, heaviest)
        tariffs = self.problem.lanes.tariffs
        light = [t for t in names if tariffs[t].subadditive_below_ug >= heaviest * self.unit_ug]
        found = []
        if light:
            steps = self._steps_of(tuple(light), in_one=True).up_to(heaviest)
            found.append(Offer(location, first, self.most[:, first], steps, 1))
        for name in names:
            if name in light:
                continue
            steps = self._steps_of((name,), in_one=False).up_to(heaviest)
            units = int(self.most[:, first].sum())
            parcels = _most_parcels(tariffs[name], heaviest * self.unit_ug, units)
            lane = next(each for each in lanes if self.problem.lanes.tariff[each] == name)
            found.append(Offer(location, lane, self.most[:, lane], steps, parcels))
        return found

    def _heaviest(self, location: int, lane: int) -> int:
        """Return the greatest weight that the lane's stock allows, in units."""
        total = 0
        items = line_items(self.problem)
        for item in np.unique(items).tolist():
            members = items == item
            units = min(
                int(self.most[members, lane].sum()), int(self.problem.available[item, location])
            )
            total += units * int(self.weight[members].max())
        return total

    def _worthwhile(self, lanes: list[int], heaviest: int) -> list[int]:
        """Return the distinct tariffs that no other one beats at every weight."""
        names = sorted({int(self.problem.lanes.tariff[lane]) for lane in lanes})
        tariffs = self.problem.lanes.tariffs
        up_to_ug = heaviest * self.unit_ug
        kept: list[int] = []
        for name in names:
            if not any(never_dearer(tariffs[each], tariffs[name], up_to_ug) for each in kept):
                beaten = [
                    each for each in kept if never_dearer(tariffs[name], tariffs[each], up_to_ug)
                ]
                kept = [each for each in kept if each not in beaten] + [name]
        return kept

    def _steps_of(self, names: tuple[int, ...], *, in_one: bool) -> Steps:
        self._steps = {} if self._steps is None else self._steps
        if (names, in_one) not in self._steps:
            tariffs = [self.problem.lanes.tariffs[name] for name in names]
            self._steps[names, in_one] = cheapest_steps(
                tariffs, self._weights(in_one=in_one), self.unit_ug
            )
        return self._steps[names, in_one]

    def _weights(self, *, in_one: bool) -> Int64:
        """Return what a parcel can weigh: sums of whole lines, or of any units."""
        whole = in_one and not self.problem.limits.line_split
        self._reached = {} if self._reached is None else self._reached
        if whole not in self._reached:
            pairs = zip(self.weight.tolist(), self.problem.lines.demand.tolist(), strict=True)
            self._reached[whole] = reachable_weights(
                [(w * q, 1) if whole else (w, q) for w, q in pairs]
            )
        return self._reached[whole]


def _most_parcels(tariff: Tariff, total_ug: int, units: int) -> int:
    limit_ug = tariff.subadditive_below_ug
    if limit_ug <= 0:
        return units
    return min(units, max(1, (2 * total_ug - 1) // limit_ug))
