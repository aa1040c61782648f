"""What a parcel costs from each location on the cheapest of its lanes, by weight step.

Worked out once for all usual orders to an area: where a location may ship a line on all of
its lanes or on none, no order needs to look at the others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.rate_table import RateTable, rate_table
from routing.quick import quick
from routing.rating.dimensional import DimensionalRule
from routing.rating.tariff import NO_PRICE, Tariff
from routing.sourcing.problem import NO_LIMIT, Lanes
from routing.sourcing.usual.lines import MOST_LINES

Int64 = NDArray[np.int64]
Step = int | tuple[int, ...]
"""Number of a weight step; or of one for weight and one for each rule that weighs volume."""

ROWS_KEPT: Final = 8
"""Steps that are remembered of an area, at 12 bytes a location: most orders weigh no more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights of the last digits of a scalar: cost, shipments, then location indices.

    Attributes
    ----------
    cost
        Of a minor unit of landed cost.
    shipment
        Of a shipment; a location index counts as it is.
    """

    cost: int
    shipment: int


def scale_of(locations: int) -> Scale:
    """Return the scale for as many lines as a usual order can have; see `scalar.scalarize`."""
    shipment = MOST_LINES * locations + 1
    return Scale(shipment * (MOST_LINES + 1), shipment)


@quick
@dataclass(frozen=True, slots=True, eq=False)
class PriceRow:
    """Prices of one weight step.

    Attributes
    ----------
    scalar
        int64 ``[l]``: least price of a parcel on a location's lanes, times `Scale.cost`.
    lane
        int32 ``[l]``: the first lane at that price.
    values
        The scalars once more: looked at one by one, they come sooner from here.
    """

    scalar: Int64
    lane: NDArray[np.int32]
    values: Sequence[int]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class BulkRule:
    """How volume becomes weight on some tariffs, for every volume.

    Attributes
    ----------
    most_ug
        Up to this billable weight one parcel is proven cheapest on all of them; see
        `LocationPrices.one_parcel_is_cheapest`.
    """

    rule: DimensionalRule
    most_ug: int


@dataclass(frozen=True, slots=True, eq=False)
class LocationPrices:
    """Prices of all lanes, by location.

    Attributes
    ----------
    rates
        Of the lanes' tariffs.
    limit_ug
        Greatest weight of each step.
    tariff
        int32 ``[j]``.
    first
        intp ``[l]``: first lane of each location.
    most_ug, most_nl
        Up to both, one parcel is proven cheapest where volume is not weighed.
    bulk
        Rules of the tariffs that weigh every volume.
    kind
        intp ``[j]``: 1 and up for those rules, 0 for a lane that has none.
    floor
        Of each step: no parcel of its weight or more has a price with a smaller scalar.
    dearest_minor
        No price is greater.
    scale
        Of the scalars.
    """

    rates: RateTable
    limit_ug: list[int]
    tariff: NDArray[np.int32]
    first: NDArray[np.intp]
    most_ug: int
    most_nl: int
    bulk: tuple[BulkRule, ...]
    kind: NDArray[np.intp]
    floor: list[int]
    dearest_minor: int
    scale: Scale
    _rows: dict[Step, PriceRow] = field(init=False, default_factory=dict, repr=False)

    def one_parcel_is_cheapest(self, weight_ug: int, volume_nl: int) -> bool:
        """Whether no lane is cheaper in several parcels for any part of such contents.

        Where every volume is weighed, parcels' billable weights add up to no less than that of
        all in one, as rounding up each never adds up to less. Made smaller until they add up to
        just that, they cost no more, since prices do not fall up to `BulkRule.most_ug`; and
        then one parcel costs no more than they do, up to the same weight.
        """
        if weight_ug > self.most_ug or volume_nl > self.most_nl:
            return False
        for each in self.bulk if volume_nl else ():
            if max(weight_ug, each.rule.weight_of_one_ug(volume_nl)) > each.most_ug:
                return False
        return True

    def step(self, weight_ug: int, volume_nl: int) -> Step:
        """Return which row has the prices of contents: a step, or one for each rule as well."""
        step = bisect_left(self.limit_ug, weight_ug)
        if not volume_nl or not self.bulk:
            return step
        billable = [max(weight_ug, each.rule.weight_of_one_ug(volume_nl)) for each in self.bulk]
        steps = [bisect_left(self.limit_ug, each) for each in billable]
        return step if steps.count(step) == len(steps) else (step, *steps)

    def row(self, step: Step) -> PriceRow | None:
        """Return the prices of a step; ``None`` where a lane has none."""
        found = self._rows.get(step)
        if found is None:
            found = self._make_row(step)
            if found is not None and len(self._rows) < ROWS_KEPT:
                self._rows[step] = found
        return found

    def _make_row(self, step: Step) -> PriceRow | None:
        of_lane = step if isinstance(step, int) else np.array(step, dtype=np.intp)[self.kind]
        price = self.rates.price[of_lane, self.tariff]
        if price.max() >= NO_PRICE:
            return None
        least = np.minimum.reduceat(price, self.first)
        sizes = np.diff(self.first, append=price.size)
        cheapest = np.flatnonzero(price == np.repeat(least, sizes))
        lane = cheapest[np.searchsorted(cheapest, self.first)].astype(np.int32)
        scalar = least * self.scale.cost
        return PriceRow(scalar, lane, scalar.data)


def make_location_prices(lanes: Lanes, first: NDArray[np.intp]) -> LocationPrices:
    """Prepare the prices of lanes.

    Parameters
    ----------
    first
        intp ``[l]``: first lane of each location.
    """
    rates, scale = rate_table(lanes.tariffs), scale_of(first.size)
    used = np.unique(lanes.tariff).tolist()
    tariffs = [lanes.tariffs[number] for number in used]
    bulk = _bulk_rules(tariffs)
    number = {each.rule: at for at, each in enumerate(bulk, start=1)}
    kind = np.zeros(len(lanes.tariffs), dtype=np.intp)
    kind[used] = [number.get(each.dimensional, 0) for each in tariffs]
    prices = rates.price[:, used]
    floor = np.minimum.accumulate(prices.min(axis=1)[::-1])[::-1]
    return LocationPrices(
        rates=rates,
        limit_ug=rates.limit_ug.tolist(),
        tariff=lanes.tariff,
        first=first,
        most_ug=min(min(each.subadditive_below_ug, each.max_weight_ug) for each in tariffs),
        most_nl=min(
            (
                each.dimensional.threshold_nl
                for each in tariffs
                if each.dimensional is not None and each.dimensional not in number
            ),
            default=NO_LIMIT,
        ),
        bulk=bulk,
        kind=kind[lanes.tariff],
        floor=[scale.cost * each for each in floor.tolist()],
        dearest_minor=int(prices[prices < NO_PRICE].max(initial=0)),
        scale=scale,
    )


def _bulk_rules(tariffs: Sequence[Tariff]) -> tuple[BulkRule, ...]:
    """Return the rules of tariffs that weigh every volume, with what holds for all of these."""
    most: dict[DimensionalRule, int] = {}
    for each in tariffs:
        if each.dimensional is not None and each.dimensional.threshold_nl == 0:
            own = min(each.subadditive_below_ug, each.max_weight_ug, _rises_until_ug(each))
            most[each.dimensional] = min(own, most.get(each.dimensional, own))
    return tuple(BulkRule(rule, most_ug) for rule, most_ug in most.items())


def _rises_until_ug(tariff: Tariff) -> int:
    """Return the greatest weight up to which prices never fall."""
    falls = np.flatnonzero(np.diff(tariff.price_minor) < 0)
    return int(tariff.limit_ug[falls[0] if falls.size else -1])
