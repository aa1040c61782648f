"""Surcharges: what a carrier adds to the base price of a parcel, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from routing.errors import Violation, raise_if_any
from routing.rating.minor_units import round_half_up
from routing.rating.trigger import Trigger
from routing.rating.zones import RateZone

BASIS_POINTS = 10_000


class SurchargeKind(Enum):
    """How the amount of a surcharge is read."""

    FLAT = "FLAT"
    """Minor currency units per parcel."""
    PERCENT = "PERCENT"
    """Basis points of an amount: 10,000 is 100 %."""


class PercentOf(Enum):
    """What a percentage is taken of."""

    BASE = "BASE"
    """The price of the step."""
    BASE_AND_FLATS = "BASE_AND_FLATS"
    """The price of the step plus every flat surcharge of the parcel."""


@dataclass(frozen=True, slots=True)
class Surcharge:
    """One surcharge and the parcels it applies to. A condition that is ``None`` always holds.

    Attributes
    ----------
    name
        How it is called in a cost breakdown; unique on its card.
    kind
        Whether `amount` is minor units per parcel or basis points.
    amount
        Zero or more; see `kind`.
    percent_of
        Base of a percentage; ignored for flat amounts.
    residential
        Apply only to residential (``True``) or only to business (``False``) addresses.
    zone_from, zone_to
        First and last rate zone it applies to, both inclusive.
    weight_over_ug, weight_up_to_ug
        Billable weights it applies to: above the first, up to and including the
        second. A published band "4-10 lb" means parcels *billed* as 4 to 10 lb,
        so it is over 3 lb and up to 10 lb.
    effective_from, effective_to
        First and last ship date, both inclusive.
    area
        Name of a `routing.rating.delivery_area.DeliveryArea` of the card that the
        destination must lie in.
    trigger
        What of the parcel itself makes it due: size, volume, actual weight.
    min_billable_ug
        A parcel that pays it is billed for this weight at least; 0 for none.
    group
        Of those in a group that a parcel would pay, it pays only the dearest; ``""`` is no
        group. Only flat surcharges have one.

    Raises
    ------
    routing.errors.InvalidInputError
        With every contradiction of the conditions.
    """

    name: str
    kind: SurchargeKind
    amount: int
    percent_of: PercentOf = PercentOf.BASE
    residential: bool | None = None
    zone_from: RateZone | None = None
    zone_to: RateZone | None = None
    weight_over_ug: int | None = None
    weight_up_to_ug: int | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    area: str | None = None
    trigger: Trigger | None = None
    min_billable_ug: int = 0
    group: str = ""

    def __post_init__(self) -> None:
        problems: list[Violation] = []
        if not self.name:
            problems.append(Violation("name", "is empty; give the surcharge a name"))
        if self.amount < 0:
            problems.append(Violation("amount", f"{self.amount} is negative; use 0 or more"))
        if self.min_billable_ug < 0:
            problems.append(Violation("min_billable_ug", f"{self.min_billable_ug} is negative"))
        if self.min_billable_ug and self.trigger is None:
            message = (
                "needs a size, volume or actual weight that makes it due; or set a card minimum"
            )
            problems.append(Violation("min_billable_ug", message))
        if self.group and self.kind is not SurchargeKind.FLAT:
            message = f"{self.group!r} holds a percentage; only flat surcharges exclude each other"
            problems.append(Violation("group", message))
        for low_name, high_name, strict in (
            ("zone_from", "zone_to", False),
            ("weight_over_ug", "weight_up_to_ug", True),
            ("effective_from", "effective_to", False),
        ):
            low, high = getattr(self, low_name), getattr(self, high_name)
            if low is not None and high is not None and (low > high or (strict and low == high)):
                problems.append(
                    Violation(low_name, f"{low} leaves nothing below {high_name} {high}; swap them")
                )
        raise_if_any(problems)

    def in_force(
        self,
        zone: RateZone,
        ship_date: date,
        *,
        residential: bool,
        areas: frozenset[str] = frozenset(),
    ) -> bool:
        """Say whether it applies to some parcel of that zone, ship date and destination.

        Parameters
        ----------
        areas
            Names of the card's delivery areas that the destination lies in.
        """
        return (
            (self.residential is None or self.residential == residential)
            and (self.area is None or self.area in areas)
            and (self.zone_from is None or self.zone_from <= zone)
            and (self.zone_to is None or zone <= self.zone_to)
            and (self.effective_from is None or self.effective_from <= ship_date)
            and (self.effective_to is None or ship_date <= self.effective_to)
        )

    def covers_weight(self, billable_ug: int) -> bool:
        """Say whether a parcel of that billable weight pays it."""
        return (self.weight_over_ug is None or self.weight_over_ug < billable_ug) and (
            self.weight_up_to_ug is None or billable_ug <= self.weight_up_to_ug
        )

    def amount_minor(self, base_minor: int, flats_minor: int) -> int:
        """Return what one parcel pays.

        Each percentage is rounded on its own, halves upward, to the minor unit.

        Parameters
        ----------
        base_minor
            Price of the step.
        flats_minor
            Sum of the flat surcharges of the same parcel.
        """
        if self.kind is SurchargeKind.FLAT:
            return self.amount
        of = base_minor
        if self.percent_of is PercentOf.BASE_AND_FLATS:
            of += flats_minor
        return round_half_up(of * self.amount, BASIS_POINTS)


def surcharge_terms(
    surcharges: tuple[Surcharge, ...], base_minor: int, billable_ug: int
) -> tuple[tuple[str, int], ...]:
    """Return name and amount of each of `surcharges` that a parcel pays, in their order.

    The one place where surcharges are priced: folding a card and explaining a
    parcel both come here, so they cannot disagree.

    Parameters
    ----------
    surcharges
        Those `Surcharge.in_force` for the parcel's zone, date and address whose trigger, if
        they have one, the parcel meets.
    base_minor
        Price of the parcel's step.
    billable_ug
        Its billable weight.
    """
    if not surcharges:
        return ()
    paid = _without_lesser([each for each in surcharges if each.covers_weight(billable_ug)])
    flats_minor = sum([each.amount for each in paid if each.kind is SurchargeKind.FLAT])
    return tuple([(each.name, each.amount_minor(base_minor, flats_minor)) for each in paid])


def _without_lesser(due: list[Surcharge]) -> list[Surcharge]:
    """Leave the dearest of each group; the first of equals."""
    dearest: dict[str, Surcharge] = {}
    for each in due:
        if each.group and (each.group not in dearest or each.amount > dearest[each.group].amount):
            dearest[each.group] = each
    return [each for each in due if not each.group or dearest[each.group] is each]
