"""Bounds on the parcels of a shipment that know the cost per parcel.

The fluid bound of a tariff (see `routing.rating.fluid_bound`) does not know what every
parcel costs besides the carrier. Adding that to every step first gives a bound that heavy
shipments often attain, which is what makes them provable.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.fluid_steps import Steps, fluid_steps
from routing.rating.tariff import Tariff, parcel_price_minor

Int64 = NDArray[np.int64]

_STEPS_AT_A_TIME = 24
"""Tables are cut to a multiple of it, so that orders of like weight share them."""


@lru_cache(maxsize=1_024)
def _steps(tariff: Tariff, fee_minor: int, number: int) -> Steps:
    """Return the fluid bound of the first steps of a tariff with a fee on every parcel."""
    cheapest_above = np.minimum.accumulate(tariff.price_minor[::-1])[::-1]
    return fluid_steps(tariff.limit_ug[:number], cheapest_above[:number] + fee_minor)


@dataclass(frozen=True, slots=True, eq=False)
class Postage:
    """What parcels of one tariff cost with a fee on each of them.

    Attributes
    ----------
    heaviest_ug
        No content of interest is billed for more, except at a weaker bound.
    """

    tariff: Tariff
    fee_minor: int
    heaviest_ug: int

    @property
    def least(self) -> int:
        """Cost of the cheapest parcel."""
        return int(self.tariff.price_minor.min()) + self.fee_minor

    def bound(self, weight_ug: Int64) -> Int64:
        """Return a cost that no parcels of each total weight undercut; at least one parcel.

        Parameters
        ----------
        weight_ug
            int64, any shape, 0 or more.
        """
        capacity, cost = self._table()
        step = np.searchsorted(capacity, weight_ug, side="left")
        bound = cost[np.minimum(step, capacity.size - 1)]
        if int(weight_ug.max(initial=0)) > int(capacity[-1]):
            fewest = np.maximum(1, -(-weight_ug // self.tariff.max_weight_ug))
            plain = fluid_bound_minor(self.tariff, weight_ug) + self.fee_minor * fewest
            bound = np.maximum(bound, plain)
        return np.maximum(bound, self.least)

    def single(self, weight_ug: Int64) -> Int64:
        """Return what one parcel of each weight costs; `NO_PRICE` or more if there is none."""
        return parcel_price_minor(self.tariff, weight_ug, np.zeros_like(weight_ug)) + self.fee_minor

    def steps_ug(self) -> Int64:
        """Return the weights at which the bound steps up."""
        return self._table()[0]

    def _table(self) -> Steps:
        limits = self.tariff.limit_ug
        needed = int(np.searchsorted(limits, self.heaviest_ug)) + 1
        number = min(limits.size, -(-needed // _STEPS_AT_A_TIME) * _STEPS_AT_A_TIME)
        return _steps(self.tariff, self.fee_minor, number)

    def billed_ug(self, weight_ug: Int64, volume_nl: Int64) -> Int64:
        """Return a weight that the billable weights of any division add up to at least.

        Volume counts where every parcel has a dimensional weight, however small it is.
        """
        rule = self.tariff.dimensional
        if rule is None or rule.threshold_nl > 0:
            return weight_ug
        ratio = rule.ug_per_nl
        return np.maximum(weight_ug, volume_nl * ratio.numerator // ratio.denominator)
