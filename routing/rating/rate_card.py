"""Rate cards: what a carrier charges for a parcel of one service, while it is in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final

from routing.errors import InvalidInputError, Violation, raise_if_any
from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.order import ServiceLevel
from routing.rating.address_kind import AddressKind
from routing.rating.delivery_area import DeliveryArea
from routing.rating.dimensional import DimensionalRule
from routing.rating.rate_steps import CartonRate, RateStep, ZoneRates, gaps_between, grams
from routing.rating.side_rounding import SideRounding
from routing.rating.surcharge import Surcharge
from routing.rating.trigger import Trigger
from routing.rating.zones import RateZone

MOST_TRIGGERED: Final = 64
"""Surcharges of a card with a `routing.rating.trigger.Trigger`."""


class Pricing(Enum):
    """Which of a carrier's price lists a card is."""

    COMMERCIAL = "commercial"
    RETAIL = "retail"
    LIST = "list"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class RateCard:
    """Prices of one carrier service by rate zone and weight step.

    The billing rule is the carriers' published one: the billable weight is the greater
    of actual and dimensional weight, and a parcel pays the first step whose limit is at
    least its billable weight. Above the last step, or above `max_weight_ug`, the card
    has no price. A carrier may well bill a light parcel of great *dimensional* weight
    at its last step; such a rule is not assumed.

    Attributes
    ----------
    id
        Unique among all cards.
    carrier, service
        Codes, lower case with hyphens.
    service_name
        As people know it, for explanations.
    pricing
        Which price list of the carrier.
    currency
        ISO 4217 code, three capital letters.
    effective_from, effective_to
        First and last ship date, both inclusive; no end if ``None``.
    source
        Where the prices were published.
    zone_scheme
        Name of the rate-zone scheme that `rates` is keyed by.
    rates
        One entry per rate zone, each zone once.
    max_weight_ug
        Greatest actual weight of one parcel; at most the greatest limit in `rates`. A
        flat-rate box has its own limit.
    dim_divisor_in3_per_lb
        Divisor of the dimensional weight; ``None`` if the card knows none.
    dim_threshold_nl
        Only parcels of more than this volume have a dimensional weight.
    max_length_um
        Greatest longest side of one parcel; ``None`` if there is no limit.
    max_length_plus_girth_um
        Greatest longest side plus girth; ``None`` if there is no limit.
    surcharges
        In the order in which explanations list them; names unique.
    note
        What the reader of an explanation should know.
    min_price_minor
        No parcel's base price is below it, whatever the step says.
    areas
        Delivery areas that surcharges refer to; names unique.
    side_rounding
        How sides are rounded where those of the whole parcel are known; ``None``: not.
    service_level
        Which the service satisfies where a location does not say.
    not_to
        Kinds of addresses that the service does not deliver to.

    Raises
    ------
    routing.errors.InvalidInputError
        With every problem of the card.
    """

    id: RateCardId
    carrier: CarrierCode
    service: ServiceCode
    service_name: str
    pricing: Pricing
    currency: str
    effective_from: date
    effective_to: date | None
    source: str
    zone_scheme: str
    rates: tuple[ZoneRates, ...]
    max_weight_ug: int
    dim_divisor_in3_per_lb: Fraction | None = None
    dim_threshold_nl: int = 0
    max_length_um: int | None = None
    max_length_plus_girth_um: int | None = None
    surcharges: tuple[Surcharge, ...] = ()
    note: str = ""
    min_price_minor: int = 0
    areas: tuple[DeliveryArea, ...] = ()
    side_rounding: SideRounding | None = None
    service_level: ServiceLevel = ServiceLevel.STANDARD
    not_to: frozenset[AddressKind] = frozenset()
    _dimensional: DimensionalRule | None = field(
        init=False, repr=False, compare=False, default=None
    )

    def __post_init__(self) -> None:
        problems = [*self._problems_of_the_head(), *self._problems_of_the_limits()]
        for zone in self.rates:
            problems.extend(zone.problems())
        problems.extend(gaps_between(self.rates))
        problems.extend(_repeated("rates", [f"zone {zone.zone}" for zone in self.rates]))
        problems.extend(_repeated("surcharges", [each.name for each in self.surcharges]))
        problems.extend(_repeated("areas", [each.name for each in self.areas]))
        problems.extend(self._problems_of_the_surcharges())
        raise_if_any([problem.under(f"rate_card[{self.id}]") for problem in problems])
        object.__setattr__(self, "_dimensional", self._dimensional_rule())

    def __hash__(self) -> int:
        # The id is enough to spread cards; equality still compares everything.
        return hash(self.id)

    @property
    def zones(self) -> tuple[RateZone, ...]:
        """Rate zones the card has prices for, in the card's order."""
        return tuple(zone.zone for zone in self.rates)

    @property
    def dimensional(self) -> DimensionalRule | None:
        """The dimensional-weight rule, ``None`` if the card has none."""
        return self._dimensional

    def _dimensional_rule(self) -> DimensionalRule | None:
        if self.dim_divisor_in3_per_lb is None:
            return None
        return DimensionalRule(self.dim_divisor_in3_per_lb, self.dim_threshold_nl)

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """What about a parcel itself makes some surcharge of the card due."""
        return tuple(each.trigger for each in self.surcharges if each.trigger is not None)

    def in_force(self, on: date) -> bool:
        """Say whether a parcel shipped on that date is priced by this card."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def rates_of(self, zone: RateZone) -> ZoneRates | None:
        """Return the steps of `zone`, ``None`` if the card does not serve it."""
        for rates in self.rates:
            if rates.zone == zone:
                return rates
        return None

    def carton_rate(self, zone: RateZone, rate_code: str | None) -> CartonRate | None:
        """Return the flat price of a carrier's own box, ``None`` if the card has none."""
        rates = self.rates_of(zone)
        if rates is None or rate_code is None:
            return None
        return next((each for each in rates.cartons if each.code == rate_code), None)

    def billed_sides_um(self, sides_um: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return the sides of a parcel as the carrier rounds them."""
        if self.side_rounding is None:
            return sides_um
        length, width, height = (self.side_rounding.rounded_um(side) for side in sides_um)
        return length, width, height

    def base_minor(self, step: RateStep) -> int:
        """Return the base price of a step: its own, or the least price of the card."""
        return max(step.price_minor, self.min_price_minor)

    def step_for(self, zone: RateZone, billable_ug: int) -> RateStep | None:
        """Return the step a parcel pays, ``None`` if the card has no price for it."""
        rates = self.rates_of(zone)
        if rates is None or billable_ug > self.max_weight_ug:
            return None
        return rates.step_for(billable_ug)

    def _problems_of_the_head(self) -> Iterator[Violation]:
        for name in ("id", "carrier", "service", "service_name", "zone_scheme", "source"):
            if not getattr(self, name):
                yield Violation(name, "is empty; say it")
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            yield Violation("currency", f"{self.currency!r} is not an ISO 4217 code such as USD")
        if self.effective_to is not None and self.effective_to < self.effective_from:
            yield Violation(
                "effective_to",
                f"{self.effective_to} is before effective_from {self.effective_from}",
            )
        if not self.rates:
            yield Violation("rates", "is empty; a card needs at least one rate zone")

    def _problems_of_the_limits(self) -> Iterator[Violation]:
        heaviest = max((zone.max_weight_ug for zone in self.rates), default=0)
        if self.max_weight_ug <= 0:
            yield Violation("max_weight_ug", f"{grams(self.max_weight_ug)} is not above 0")
        elif heaviest and self.max_weight_ug > heaviest:
            yield Violation(
                "max_weight_ug",
                f"{grams(self.max_weight_ug)} is above the last step, {grams(heaviest)}; lower it "
                "or add steps",
            )
        if self.min_price_minor < 0:
            yield Violation("min_price_minor", f"{self.min_price_minor} is negative")
        for name in ("max_length_um", "max_length_plus_girth_um"):
            limit = getattr(self, name)
            if limit is not None and limit <= 0:
                yield Violation(name, f"{limit} is not above 0; leave it out for no limit")
        try:
            self._dimensional_rule()
        except InvalidInputError as error:
            yield from error.violations

    def _problems_of_the_surcharges(self) -> Iterator[Violation]:
        known = {area.name for area in self.areas}
        for each in self.surcharges:
            if each.area is not None and each.area not in known:
                yield Violation(
                    f"surcharges[{each.name}].area",
                    f"{each.area!r} is not a delivery area of the card; known are "
                    f"{', '.join(sorted(known)) or 'none'}",
                )
        triggered = sum(each.trigger is not None for each in self.surcharges)
        if triggered > MOST_TRIGGERED:
            yield Violation(
                "surcharges", f"{triggered} depend on a parcel's size; at most {MOST_TRIGGERED}"
            )


def _repeated(path: str, names: list[str]) -> Iterator[Violation]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Violation(path, f"{name} appears {names.count(name)} times; keep one")
