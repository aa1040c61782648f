"""Divide a demand between one place and others by weight.

With parcels priced by weight and amounts linear in units, a division is worth what its
weight at the first place says, plus the least amounts of any division with that weight:
one recursion over atoms by cells of weight (see `weights`). Against one other place that is
the best division; against several, or where a cell has several weights, it is a bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.location_sets.cuboid import Cuboid
from allocation.optimize.location_sets.curves import least_sum, make_curve
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.scalars import INFINITE
from allocation.optimize.location_sets.weights import CellWeights, cell_weights

Int64 = NDArray[np.int64]


REST: Final = -1
"""Stands among places for what is left out: it takes what may be, and has no postage."""


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """A demand to divide between a place and others.

    Attributes
    ----------
    demand
        int64 ``[a]``.
    cuboid
        What the first place may take; the others can take the rest of each vector.
    slack_ug
        Room to leave in shipments of several parcels, so that they can be packed. Every
        cell then counts at its greatest weight; no scalar is a bound. ``None``: none.
    """

    first: int
    others: tuple[int, ...]
    demand: Int64
    cuboid: Cuboid
    slack_ug: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What one side of a division costs.

    Attributes
    ----------
    postage
        int64 ``[w]``: by weight.
    unit, line
        int64 ``[a]``: per unit, and once where there is any.
    """

    postage: Int64
    unit: Int64
    line: Int64


