"""What parcels in packagings cost at least, by weight and by volume of the contents.

As the fluid bound of a plain tariff, but apart for two or more parcels: a single parcel is
priced exactly, so what matters is whether any division could still beat it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.rating.fluid_steps import Steps, fluid_steps, undominated_sums
from routing.rating.packaging import NO_CARTON, Packaging
from routing.rating.prices import NO_PRICE

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class AmountBound:
    """Least prices by one amount, weight or volume, as steps.

    Attributes
    ----------
    most
        Greatest amount of one parcel.
    any_number, several
        For any number of parcels, and for two or more.
    """

    most: int
    any_number: Steps
    several: Steps

    @classmethod
    def of(cls, limits: Int64, prices: Int64) -> AmountBound:
        """Build it from the steps of one parcel; limits strictly increasing."""
        fluid = fluid_steps(limits, prices)
        # Every point but the first, which is nothing at all, is at least one parcel. Where
        # parcels cost nothing, there is only one point.
        further = fluid if fluid[0].size == 1 else (fluid[0][1:], fluid[1][1:])
        above = np.minimum.accumulate(prices[::-1])[::-1]
        several = undominated_sums((limits, above), further, 2 * int(limits[-1]))
        return cls(int(limits[-1]), fluid, several)

    def at_least(self, amount: Int64, *, several: bool) -> Int64:
        """Return a price that no parcels of each total undercut; weak above the last step."""
        limits, prices = self.several if several else self.any_number
        step = np.minimum(np.searchsorted(limits, amount, side="left"), limits.size - 1)
        return prices[step]


@dataclass(frozen=True, slots=True, eq=False)
class PackagedBound:
    """Bounds for everything that may share parcels of one tariff.

    Attributes
    ----------
    least_minor
        Price of the cheapest parcel.
    weight
        By weight of the contents.
    volume
        By their volume; ``None`` where some packaging has no limit of it.
    """

    least_minor: int
    weight: AmountBound
    volume: AmountBound | None

    def at_least(
        self, weight_ug: Int64, solid_nl: Int64, parcel_minor: int, *, several: bool
    ) -> Int64:
        """Return a cost that no parcels of each content undercut; at least one, or two.

        Parameters
        ----------
        weight_ug, solid_nl
            int64 ``[s]``: total weight, and volume rounded down.
        parcel_minor
            Added to every parcel, 0 or more.
        several
            Whether only divisions into two or more parcels are bounded.
        """
        fewest = np.maximum(2 if several else 1, -(-weight_ug // self.weight.most))
        least = self.weight.at_least(weight_ug, several=several)
        if self.volume is not None:
            fewest = np.maximum(fewest, -(-solid_nl // self.volume.most))
            least = np.maximum(least, self.volume.at_least(solid_nl, several=several))
        least = np.maximum(least, fewest * self.least_minor)
        bound: Int64 = np.minimum(least + fewest * parcel_minor, NO_PRICE)
        return bound


def packaged_bound(packagings: Sequence[Packaging], weight: Steps) -> PackagedBound | None:
    """Return the bounds of some packagings; ``None`` if none takes shared contents.

    Parameters
    ----------
    weight
        Limits and least prices of one parcel by weight of the contents.
    """
    shared = [each for each in packagings if not each.alone_only]
    if not shared:
        return None
    least = min(int(each.price_minor.min()) for each in shared)
    return PackagedBound(least, AmountBound.of(*weight), _by_volume(shared))


def _by_volume(shared: Sequence[Packaging]) -> AmountBound | None:
    if any(each.carton == NO_CARTON for each in shared):
        return None
    least: dict[int, int] = {}
    for each in shared:
        # Volumes were rounded down; one more nanolitre keeps the bound on the safe side.
        room = min(each.inner_nl + 1, each.max_volume_nl)
        price = int(each.price_minor.min())
        least[room] = min(price, least.get(room, price))
    limits = np.array(sorted(least), dtype=np.int64)
    return AmountBound.of(limits, np.array([least[room] for room in limits.tolist()]))
