"""The price steps of one rate zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from routing.errors import Violation
from routing.rating.zones import RateZone

MOST_WEIGHT_UG: Final = 10**15
"""A thousand tonnes: beyond any parcel, and sums of many stay within 64 bits."""

MOST_PRICE_MINOR: Final = 10**12


@dataclass(frozen=True, slots=True, order=True)
class RateStep:
    """Price of one parcel up to and including a billable weight.

    Attributes
    ----------
    max_weight_ug
        Greatest billable weight of the step, 1 to 10**15.
    price_minor
        Base price in minor currency units, 0 to 10**12.
    """

    max_weight_ug: int
    price_minor: int


@dataclass(frozen=True, slots=True, order=True)
class CartonRate:
    """Flat price of a carrier's own box, whatever it weighs up to a limit.

    Attributes
    ----------
    code
        The carrier's name of the box; `routing.carton.Carton.rate_code` refers to it.
    max_weight_ug
        Greatest actual weight of the whole parcel, 1 to 10**15.
    price_minor
        Base price in minor currency units, 0 to 10**12.
    """

    code: str
    max_weight_ug: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class ZoneRates:
    """All steps of one rate zone, lightest first. `RateCard` checks them.

    Attributes
    ----------
    zone
        The rate zone, 0 or more.
    steps
        Limits strictly increasing, prices never decreasing. Empty only where there are
        `cartons`: then only those boxes are taken.
    cartons
        Flat prices of the carrier's own boxes, each code once.
    """

    zone: RateZone
    steps: tuple[RateStep, ...]
    cartons: tuple[CartonRate, ...] = ()

    @property
    def max_weight_ug(self) -> int:
        """Greatest weight that has a price; 0 if there is none."""
        return max((each.max_weight_ug for each in self._priced), default=0)

    @property
    def _priced(self) -> list[RateStep | CartonRate]:
        return [*self.steps, *self.cartons]

    def step_for(self, billable_ug: int) -> RateStep | None:
        """Return the first step that reaches `billable_ug`, ``None`` above the last."""
        for step in self.steps:
            if billable_ug <= step.max_weight_ug:
                return step
        return None

    def problems(self) -> Iterator[Violation]:
        """Yield everything that is wrong within this zone."""
        where = f"rates[zone {self.zone}]"
        if self.zone < 0:
            yield Violation(where, "zone is negative; negative numbers mean an unknown zone")
        if not self.steps and not self.cartons:
            yield Violation(where, "has no steps; give it at least one")
            return
        codes = [each.code for each in self.cartons]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield Violation(where, f"carton {code} has {codes.count(code)} prices; keep one")
        for step in self._priced:
            if not 0 < step.max_weight_ug <= MOST_WEIGHT_UG:
                yield Violation(
                    where,
                    f"limit {grams(step.max_weight_ug)} is not above 0 and at most "
                    f"{grams(MOST_WEIGHT_UG)}",
                )
            if not 0 <= step.price_minor <= MOST_PRICE_MINOR:
                yield Violation(
                    where,
                    f"price {step.price_minor} (minor units) is not in 0 to {MOST_PRICE_MINOR}",
                )
        for lighter, heavier in pairwise(self.steps):
            if heavier.max_weight_ug <= lighter.max_weight_ug:
                yield Violation(
                    where,
                    f"limit {grams(heavier.max_weight_ug)} follows {grams(lighter.max_weight_ug)}; "
                    "limits must strictly increase",
                )
            elif heavier.price_minor < lighter.price_minor:
                yield Violation(
                    where,
                    f"price {heavier.price_minor} (minor units) up to "
                    f"{grams(heavier.max_weight_ug)} is below {lighter.price_minor} up to "
                    f"{grams(lighter.max_weight_ug)}; a heavier parcel must not be cheaper",
                )


def grams(weight_ug: int) -> str:
    """Return a weight as cards have it: ``500 g``."""
    return f"{Decimal(weight_ug).scaleb(-6).normalize():f} g"


def gaps_between(rates: tuple[ZoneRates, ...]) -> Iterator[Violation]:
    """Yield each step that a zone lacks although other zones have it and it goes on above.

    A zone may end earlier than another (a lower weight limit); a hole in the middle
    is a lost row, and the parcels in it would silently pay the next step.
    """
    limits = sorted({step.max_weight_ug for zone in rates for step in zone.steps})
    for zone in rates:
        if not zone.steps:
            continue
        own = {step.max_weight_ug for step in zone.steps}
        last = max(own, default=0)
        for limit in limits:
            if limit < last and limit not in own:
                yield Violation(
                    f"rates[zone {zone.zone}]",
                    f"has no step up to {grams(limit)}, which other zones have; "
                    "add the missing row",
                )
