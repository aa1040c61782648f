"""Parcels of one lane as variables: pieces in each, and the weight step it pays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import gcd

import numpy as np
from ortools.sat.python import cp_model

from allocation.optimize.cp_sat.tiers import TooLargeError
from allocation.optimize.cp_sat.weight_steps import (
    WeightStep,
    allowed_steps,
    parcels_enough,
    reachable_steps,
)
from allocation.optimize.greedy.view import View
from routing.parcels.pack import is_one_parcel_cheapest
from routing.parcels.packing import PackedParcel

MOST_PARCELS = 60

Terms = list[tuple[cp_model.IntVar, int]]
"""Variables and how much each unit of them weighs (or counts)."""


@dataclass(frozen=True, slots=True)
class Load:
    """Pieces of one kind on the lane: `each` per unit of `variable`, at most `most`."""

    piece: int
    weight_ug: int
    volume_nl: int
    variable: cp_model.IntVar
    each: int
    most: int


@dataclass(frozen=True, slots=True)
class ParcelVariables:
    """One possible parcel.

    Attributes
    ----------
    used
        Whether it exists.
    steps
        One boolean per weight step; exactly one if used.
    pieces
        Variable per load; ``None`` if the parcel takes everything on the lane.
    """

    used: cp_model.IntVar
    steps: tuple[cp_model.IntVar, ...]
    pieces: tuple[cp_model.IntVar, ...] | None


@dataclass(frozen=True, slots=True)
class LaneParcels:
    """All possible parcels of a lane, and what a parcel costs in each step."""

    loads: tuple[Load, ...]
    weight_steps: tuple[WeightStep, ...]
    parcels: tuple[ParcelVariables, ...]

    def contents(self, values: list[int]) -> list[PackedParcel]:
        """Return the parcels of a solution, equal ones counted together."""
        found: dict[tuple[tuple[int, int], ...], int] = {}
        for parcel in self.parcels:
            if parcel.pieces is None:
                counts = [load.each * values[load.variable.index] for load in self.loads]
            else:
                counts = [values[variable.index] for variable in parcel.pieces]
            held = tuple(
                (load.piece, count) for load, count in zip(self.loads, counts, strict=True) if count
            )
            if held:
                found[held] = found.get(held, 0) + 1
        return [PackedParcel(held, times) for held, times in found.items()]

    def hint(self, parcels: list[dict[int, int]]) -> dict[int, int]:
        """Return a hint for known parcels (piece to count); empty if they are too many."""
        if len(parcels) > len(self.parcels):
            return {}
        kinds = {load.piece: load for load in self.loads}

        def weight(parcel: dict[int, int]) -> int:
            return sum(kinds[piece].weight_ug * count for piece, count in parcel.items())

        hint: dict[int, int] = {}
        ordered = sorted(parcels, key=weight, reverse=True)
        padding: list[dict[int, int]] = [{} for _ in range(len(self.parcels) - len(ordered))]
        for variables, parcel in zip(self.parcels, ordered + padding, strict=True):
            volume = sum(kinds[piece].volume_nl * count for piece, count in parcel.items())
            options = list(allowed_steps(self.weight_steps, weight(parcel), volume))
            prices = [self.weight_steps[number].price_minor for number in options]
            step = options[prices.index(min(prices))] if parcel and options else -1
            hint[variables.used.index] = int(bool(parcel))
            for number, variable in enumerate(variables.steps):
                hint[variable.index] = int(number == step)
            for load, piece in zip(self.loads, variables.pieces or (), strict=False):
                hint[piece.index] = parcel.get(load.piece, 0)
        return hint


def add_parcels(
    model: cp_model.CpModel, view: View, lane: int, ships: cp_model.IntVar, loads: tuple[Load, ...]
) -> LaneParcels:
    """Add the parcels of a lane.

    Raises
    ------
    TooLargeError
        If more than `MOST_PARCELS` parcels could be needed.
    """
    lanes = view.problem.lanes
    tariff = lanes.tariffs[int(lanes.tariff[lane])]
    if not loads:
        return LaneParcels((), (), ())
    weight = sum(load.weight_ug * load.most for load in loads)
    volume = sum(load.volume_nl * load.most for load in loads)
    number = parcels_enough(
        tariff,
        weight,
        volume,
        sum(load.most for load in loads),
        is_one_parcel_cheapest(tariff, weight, volume),
    )
    if number > MOST_PARCELS:
        raise TooLargeError(f"lane {lane} could need {number} parcels")
    least = (min(load.weight_ug for load in loads), min(load.volume_nl for load in loads))
    steps = reachable_steps(tariff, least, (weight, volume))
    build = _LaneBuilder(model, ships, loads, steps)
    parcels = (build.only_parcel(),) if number == 1 else build.parcels(number)
    return LaneParcels(loads, steps, parcels)


@dataclass(frozen=True, slots=True)
class _LaneBuilder:
    model: cp_model.CpModel
    ships: cp_model.IntVar
    loads: tuple[Load, ...]
    steps: tuple[WeightStep, ...]

    def only_parcel(self) -> ParcelVariables:
        """Add the one parcel that holds everything."""
        parcel = self._parcel(None)
        for load in self.loads:
            self.model.add(load.each * load.variable <= load.most * parcel.used)
        self._price(
            parcel,
            [(load.variable, load.each * load.weight_ug) for load in self.loads],
            [(load.variable, load.each * load.volume_nl) for load in self.loads],
            (
                sum(load.most * load.weight_ug for load in self.loads),
                sum(load.most * load.volume_nl for load in self.loads),
            ),
        )
        return parcel

    def parcels(self, number: int) -> tuple[ParcelVariables, ...]:
        """Add parcels by falling weight; together they hold everything."""
        made = []
        most = [self._most_in_one(load) for load in self.loads]
        total = (
            sum(load.most * load.weight_ug for load in self.loads),
            sum(load.most * load.volume_nl for load in self.loads),
        )
        for _ in range(number):
            pieces = tuple(self.model.new_int_var(0, count, "") for count in most)
            parcel = self._parcel(pieces)
            for count, variable in zip(most, pieces, strict=True):
                self.model.add(variable <= count * parcel.used)
            self.model.add(cp_model.LinearExpr.sum(pieces) >= parcel.used)
            self._price(
                parcel,
                [(v, load.weight_ug) for v, load in zip(pieces, self.loads, strict=True)],
                [(v, load.volume_nl) for v, load in zip(pieces, self.loads, strict=True)],
                total,
            )
            made.append(parcel)
        for index, load in enumerate(self.loads):
            held = [parcel.pieces[index] for parcel in made if parcel.pieces is not None]
            self.model.add(cp_model.LinearExpr.sum(held) == load.each * load.variable)
        self._order(made)
        return tuple(made)

    def _order(self, parcels: list[ParcelVariables]) -> None:
        weights = [load.weight_ug for load in self.loads]
        common = gcd(*weights) or 1
        scaled = [weight // common for weight in weights]
        for heavy, light in pairwise(parcels):
            self.model.add_implication(light.used, heavy.used)
            if heavy.pieces is not None and light.pieces is not None:
                self.model.add(
                    cp_model.LinearExpr.weighted_sum(heavy.pieces, scaled)
                    >= cp_model.LinearExpr.weighted_sum(light.pieces, scaled)
                )

    def _parcel(self, pieces: tuple[cp_model.IntVar, ...] | None) -> ParcelVariables:
        used = self.model.new_bool_var("")
        steps = tuple(self.model.new_bool_var("") for _ in self.steps)
        self.model.add(cp_model.LinearExpr.sum(steps) == used)
        self.model.add_implication(used, self.ships)
        return ParcelVariables(used, steps, pieces)

    def _most_in_one(self, load: Load) -> int:
        heaviest = self.steps[-1].limit_ug if self.steps else 0
        return min(load.most, heaviest // load.weight_ug) if load.weight_ug else load.most

    def _price(
        self, parcel: ParcelVariables, weight: Terms, volume: Terms, most: tuple[int, int]
    ) -> None:
        by_weight = _Scaled.of(weight)
        by_volume = _Scaled.of(volume)
        self._limit(parcel, by_weight, [step.limit_ug for step in self.steps], most[0])
        volumes = [step.limit_nl for step in self.steps if step.limit_nl is not None]
        if volumes:
            self._limit(parcel, by_volume, volumes, most[1])
        for step, chosen in zip(self.steps, parcel.steps, strict=True):
            if step.above is not None:
                self._exceed(chosen, by_weight, by_volume, step.above)

    def _limit(
        self, parcel: ParcelVariables, content: _Scaled, limits: list[int], most: int
    ) -> None:
        reach = most // content.unit
        scaled = [limit // content.unit for limit in limits]
        if min(scaled) >= reach:
            return
        # A limit above what the contents can reach only loosens the relaxation.
        capped = [min(limit, reach) for limit in scaled]
        self.model.add(
            _sum(content.terms) <= cp_model.LinearExpr.weighted_sum(parcel.steps, capped)
        )

    def _exceed(
        self,
        chosen: cp_model.IntVar,
        weight: _Scaled,
        volume: _Scaled,
        above: tuple[int, int | None],
    ) -> None:
        limit_ug, limit_nl = above
        heavier = _sum(weight.terms) >= limit_ug // weight.unit + 1
        if limit_nl is None:
            self.model.add(heavier).only_enforce_if(chosen)
            return
        by_weight = self.model.new_bool_var("")
        larger = _sum(volume.terms) >= limit_nl // volume.unit + 1
        self.model.add(heavier).only_enforce_if(chosen, by_weight)
        self.model.add(larger).only_enforce_if(chosen, ~by_weight)


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A sum divided by the greatest common divisor of its amounts: smaller, and exact."""

    terms: Terms
    unit: int

    @staticmethod
    def of(terms: Terms) -> _Scaled:
        unit = gcd(*(amount for _, amount in terms)) or 1
        return _Scaled([(variable, amount // unit) for variable, amount in terms if amount], unit)


def _sum(terms: Terms) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.weighted_sum(
        [variable for variable, _ in terms], [amount for _, amount in terms]
    )


def check_amounts(view: View) -> None:
    """Refuse contents so heavy or large that their sums could leave 64 bits.

    Raises
    ------
    TooLargeError
        If so.
    """
    pieces = view.problem.pieces
    counts = (view.problem.lines.demand[pieces.line] * pieces.per_increment).astype(object)
    for amounts in (pieces.weight_ug, pieces.volume_nl):
        if int(np.dot(counts, amounts.astype(object))) > 2**58:
            raise TooLargeError("weights or volumes are beyond 2**58 together")