@dataclass(slots=True, eq=False)
class WeightMatch:
    """Divides demands of a model by weight; `OutOfTimeError` when the budget is over.

    Attributes
    ----------
    left_out
        int64 ``[a]``: scalar of leaving out a unit; `INFINITE` where that must not be.
    exact
        Whether nothing but weight decides what parcels cost, and no limit what a place may
        take. If not, a division may cost more than is said here, or may not be allowed.
    """

    model: Model
    left_out: Int64
    budget: Budget = ENDLESS
    exact: bool = field(init=False)
    _weights: CellWeights = field(init=False)
    _sides: dict[tuple[tuple[int, ...], int | None], Side] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._weights = cell_weights(self.model.contents.weight_ug, self.model.demand)
        self.exact = self._weight_decides()

    def _weight_decides(self) -> bool:
        model = self.model
        limits, contents, demand = model.problem.limits, model.contents, model.demand
        places = model.places.location
        return (
            not model.shared_items
            and bool(contents.shared[demand > 0].all())
            and not (contents.volume_nl @ demand)
            and model.problem.pieces.boxing is None
            and not limits.min_shipment_units
            and not limits.min_shipment_minor
            and bool((limits.location_units[places] >= contents.units @ demand).all())
            and bool((limits.location_lines[places] >= contents.lines.sum()).all())
        )

    def best(self, task: Division, below: int, toll: int = 0) -> tuple[int, Int64] | None:
        """Return (scalar, vector of the first place) of the best division.

        ``None`` if it is not `below`. With several others the scalar is a lower bound.

        Parameters
        ----------
        toll
            Scalar of every increment at the first place, on top.
        """
        first, others, demand, cuboid = task.first, task.others, task.demand, task.cuboid
        one, other = self._side((first,), task.slack_ug), self._side(others, task.slack_ug)
        if toll:
            one = replace(one, unit=one.unit + toll * self.model.contents.units)
        least, steps = self._amounts(one, other, task)
        base, everything = int(cuboid.low @ self._weights.cells), int(demand @ self._weights.cells)
        here = slice(base, base + least.size)
        there = slice(everything - base - least.size + 1, everything - base + 1)
        total = least + one.postage[here] + other.postage[there][::-1]
        if bool((self._weights.cells[demand > 0] > 0).all()):
            # Every place ships something.
            if first != REST and not cuboid.low.any():
                total[0] = INFINITE
            if others != (REST,) and not (demand > cuboid.high).any():
                total[-1] = INFINITE
        # The fuller the first place, the more room there is among several others.
        pick = total.size - 1 - int(np.argmin(total[::-1]))
        if total[pick] >= below:
            return None
        return int(total[pick]), self._trace(steps, one, other, task, pick)

    def _side(self, places: tuple[int, ...], slack_ug: int | None) -> Side:
        key = places, slack_ug
        if key not in self._sides:
            self._sides[key] = self._make_side(places, slack_ug)
        return self._sides[key]

    def _make_side(self, places: tuple[int, ...], slack_ug: int | None) -> Side:
        if REST in places:
            return self._make_side_with_rest(tuple(each for each in places if each != REST))
        known = self.model.places
        heaviest_ug = int(known.break_ug[-1])
        curve = least_sum([known.curve(place) for place in places], heaviest_ug)
        postage = curve.at(self._weights.least_ug)
        if slack_ug is not None:
            weight_ug = self._weights.greatest_ug
            postage = curve.at(np.minimum(weight_ug + slack_ug, heaviest_ug))
            singles = np.maximum.accumulate(known.single[list(places)], axis=1)
            curves = [make_curve(known.break_ug, single) for single in singles]
            postage = np.minimum(postage, least_sum(curves, heaviest_ug).at(weight_ug))
        if len(places) == 1 and known.has_one_row[places[0]]:
            row = int(self.model.first_row[places[0]])
            return Side(postage, self.model.rows.unit[:, row], self.model.rows.line[:, row])
        per_unit = known.per_unit[list(places)].min(axis=0)
        unit = np.where(per_unit >= INFINITE, 0, per_unit)
        return Side(postage, unit, np.zeros_like(unit))

    def _make_side_with_rest(self, places: tuple[int, ...]) -> Side:
        """Let places ship as little as they like of their side, and leave out the others."""
        known = self.model.places
        unit, postage = self.left_out, 0
        if places:
            postage = int(known.value[list(places), 0].sum())
            unit = np.minimum(unit, known.per_unit[list(places)].min(axis=0))
        unit = np.where(unit >= INFINITE, 0, unit)
        return Side(np.full_like(self._weights.least_ug, postage), unit, np.zeros_like(unit))

    def _amounts(
        self, one: Side, other: Side, task: Division
    ) -> tuple[Int64, list[tuple[int, Int64]]]:
        """Return the least amounts by weight above the cuboid's low, and how they came about."""
        fixed = 0
        least = np.zeros(1, dtype=np.int64)
        steps: list[tuple[int, Int64]] = []
        for atom in np.flatnonzero(task.demand).tolist():
            options = _options(atom, one, other, task)
            self.budget.check()
            if len(options) == 1:
                fixed += options[0]
                continue
            steps.append((atom, least))
            weight = int(self._weights.cells[atom])
            grown = np.full(least.size + weight * (len(options) - 1), INFINITE, dtype=np.int64)
            np.add(least, options[0], out=grown[: least.size])
            for number, amount in enumerate(options[1:], start=1):
                part = grown[number * weight : number * weight + least.size]
                np.minimum(part, least + amount, out=part)
            least = grown
        return np.minimum(least + fixed, INFINITE), steps

    def _trace(
        self,
        steps: list[tuple[int, Int64]],
        one: Side,
        other: Side,
        task: Division,
        pick: int,
    ) -> Int64:
        vector = task.cuboid.low.copy()
        for atom, before in reversed(steps):
            weight = int(self._weights.cells[atom])
            worth = [
                int(before[pick - number * weight]) + amount
                if 0 <= pick - number * weight < before.size
                else 2 * INFINITE
                for number, amount in enumerate(_options(atom, one, other, task))
            ]
            number = worth.index(min(worth))
            vector[atom] += number
            pick -= number * weight
        return vector


def _options(atom: int, one: Side, other: Side, task: Division) -> list[int]:
    """Return the amounts of giving the first side its least units of an atom, or more."""
    options = []
    for units in range(int(task.cuboid.low[atom]), int(task.cuboid.high[atom]) + 1):
        rest = int(task.demand[atom]) - units
        amount = int(one.unit[atom]) * units + int(other.unit[atom]) * rest
        amount += int(one.line[atom]) * (units > 0) + int(other.line[atom]) * (rest > 0)
        options.append(amount)
    return options
