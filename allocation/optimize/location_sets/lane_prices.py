"""Lower bounds of shipments on lanes by weight alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.location_sets.contents import AtomContents
from allocation.optimize.location_sets.scalars import INFINITE, Scalars
from routing.parcels.postage import Postage
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]

_MOST_BREAKS = 400


@dataclass(slots=True, eq=False)
class LanePrices:
    """Lower bounds of shipments on lanes by weight alone.

    Attributes
    ----------
    useful
        intp ``[j']``: the lanes.
    """

    problem: SourcingProblem
    scalars: Scalars
    contents: AtomContents
    demand: Int64
    useful: NDArray[np.intp]
    budget: Budget
    _postage: list[Postage] = field(init=False)
    _number: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        """Find the distinct pairs of tariff and cost per parcel, and which each lane has."""
        lanes = self.problem.lanes
        known: dict[tuple[int, int], int] = {}
        here = lanes.tariff[self.useful].tolist(), lanes.parcel_minor[self.useful].tolist()
        number = [known.setdefault(key, len(known)) for key in zip(*here, strict=True)]
        heaviest_ug = int(self.contents.weight_ug @ self.demand)
        self._postage = [Postage(lanes.tariffs[key], fee, heaviest_ug) for key, fee in known]
        self._number = np.array(number, dtype=np.intp)

    def at(self, weight_ug: Int64) -> Int64:
        """Return int64 ``[j', t]``: least scalar of a shipment of each weight."""
        return self._scalars([postage.bound(weight_ug) for postage in self._postage], weight_ug)

    def single(self, weight_ug: Int64) -> Int64:
        """Return int64 ``[j', t]``: scalar of a shipment of each weight in a single parcel."""
        flat = np.zeros_like(weight_ug)
        return self._scalars([each.single(weight_ug, flat) for each in self._postage], weight_ug)

    def _scalars(self, by_key: list[Int64], weight_ug: Int64) -> Int64:
        always_shared = bool(self.contents.shared[self.demand > 0].all())
        parcels = np.empty((len(by_key), weight_ug.size), dtype=np.int64)
        for row, cost in enumerate(by_key):
            usual = cost if always_shared else np.where(weight_ug > 0, cost, 0)
            parcels[row] = np.where(usual < NO_PRICE, usual * self.scalars.cost_weight, INFINITE)
        shipment = self.scalars.shipment[self.useful]
        least: Int64 = np.minimum(parcels[self._number] + shipment[:, None], INFINITE)
        return least

    def breaks(self) -> Int64:
        """Return the weights at which some bound steps up, not too many of them."""
        heaviest = int(self.contents.weight_ug @ self.demand)
        steps = [np.zeros(1, dtype=np.int64)]
        for postage in self._postage:
            # A tariff that is met for the first time takes milliseconds.
            self.budget.check()
            steps.append(postage.steps_ug())
        known = np.unique(np.concatenate(steps))
        known = known[known < heaviest]
        # Fewer breaks make wider steps at their lower ends, which only lowers the bounds.
        thinned = known[:: max(1, -(-known.size // _MOST_BREAKS))]
        return np.append(thinned, heaviest)
