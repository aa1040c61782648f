"""Divide a demand over two places by weight: exact where weight alone decides the postage.

With parcels priced by weight and amounts linear in units, a division is worth what its
weight at the first place says, plus the least amounts of any division with that weight:
one recursion over atoms on the exact weights, in units of their common divisor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.columns.box import Box
from allocation.optimize.columns.model import Model
from allocation.optimize.columns.scalars import INFINITE

Int64 = NDArray[np.int64]

_MOST_WEIGHTS = 60_000


@dataclass(slots=True, eq=False)
class WeightMatch:
    """Matches pairs of places of a model by weight.

    Attributes
    ----------
    possible
        Whether the model's weights have few enough multiples, and nothing but weight
        decides what parcels cost.
    """

    model: Model
    possible: bool = field(init=False)
    _unit_ug: int = field(init=False)
    _step: Int64 = field(init=False)
    _unit: Int64 = field(init=False)
    _line: Int64 = field(init=False)
    _fine: dict[int, Int64] = field(default_factory=dict)

    def __post_init__(self) -> None:
        contents, demand = self.model.contents, self.model.demand
        weights = contents.weight_ug[demand > 0]
        self._unit_ug = max(1, gcd(*weights.tolist())) if weights.size else 1
        number = int(weights @ demand[demand > 0]) // self._unit_ug + 1
        self.possible = number <= _MOST_WEIGHTS and self._weight_decides()
        first = self.model.first_row
        self._unit = self.model.rows.unit[:, first].T
        self._line = self.model.rows.line[:, first].T
        if self.possible:
            every = np.arange(number, dtype=np.int64) * self._unit_ug
            self._step = np.searchsorted(self.model.places.break_ug, every)

    def _weight_decides(self) -> bool:
        model = self.model
        limits, contents, demand = model.problem.limits, model.contents, model.demand
        places = model.places.location
        return (
            not model.shared_items
            and bool(contents.shared[demand > 0].all())
            and not (contents.volume_nl @ demand)
            and not limits.min_shipment_units
            and not limits.min_shipment_minor
            and bool((limits.location_units[places] >= contents.units @ demand).all())
            and bool((limits.location_lines[places] >= contents.lines.sum()).all())
        )

    def best(
        self, first: int, last: int, demand: Int64, box: Box, below: int
    ) -> tuple[int, Int64] | None:
        """Return (scalar, vector of the first) of the best division; ``None`` if not `below`.

        Parameters
        ----------
        box
            What the first place may take; the last can take the rest of each vector.
        """
        weight_ug = self.model.contents.weight_ug
        least, steps = self._amounts(first, last, demand, box)
        base = int(box.low @ weight_ug) // self._unit_ug
        everything = int(demand @ weight_ug) // self._unit_ug
        here = slice(base, base + least.size)
        there = slice(everything - base - least.size + 1, everything - base + 1)
        total = least + self._postage(first)[here] + self._postage(last)[there][::-1]
        if not box.low.any():
            total[0] = INFINITE
        if not (demand > box.high).any():
            total[-1] = INFINITE
        pick = int(np.argmin(total))
        if total[pick] >= below:
            return None
        return int(total[pick]), self._trace(steps, first, last, demand, box, pick)

    def _postage(self, place: int) -> Int64:
        """Return the price curve of a place at every weight."""
        if place not in self._fine:
            self._fine[place] = self.model.places.value[place][self._step]
        return self._fine[place]

    def _options(self, atom: int, first: int, last: int, demand: Int64, box: Box) -> list[int]:
        """Return the amounts of giving the first place its least units of an atom, or more."""
        unit, line = self._unit, self._line
        options = []
        for units in range(int(box.low[atom]), int(box.high[atom]) + 1):
            rest = int(demand[atom]) - units
            amount = int(unit[first, atom]) * units + int(unit[last, atom]) * rest
            amount += int(line[first, atom]) * (units > 0) + int(line[last, atom]) * (rest > 0)
            options.append(amount)
        return options

    def _amounts(
        self, first: int, last: int, demand: Int64, box: Box
    ) -> tuple[Int64, list[tuple[int, Int64]]]:
        """Return the least amounts by weight above the box's low, and how they came about."""
        fixed = 0
        least = np.zeros(1, dtype=np.int64)
        steps: list[tuple[int, Int64]] = []
        for atom in np.flatnonzero(demand).tolist():
            options = self._options(atom, first, last, demand, box)
            if len(options) == 1:
                fixed += options[0]
                continue
            steps.append((atom, least))
            weight = int(self.model.contents.weight_ug[atom]) // self._unit_ug
            grown = np.full(least.size + weight * (len(options) - 1), INFINITE, dtype=np.int64)
            grown[: least.size] = least + options[0]
            for number, amount in enumerate(options[1:], start=1):
                part = grown[number * weight : number * weight + least.size]
                np.minimum(part, least + amount, out=part)
            least = np.minimum(grown, INFINITE)
        return least + fixed, steps

    def _trace(
        self,
        steps: list[tuple[int, Int64]],
        first: int,
        last: int,
        demand: Int64,
        box: Box,
        pick: int,
    ) -> Int64:
        vector = box.low.copy()
        for atom, before in reversed(steps):
            options = self._options(atom, first, last, demand, box)
            weight = int(self.model.contents.weight_ug[atom]) // self._unit_ug
            worth = [
                int(before[pick - number * weight]) + amount
                if 0 <= pick - number * weight < before.size
                else 2 * INFINITE
                for number, amount in enumerate(options)
            ]
            number = worth.index(min(worth))
            vector[atom] += number
            pick -= number * weight
        return vector
