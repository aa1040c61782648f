"""What parcels cost at least by their total weight and volume, the cost per parcel included.

Contents as a fluid that can be cut anywhere: the cheapest steps whose limits add up to it. The
cost of every parcel besides the carrier's price is added to each step first, which makes a
bound that heavy shipments often attain. One parcel has a known price; so what matters most is
what two or more cost at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.fluid_steps import Steps, fluid_steps, undominated_sums
from routing.rating.tariff import Tariff, parcel_price_minor

Int64 = NDArray[np.int64]

_STEPS_AT_A_TIME = 24
"""Tables are cut to a multiple of it, so that orders of like weight share them."""


@dataclass(frozen=True, slots=True, eq=False)
class Postage:
    """What parcels of one tariff cost with a fee on each of them.

    Attributes
    ----------
    tariff
        The price steps; they need not grow with weight.
    fee_minor
        Added to every parcel, 0 or more.
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
        return np.maximum(self._at(self._steps(), weight_ug, 1), self.least)

    def several(self, weight_ug: Int64, volume_nl: Int64) -> Int64:
        """Return a cost that no two or more parcels of each total undercut.

        Parameters
        ----------
        weight_ug, volume_nl
            int64, the same shape, 0 or more.
        """
        bound = np.maximum(
            self._at(self._steps_of_two(), self.billed_ug(weight_ug, volume_nl), 2),
            2 * self.least,
        )
        rule = self.tariff.dimensional
        most_nl = int(volume_nl.max(initial=0))
        if rule is None or rule.threshold_nl == 0 or most_nl <= 2 * rule.threshold_nl:
            return bound
        capacity, cost = _volume_steps(self.tariff, self.fee_minor, self._number(most_nl))
        step = np.searchsorted(capacity, volume_nl, side="left")
        return np.maximum(bound, cost[np.minimum(step, capacity.size - 1)])

    def single(self, weight_ug: Int64, volume_nl: Int64) -> Int64:
        """Return what one parcel of each content costs; `NO_PRICE` or more if there is none."""
        return parcel_price_minor(self.tariff, weight_ug, volume_nl) + self.fee_minor

    def steps_ug(self) -> Int64:
        """Return the weights at which the bound steps up."""
        return self._steps()[0]

    def billed_ug(self, weight_ug: Int64, volume_nl: Int64) -> Int64:
        """Return a weight that the billable weights of any division add up to at least.

        Volume counts where every parcel has a dimensional weight, however small it is.
        """
        rule = self.tariff.dimensional
        if rule is None or rule.threshold_nl > 0:
            return weight_ug
        return np.maximum(weight_ug, rule.weight_ug(volume_nl))

    def _at(self, steps: Steps, weight_ug: Int64, fewest: int) -> Int64:
        """Read steps; what is heavier than all of them has a weaker bound."""
        capacity, cost = steps
        step = np.searchsorted(capacity, weight_ug, side="left")
        bound = cost[np.minimum(step, capacity.size - 1)]
        if int(weight_ug.max(initial=0)) > int(capacity[-1]):
            parcels = np.maximum(fewest, -(-weight_ug // self.tariff.max_weight_ug))
            plain = fluid_bound_minor(self.tariff, weight_ug) + self.fee_minor * parcels
            bound = np.maximum(bound, plain)
        return bound

    def _steps(self) -> Steps:
        return _weight_steps(self.tariff, self.fee_minor, self._needed)

    def _steps_of_two(self) -> Steps:
        return _two_or_more(self.tariff, self.fee_minor, self._needed)

    @property
    def _needed(self) -> int:
        return self._rounded(int(np.searchsorted(self.tariff.limit_ug, self.heaviest_ug)) + 1)

    def _number(self, volume_nl: int) -> int:
        """Return how many price steps a parcel of so much volume may need."""
        rule = self.tariff.dimensional
        billed = 0 if rule is None else rule.weight_of_one_ug(volume_nl)
        return self._rounded(int(np.searchsorted(self.tariff.limit_ug, billed)) + 1)

    def _rounded(self, number: int) -> int:
        return min(self.tariff.limit_ug.size, -(-number // _STEPS_AT_A_TIME) * _STEPS_AT_A_TIME)


def _prices(tariff: Tariff, fee_minor: int, number: int) -> Int64:
    """Return the least cost of a parcel in each of the first steps or above."""
    cheapest_above = np.minimum.accumulate(tariff.price_minor[::-1])[::-1]
    prices: Int64 = cheapest_above[:number] + fee_minor
    return prices


@lru_cache(maxsize=1_024)
def _weight_steps(tariff: Tariff, fee_minor: int, number: int) -> Steps:
    """Return the cheapest parcels by weight, of the first price steps."""
    return fluid_steps(tariff.limit_ug[:number], _prices(tariff, fee_minor, number))


@lru_cache(maxsize=1_024)
def _two_or_more(tariff: Tariff, fee_minor: int, number: int) -> Steps:
    """Return the cheapest two or more parcels by weight, of the first price steps."""
    capacity, cost = _weight_steps(tariff, fee_minor, number)
    one = tariff.limit_ug[:number], _prices(tariff, fee_minor, number)
    others = capacity[capacity > 0], cost[capacity > 0]
    return undominated_sums(one, others, int(capacity[-1]))


@lru_cache(maxsize=1_024)
def _volume_steps(tariff: Tariff, fee_minor: int, number: int) -> Steps:
    """Return the cheapest parcels by volume: small ones by weight alone, others by volume."""
    rule = tariff.dimensional
    if rule is None:
        raise ValueError("a tariff without dimensional weight has no price by volume")
    ratio = rule.ug_per_nl
    prices = _prices(tariff, fee_minor, number)
    held_nl = [
        max(rule.threshold_nl, limit * ratio.denominator // ratio.numerator)
        for limit in tariff.limit_ug[:number].tolist()
    ]
    limit_nl, first = np.unique(np.array(held_nl, dtype=np.int64), return_index=True)
    return fluid_steps(limit_nl, prices[first])
