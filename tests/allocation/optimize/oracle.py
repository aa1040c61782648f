"""Brute force: the true optimum of a small sourcing problem, by enumeration.

Shares nothing with the solvers but the problem's arrays. What it takes an allocation to be:

- At most one shipment, on one lane, leaves each location. It carries at least one
  increment, and every line in it is eligible on that lane.
- Lines, kits included, travel in whole increments; what an increment takes of every item
  is taken where it ships. Two lines that use one item share its stock.
- With ``line_split`` the increments of a line may be spread over locations and any number
  of them left out; without it a line is whole at one location or not shipped at all.
- A group is whole at one location or not shipped at all, whatever ``line_split`` says.
- ``ship_complete``: nothing is left out, or nothing ships.
- ``location_lines`` and ``location_units`` cap what one location ships.
- ``min_shipment_*`` bind each shipment of an allocation that has two or more; a single
  shipment is free of them.
- The pieces of a shipment are divided into parcels in any way; a piece that travels alone
  has a parcel of its own. Postage is the sum over parcels.
- Of the lines of a choice one is chosen; the others want nothing.
- With ``supply``, every increment taken can be given a unit of a portion that is open to
  it: see `tests.allocation.optimize.oracle_supply`.

The enumeration cuts off an assignment in progress only for stock, capacities or the number
of locations in use: all three only grow as further lines are placed. Given who ships what,
each shipment adds its own amounts to the vector of tier values whatever the others do, so
that the least lane is taken per shipment; adding vectors keeps lexicographic order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier
from tests.allocation.optimize.oracle_parcels import OracleParcels, Parcels
from tests.allocation.optimize.oracle_supply import OracleSupply

Values = tuple[int, ...]
Contents = tuple[tuple[int, int], ...]
Spread = tuple[int, ...]
"""Increments of one line at each location."""


@dataclass(frozen=True, slots=True)
class OracleShipment:
    """One shipment of the optimum; `parcels` are counts per piece type."""

    lane: int
    quantities: Contents
    parcels: Parcels


@dataclass(frozen=True, slots=True)
class Answer:
    """The lexicographically least tier values, and one allocation that has them."""

    values: Values
    cost_minor: int
    shipments: tuple[OracleShipment, ...]
    unfilled: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Offer:
    """What one shipment adds to every tier and to the landed cost."""

    values: Values
    cost_minor: int
    shipment: OracleShipment


def best_allocation(problem: SourcingProblem) -> Answer:
    """Return the optimum; there always is one, as nothing has to ship."""
    answers = [_Enumeration(problem, others).run() for others in _not_chosen(problem)]
    return min(answers, key=lambda answer: answer.values)


def _not_chosen(problem: SourcingProblem) -> Iterator[frozenset[int]]:
    """Yield the lines that want nothing, for every way to choose one line of each choice."""
    choice = [] if problem.lines.choice is None else problem.lines.choice.tolist()
    groups = [
        [line for line, number in enumerate(choice) if number == each]
        for each in sorted(set(choice) - {-1})
    ]
    for chosen in product(*groups):
        yield frozenset(line for group in groups for line in group) - set(chosen)


def least_cost_minor(problem: SourcingProblem) -> int:
    """Return the least landed cost among the optima of the tiers before the first with cost.

    The tier that counts cost may count other amounts too, so this is a search of its own.
    """
    before = next(
        (at for at, tier in enumerate(problem.tiers) if tier.counts_cost), len(problem.tiers)
    )
    cost = Tier("cost", counts_cost=True)
    return best_allocation(replace(problem, tiers=(*problem.tiers[:before], cost))).cost_minor


class _Enumeration:
    """State of one search: what the lines placed so far take of every location."""

    def __init__(self, problem: SourcingProblem, others: frozenset[int]) -> None:
        self.problem = problem
        self.demand = [
            0 if line in others else demand
            for line, demand in enumerate(problem.lines.demand.tolist())
        ]
        self.group = problem.lines.group.tolist()
        self.use = [
            [(item, number) for item, number in enumerate(row) if number]
            for row in problem.lines.use.tolist()
        ]
        self.parcels = OracleParcels(problem)
        self.supply = OracleSupply(problem)
        self.lanes_at = [
            [lane for lane, at in enumerate(problem.lanes.location.tolist()) if at == location]
            for location in range(problem.n_locations)
        ]
        self.spreads = [list(self._spreads(line)) for line in range(len(self.demand))]
        self.left = problem.available.T.tolist()
        self.lines_left = problem.limits.location_lines.tolist()
        self.units_left = problem.limits.location_units.tolist()
        self.contents: list[Contents] = [() for _ in self.lanes_at]
        self.unfilled: list[int] = []
        self.group_at: dict[int, Spread] = {}
        self.offers: dict[tuple[int, Contents], _Offer | None] = {}
        self.best: Answer | None = None

    def run(self) -> Answer:
        self._place(0)
        if self.best is None:
            raise AssertionError("shipping nothing is always allowed")
        return self.best

    def _spreads(self, line: int) -> Iterator[Spread]:
        """Yield every way to spread one line over the locations, shipping nothing included."""
        demand, n_locations = self.demand[line], self.problem.n_locations
        usable = [
            any(self.problem.lanes.eligible[line, lane] for lane in self.lanes_at[location])
            for location in range(n_locations)
        ]
        if not demand:
            yield (0,) * n_locations
        elif self.group[line] >= 0 or not self.problem.limits.line_split:
            yield (0,) * n_locations
            for location in range(n_locations):
                if usable[location]:
                    yield tuple(demand * (at == location) for at in range(n_locations))
        else:
            yield from _vectors(demand, usable)

    def _place(self, line: int) -> None:
        if line == len(self.demand):
            self._compare()
            return
        group = self.group[line] if self.demand[line] else -1
        for spread in self.spreads[line]:
            first_of_group = group >= 0 and group not in self.group_at
            if group >= 0 and not first_of_group:
                same = [a > 0 for a in spread] == [b > 0 for b in self.group_at[group]]
                if not same:
                    continue
            if first_of_group:
                self.group_at[group] = spread
            if self._take(line, spread):
                self._place(line + 1)
                self._give_back(line, spread)
            if first_of_group:
                del self.group_at[group]

    def _take(self, line: int, spread: Spread) -> bool:
        """Book a line's increments; if they break a cap, book nothing and say so."""
        for location, number in enumerate(spread):
            if not number:
                continue
            left = self.left[location]
            if self.lines_left[location] < 1 or self.units_left[location] < number:
                return False
            if any(left[item] < number * each for item, each in self.use[line]):
                return False
        opened = sum(
            1 for number, held in zip(spread, self.contents, strict=True) if number and not held
        )
        in_use = sum(1 for held in self.contents if held)
        if in_use + opened > self.problem.limits.max_shipments:
            return False
        for location, number in enumerate(spread):
            if number:
                self._book(location, line, number)
                self.contents[location] = (*self.contents[location], (line, number))
        self.unfilled.append(self.demand[line] - sum(spread))
        return True

    def _give_back(self, line: int, spread: Spread) -> None:
        for location, number in enumerate(spread):
            if number:
                self._book(location, line, -number)
                self.contents[location] = self.contents[location][:-1]
        self.unfilled.pop()

    def _book(self, location: int, line: int, number: int) -> None:
        for item, each in self.use[line]:
            self.left[location][item] -= number * each
        self.lines_left[location] -= 1 if number > 0 else -1
        self.units_left[location] -= number

    def _compare(self) -> None:
        """Price the assignment in hand and keep it if it is the best so far."""
        held = [(at, contents) for at, contents in enumerate(self.contents) if contents]
        if not self._is_allowed([contents for _, contents in held]):
            return
        if not self.supply.has(held):
            return
        offers = []
        for location, contents in held:
            offer = self._offer(location, contents)
            if offer is None:
                return
            offers.append(offer)
        further = max(0, len(offers) - 1) * self.problem.extra_shipment_minor
        penalty = sum(
            int(amount) * number
            for amount, number in zip(self.problem.unfilled_minor, self.unfilled, strict=True)
        )
        values = tuple(
            sum(offer.values[at] for offer in offers)
            + (further + penalty) * tier.counts_cost
            + _unfilled_amount(tier, self.unfilled)
            for at, tier in enumerate(self.problem.tiers)
        )
        if self.best is None or values < self.best.values:
            cost = sum(offer.cost_minor for offer in offers) + further + penalty
            shipments = tuple(offer.shipment for offer in offers)
            self.best = Answer(values, cost, shipments, tuple(self.unfilled))

    def _is_allowed(self, shipments: list[Contents]) -> bool:
        limits = self.problem.limits
        if limits.ship_complete and shipments and any(self.unfilled):
            return False
        if len(shipments) < 2:
            return True
        value = self.problem.lines.value_minor
        return all(
            sum(number for _, number in contents) >= limits.min_shipment_units
            and sum(int(value[line]) * n for line, n in contents) >= limits.min_shipment_minor
            for contents in shipments
        )

    def _offer(self, location: int, contents: Contents) -> _Offer | None:
        """Return the least of all lanes at a location for these contents."""
        key = (location, contents)
        if key not in self.offers:
            offers = [self._on_lane(lane, contents) for lane in self.lanes_at[location]]
            able = [offer for offer in offers if offer is not None]
            self.offers[key] = min(able, key=lambda offer: offer.values) if able else None
        return self.offers[key]

    def _on_lane(self, lane: int, contents: Contents) -> _Offer | None:
        lanes, pieces = self.problem.lanes, self.problem.pieces
        if not all(lanes.eligible[line, lane] for line, _ in contents):
            return None
        quantity = dict(contents)
        counts = tuple(
            quantity.get(line, 0) * each
            for line, each in zip(pieces.line.tolist(), pieces.per_increment.tolist(), strict=True)
        )
        packed = self.parcels.cheapest(lane, counts)
        if packed is None:
            return None
        cost = packed[0] + int(lanes.shipment_minor[lane])
        for line, number in contents:
            cost += int(lanes.line_minor[line, lane]) + int(lanes.unit_minor[line, lane]) * number
        values = tuple(_amount(tier, lane, contents, cost) for tier in self.problem.tiers)
        return _Offer(values, cost, OracleShipment(lane, contents, packed[1]))


def _vectors(most: int, usable: list[bool]) -> Iterator[Spread]:
    """Yield every vector of sum `most` or less; 0 where not usable."""
    if not usable:
        yield ()
        return
    for number in range(most + 1 if usable[0] else 1):
        for rest in _vectors(most - number, usable[1:]):
            yield (number, *rest)


def _amount(tier: Tier, lane: int, contents: Contents, cost_minor: int) -> int:
    value = cost_minor if tier.counts_cost else 0
    if tier.shipment is not None:
        value += int(tier.shipment[lane])
    if tier.unit is not None:
        value += sum(int(tier.unit[line, lane]) * number for line, number in contents)
    return value


def _unfilled_amount(tier: Tier, unfilled: list[int]) -> int:
    if tier.unfilled is None:
        return 0
    return sum(int(a) * number for a, number in zip(tier.unfilled, unfilled, strict=True))
