"""The arc and step model: who ships what, in which parcels, in which price step.

What it has, besides the plain constraints:

- locations that another one replaces at no extra cost are left out (`prefilter`);
- links ``x <= most * open`` as tight as the stock, by line;
- price steps as multiple choice, only for weights that can occur, each with the greatest
  weight that can occur in it; the envelope of all services where one parcel is cheapest;
- parcels, where they matter, bounded in number and ordered by weight;
- a cap on how much a line can be filled at all.

Columns are integers: ``ship`` per offer, ``take`` per line and offer (whole lines: 0 or 1),
``left`` per line, then the columns that only the cost needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench.contenders.mip import UNBOUNDED, Mip, Objective
from bench.contenders.offers import Offers, make_offers, most_by_lane
from bench.contenders.prefilter import useful_locations
from bench.contenders.scope import check_scope, line_items, most_shipments, shares_items
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier


@dataclass(slots=True)
class ArcModel:
    """The program of a problem, and what its columns stand for.

    Attributes
    ----------
    ship
        By offer: whether it is used.
    take
        By (line, offer): whole lines (0 or 1) or increments taken.
    left
        By line: lines or increments left unfilled.
    cost
        Objective of the landed cost, once `cost_columns.add_cost` has run.
    """

    problem: SourcingProblem
    offers: Offers
    mip: Mip
    ship: list[int] = field(default_factory=list)
    take: dict[tuple[int, int], int] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    cost: Objective = field(default_factory=dict)

    def each(self, line: int) -> int:
        """Return the increments that one count of the line's columns stands for."""
        split = self.problem.limits.line_split
        return 1 if split else int(self.problem.lines.demand[line])

    def objective(self, tier: Tier) -> Objective:
        """Return the objective of a tier."""
        if tier.counts_cost:
            return self.cost
        if tier.shipment is not None:
            pairs = zip(self.ship, self.offers.offers, strict=True)
            return {column: int(tier.shipment[offer.lane]) for column, offer in pairs}
        if tier.unfilled is None:
            return {}
        return {
            column: int(tier.unfilled[line]) * self.each(line)
            for line, column in enumerate(self.left)
        }

    def contents(self, values: list[int]) -> dict[int, dict[int, int]]:
        """Return location to line to increments of a solution."""
        found: dict[int, dict[int, int]] = {}
        for (line, number), column in self.take.items():
            if values[column]:
                there = found.setdefault(self.offers.offers[number].location, {})
                there[line] = there.get(line, 0) + values[column] * self.each(line)
        return found


def make_arc_model(problem: SourcingProblem, *, prefilter: bool = True) -> ArcModel:
    """Build the model without the columns of the cost.

    Raises
    ------
    OutOfScopeError
        If the problem has a rule that the model does not have.
    """
    check_scope(problem)
    locations = useful_locations(problem) if prefilter else list(range(problem.n_locations))
    model = ArcModel(problem, make_offers(problem, locations), Mip())
    for offer in model.offers.offers:
        model.ship.append(model.mip.column(1))
        for line in np.flatnonzero(offer.most).tolist():
            upper = int(offer.most[line]) // model.each(line)
            model.take[line, len(model.ship) - 1] = model.mip.column(upper)
    _add_demand(model)
    _add_links(model)
    _add_stock(model)
    most = most_shipments(problem)
    if most is not None:
        model.mip.row([(column, 1) for column in model.ship], 0, most)
    return model


def _add_demand(model: ArcModel) -> None:
    problem, mip = model.problem, model.mip
    by_line: dict[int, list[tuple[int, int]]] = {}
    for (line, _), column in model.take.items():
        by_line.setdefault(line, []).append((column, 1))
    in_stock = _stock_of_lines(problem)
    for line, demand in enumerate(problem.lines.demand.tolist()):
        wanted = demand // model.each(line)
        fillable = min(wanted, in_stock[line] // model.each(line))
        model.left.append(mip.column(wanted, lower=wanted - fillable))
        mip.row([*by_line.get(line, []), (model.left[line], 1)], wanted, wanted)


def _stock_of_lines(problem: SourcingProblem) -> list[int]:
    """Return the increments of each line that all locations together can ship, others aside."""
    most = most_by_lane(problem)
    if not most.shape[1]:
        return [0] * len(problem.lines)
    first = np.unique(problem.lanes.location, return_index=True)[1]
    totals: list[int] = np.maximum.reduceat(most, first, axis=1).sum(axis=1).tolist()
    return totals


def _add_links(model: ArcModel) -> None:
    for (_, number), column in model.take.items():
        upper = model.mip.upper[column]
        model.mip.row([(column, 1), (model.ship[number], -upper)], -UNBOUNDED, 0)
    by_location: dict[int, list[int]] = {}
    for number, offer in enumerate(model.offers.offers):
        by_location.setdefault(offer.location, []).append(model.ship[number])
    for columns in by_location.values():
        if len(columns) > 1:
            model.mip.row([(column, 1) for column in columns], 0, 1)


def _add_stock(model: ArcModel) -> None:
    """Add the stock of items that several lines share; `take` has bounds for the others."""
    if not shares_items(model.problem):
        return
    items = line_items(model.problem)
    taken: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (line, number), column in model.take.items():
        key = int(items[line]), model.offers.offers[number].location
        taken.setdefault(key, []).append((column, model.each(line)))
    for (item, location), terms in taken.items():
        available = int(model.problem.available[item, location])
        if sum(each * model.mip.upper[column] for column, each in terms) > available:
            model.mip.row(terms, 0, available)
