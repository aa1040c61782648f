"""Prices by weight, and the locations that they leave in the running.

Before any linear programme: a price per unit that is the least amount of the unit plus its
weight times one rate. The best rate gives a bound close to that of the price curves alone,
and its reduced costs bar most locations from plans with many shipments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.columns.duals import Bound, certify
from allocation.optimize.columns.model import Model
from allocation.optimize.columns.pairs import Few
from allocation.optimize.columns.scalars import INFINITE

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_RATES = 48
_ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Narrowed:
    """What is left of a model for plans with many shipments.

    Attributes
    ----------
    model
        With the places that may still be used.
    places
        intp ``[l']``: their numbers in the model narrowed.
    few
        Bounds of `model` by weight.
    proof
        Prices that bar the others.
    """

    model: Model
    places: NDArray[np.intp]
    few: Few
    proof: Bound

    def by(self, proof: Bound, at_least: int, at_most: int, below: int) -> Narrowed:
        """Leave out the places from which no plan is below a scalar, given a proof."""
        keep = np.flatnonzero(proof.of_plans_from_each(at_least, at_most) < below)
        model = self.model.only(keep)
        few = Few(model, self.few.must, self.few.left_out)
        kept = Bound(proof.alpha, proof.reduced[keep], proof.base)
        return Narrowed(model, self.places[keep], few, kept)


def narrow(few: Few, at_least: int, at_most: int, below: int) -> Narrowed:
    """Leave out places by weight prices, again and again, until none goes any more.

    Parameters
    ----------
    at_least, at_most
        Numbers of shipments of the plans looked for.
    below
        Scalar that the plans looked for are under, further-shipment cost of each counted.
    """
    model = few.model
    below -= model.scalars.first_is_free
    every = np.arange(len(model.places))
    found = Narrowed(model, every, few, _proof(few, at_least, at_most))
    for _ in range(_ROUNDS):
        less = found.by(found.proof, at_least, at_most, below)
        if less.places.size in {0, found.places.size}:
            return less
        found = Narrowed(less.model, less.places, less.few, _proof(less.few, at_least, at_most))
    return found


def weight_prices(few: Few, at_least: int, at_most: int) -> Float64:
    """Return float64 ``[a]``: the best prices of the form least amount + rate * weight."""
    model = few.model
    places, weight_ug = model.places, model.contents.weight_ug
    per_unit = np.minimum(places.per_unit.min(axis=0), few.left_out)
    amounts = np.where(per_unit >= INFINITE, 0, per_unit).astype(np.float64)
    total = float(few.weight_ug)
    if total <= 0:
        return amounts
    most = np.minimum(places.cap, model.demand) @ weight_ug
    weight = np.minimum(places.break_ug, most[:, None]).astype(np.float64)
    # A location ships a break of its curve or, below one, the most it has.
    step = np.searchsorted(places.break_ug, most)
    value = np.minimum(places.value, places.value[np.arange(len(places)), step][:, None])
    value = np.where(places.break_ug <= most[:, None], places.value, value)
    steepest = 2 * float((places.value[:, -1].min() - min(0, int(places.value.min()))) / total)
    best, best_rate = -np.inf, 0.0
    for rate in np.linspace(0.0, steepest, _RATES).tolist():
        reduced = np.sort((value - rate * weight).min(axis=1))
        further = reduced[at_least:at_most]
        bound = rate * total + reduced[:at_least].sum() + further[further < 0].sum()
        if bound > best:
            best, best_rate = float(bound), rate
    return amounts + best_rate * weight_ug


def _proof(few: Few, at_least: int, at_most: int) -> Bound:
    return certify(few.model, weight_prices(few, at_least, at_most), few.left_out)
