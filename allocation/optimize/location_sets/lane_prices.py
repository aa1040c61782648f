"""Lower bounds of shipments on lanes by weight alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.contents import AtomContents
from allocation.optimize.location_sets.scalars import INFINITE, Scalars
from routing.parcels.postage import Postage
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]

_MOST_BREAKS = 400


@dataclass(frozen=True, slots=True, eq=False)
class LanePrices:
    """Lower bounds of shipments on lanes by weight alone."""

    problem: SourcingProblem
    scalars: Scalars
    contents: AtomContents
    demand: Int64
    useful: NDArray[np.intp]

    @property
    def _heaviest_ug(self) -> int:
        return int(self.contents.weight_ug @ self.demand)

    def _keys(self) -> tuple[list[tuple[int, int]], NDArray[np.intp]]:
        """Return the distinct (tariff, per-parcel cost), and which of them each lane has."""
        lanes = self.problem.lanes
        known: dict[tuple[int, int], int] = {}
        number = [
            known.setdefault((int(lanes.tariff[lane]), int(lanes.parcel_minor[lane])), len(known))
            for lane in self.useful
        ]
        return list(known), np.array(number, dtype=np.intp)

    def _postage(self) -> list[Postage]:
        tariffs = self.problem.lanes.tariffs
        return [Postage(tariffs[key], fee, self._heaviest_ug) for key, fee in self._keys()[0]]

    def at(self, weight_ug: Int64) -> Int64:
        """Return int64 ``[j', t]``: least scalar of a shipment of each weight."""
        return self._scalars([postage.bound(weight_ug) for postage in self._postage()], weight_ug)

    def single(self, weight_ug: Int64) -> Int64:
        """Return int64 ``[j', t]``: scalar of a shipment of each weight in a single parcel."""
        flat = np.zeros_like(weight_ug)
        return self._scalars([each.single(weight_ug, flat) for each in self._postage()], weight_ug)

    def _scalars(self, by_key: list[Int64], weight_ug: Int64) -> Int64:
        always_shared = bool(self.contents.shared[self.demand > 0].all())
        _, number = self._keys()
        parcels = np.empty((len(by_key), weight_ug.size), dtype=np.int64)
        for row, cost in enumerate(by_key):
            usual = cost if always_shared else np.where(weight_ug > 0, cost, 0)
            parcels[row] = np.where(usual < NO_PRICE, usual * self.scalars.cost_weight, INFINITE)
        shipment = self.scalars.shipment[self.useful]
        least: Int64 = np.minimum(parcels[number] + shipment[:, None], INFINITE)
        return least

    def breaks(self) -> Int64:
        """Return the weights at which some bound steps up, not too many of them."""
        heaviest = self._heaviest_ug
        steps = [postage.steps_ug() for postage in self._postage()]
        known = np.unique(np.concatenate([np.zeros(1, dtype=np.int64), *steps]))
        known = known[known < heaviest]
        # Fewer breaks make wider steps at their lower ends, which only lowers the bounds.
        thinned = known[:: max(1, -(-known.size // _MOST_BREAKS))]
        return np.append(thinned, heaviest)
