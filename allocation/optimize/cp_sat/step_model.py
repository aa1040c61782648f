"""Quantities by lane, parcels and weight steps: no contents are listed beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from allocation.optimize.cp_sat.columns import is_whole
from allocation.optimize.cp_sat.parcel_model import LaneParcels, Terms
from allocation.optimize.cp_sat.postage import alone_minor
from allocation.optimize.cp_sat.search import Linear
from allocation.optimize.cp_sat.tiers import Stage
from allocation.optimize.greedy.book import Contents
from allocation.optimize.greedy.view import View
from allocation.optimize.solution import Allocation, Shipment
from routing.parcels.packing import PackedParcel


@dataclass(slots=True)
class StepModel:
    """The model and its variables.

    Attributes
    ----------
    ships
        Lane to boolean.
    any_shipment
        Whether anything ships.
    taken
        (first line of an atom, lane) to boolean (whole) or increments.
    carried
        (line, lane) to boolean, where it matters whether a line is carried at all.
    unfilled
        First line of an atom to atoms (whole) or increments left.
    parcels
        Lane to its parcels, if some stage counts cost.
    """

    view: View
    model: cp_model.CpModel
    ships: dict[int, cp_model.IntVar]
    any_shipment: cp_model.IntVar
    taken: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    carried: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    unfilled: dict[int, cp_model.IntVar] = field(default_factory=dict)
    parcels: dict[int, LaneParcels] = field(default_factory=dict)

    def each(self, atom: tuple[int, ...], line: int) -> int:
        """Return the increments of a line in one unit of its atom's variables."""
        return int(self.view.problem.lines.demand[line]) if is_whole(self.view, atom) else 1

    def on_lane(self, lane: int) -> list[tuple[tuple[int, ...], cp_model.IntVar]]:
        """Return the atoms that the lane can carry, with their variables."""
        return [
            (atom, self.taken[atom[0], lane])
            for atom in self.view.atoms
            if (atom[0], lane) in self.taken
        ]

    def increments(self, lane: int) -> list[tuple[int, cp_model.IntVar, int]]:
        """Return (line, variable, increments per unit) of everything the lane can carry."""
        return [
            (line, variable, self.each(atom, line))
            for atom, variable in self.on_lane(lane)
            for line in atom
        ]

    def form(self, stage: Stage) -> Linear:
        """Return what a stage minimises."""
        terms: dict[int, tuple[cp_model.IntVar, int]] = {}

        def add(variable: cp_model.IntVar, amount: int) -> None:
            before = terms.get(variable.index, (variable, 0))[1]
            terms[variable.index] = (variable, before + int(amount))

        for lane, ships in self.ships.items():
            if stage.tier.shipment is not None:
                add(ships, stage.tier.shipment[lane])
            for line, variable, each in self.increments(lane):
                if stage.tier.unit is not None:
                    add(variable, int(stage.tier.unit[line, lane]) * each)
        for atom in self.view.atoms:
            for line in atom:
                if stage.tier.unfilled is not None:
                    rate = int(stage.tier.unfilled[line])
                    add(self.unfilled[atom[0]], rate * self.each(atom, line))
        if stage.tier.counts_cost:
            for variable, amount in self._cost_terms():
                add(variable, amount)
        used = [pair for pair in terms.values() if pair[1]]
        return Linear(tuple(pair[0] for pair in used), tuple(pair[1] for pair in used))

    def _cost_terms(self) -> Terms:
        problem = self.view.problem
        terms: Terms = [(self.any_shipment, -problem.extra_shipment_minor)]
        for atom in self.view.atoms:
            for line in atom:
                rate = int(problem.unfilled_minor[line]) * self.each(atom, line)
                terms.append((self.unfilled[atom[0]], rate))
        for lane, ships in self.ships.items():
            fixed = int(problem.lanes.shipment_minor[lane]) + problem.extra_shipment_minor
            terms.append((ships, fixed))
            terms += self._lane_cost_terms(lane)
        return terms

    def _lane_cost_terms(self, lane: int) -> Terms:
        lanes = self.view.problem.lanes
        parcel_minor = int(lanes.parcel_minor[lane])
        alone = alone_minor(self.view, int(lanes.tariff[lane]), parcel_minor)
        terms: Terms = []
        for line, variable, each in self.increments(lane):
            rate = int(lanes.unit_minor[line, lane]) + int(alone[line])
            terms.append((variable, rate * each))
            if lanes.line_minor[line, lane]:
                terms.append((self.carried[line, lane], int(lanes.line_minor[line, lane])))
        if lane in self.parcels:
            for parcel in self.parcels[lane].parcels:
                for step, chosen in zip(self.parcels[lane].weight_steps, parcel.steps, strict=True):
                    terms.append((chosen, step.price_minor + parcel_minor))
        return terms

    def rank_form(self) -> Linear:
        """Return what prefers lower locations: increments times location."""
        terms = [
            (variable, each * int(self.view.problem.lanes.location[lane]))
            for lane in self.ships
            for _, variable, each in self.increments(lane)
        ]
        return Linear(tuple(term[0] for term in terms), tuple(term[1] for term in terms))

    def contents(self, values: list[int]) -> Contents:
        """Return what a solution ships from where."""
        return {
            int(self.view.problem.lanes.location[lane]): self._quantities(lane, values)
            for lane, ships in self.ships.items()
            if values[ships.index]
        }

    def shipments(self, values: list[int]) -> list[Shipment]:
        """Return the shipments of a solution, with its own parcels; none without parcels."""
        return [
            Shipment(
                lane,
                tuple(sorted(self._quantities(lane, values).items())),
                (*self.parcels[lane].contents(values), *self._alone(lane, values)),
            )
            for lane, ships in self.ships.items()
            if values[ships.index] and lane in self.parcels
        ]

    def _quantities(self, lane: int, values: list[int]) -> dict[int, int]:
        return {
            line: each * values[variable.index]
            for line, variable, each in self.increments(lane)
            if values[variable.index]
        }

    def _alone(self, lane: int, values: list[int]) -> list[PackedParcel]:
        pieces = self.view.problem.pieces
        quantities = self._quantities(lane, values)
        return [
            PackedParcel(((piece, 1),), number)
            for piece in np.flatnonzero(pieces.alone).tolist()
            if (
                number := quantities.get(int(pieces.line[piece]), 0)
                * int(pieces.per_increment[piece])
            )
        ]

    def hint(self, allocation: Allocation) -> dict[int, int]:
        """Return a hint for a known allocation; partial if it uses a lane left out."""
        by_lane = {shipment.lane: shipment for shipment in allocation.shipments}
        hint = {self.any_shipment.index: int(bool(by_lane))}
        for atom in self.view.atoms:
            left = allocation.unfilled[atom[0]]
            hint[self.unfilled[atom[0]].index] = left // self.each(atom, atom[0])
        for lane, ships in self.ships.items():
            shipment = by_lane.get(lane)
            quantities = {} if shipment is None else dict(shipment.quantities)
            hint[ships.index] = int(shipment is not None)
            for line, variable, each in self.increments(lane):
                hint[variable.index] = quantities.get(line, 0) // each
                if (line, lane) in self.carried:
                    hint[self.carried[line, lane].index] = int(line in quantities)
            if lane in self.parcels:
                hint |= self.parcels[lane].hint(_shared(self.view, shipment))
        return hint


def _shared(view: View, shipment: Shipment | None) -> list[dict[int, int]]:
    """Return the parcels of a shipment without those of pieces that travel alone."""
    if shipment is None:
        return []
    return [
        dict(parcel.pieces)
        for parcel in shipment.parcels
        if not view.problem.pieces.alone[parcel.pieces[0][0]]
        for _ in range(parcel.count)
    ]
