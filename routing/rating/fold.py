"""Fold a rate card into the tariff of one rate zone, ship date and kind of address."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from routing.errors import InvalidInputError, Violation
from routing.rating.fluid_bound import fluid_steps
from routing.rating.rate_card import RateCard
from routing.rating.rate_steps import ZoneRates
from routing.rating.subadditivity import subadditive_below_ug
from routing.rating.surcharge import Surcharge, surcharge_terms
from routing.rating.tariff import Tariff
from routing.rating.zones import RateZone


def applicable_surcharges(
    card: RateCard, zone: RateZone, ship_date: date, *, residential: bool
) -> tuple[Surcharge, ...]:
    """Return the surcharges of `card` that some parcel of that kind pays, in card order."""
    return tuple(
        each for each in card.surcharges if each.in_force(zone, ship_date, residential=residential)
    )


def fold(card: RateCard, zone: RateZone, ship_date: date, *, residential: bool) -> Tariff:
    """Return the tariff of `card` for one rate zone, ship date and kind of address.

    Dates only matter through the surcharges in force, so equal arguments and equal
    surcharges give the same object; calling again is cheap.

    Raises
    ------
    routing.errors.InvalidInputError
        If the card is not in force on `ship_date` or has no rates for `zone`. An unknown
        rate zone has no tariff: skip the location and report it.
    """
    problems = []
    if not card.in_force(ship_date):
        until = card.effective_to or "further notice"
        problems.append(
            Violation(
                "ship_date",
                f"{ship_date} is outside {card.effective_from} to {until} of rate card {card.id}",
            )
        )
    if zone not in card.zones:
        problems.append(Violation("zone", f"rate card {card.id} has no rates for rate zone {zone}"))
    if problems:
        raise InvalidInputError(problems)
    return _fold(card, zone, applicable_surcharges(card, zone, ship_date, residential=residential))


@lru_cache(maxsize=4096)
def _fold(card: RateCard, zone: RateZone, surcharges: tuple[Surcharge, ...]) -> Tariff:
    rates = next(rates for rates in card.rates if rates.zone == zone)
    limits = _limits(rates, surcharges, card.max_weight_ug)
    prices: list[int] = []
    step = iter(rates.steps)
    current = next(step)
    for limit in limits:
        while current.max_weight_ug < limit:
            current = next(step)
        terms = surcharge_terms(surcharges, current.price_minor, limit)
        prices.append(current.price_minor + sum(amount for _, amount in terms))
    limit_ug = np.array(limits, dtype=np.int64)
    price_minor = np.array(prices, dtype=np.int64)
    fluid_limit_ug, fluid_price_minor = fluid_steps(limit_ug, price_minor)
    for array in (limit_ug, price_minor, fluid_limit_ug, fluid_price_minor):
        array.setflags(write=False)
    return Tariff(
        card_id=card.id,
        zone=zone,
        currency=card.currency,
        limit_ug=limit_ug,
        price_minor=price_minor,
        dimensional=card.dimensional,
        subadditive_below_ug=subadditive_below_ug(limit_ug, price_minor),
        fluid_limit_ug=fluid_limit_ug,
        fluid_price_minor=fluid_price_minor,
    )


def _limits(rates: ZoneRates, surcharges: tuple[Surcharge, ...], max_weight_ug: int) -> list[int]:
    """Return every weight at which the price may change, up to the greatest one sent."""
    last = min(max_weight_ug, rates.steps[-1].max_weight_ug)
    limits = {step.max_weight_ug for step in rates.steps}
    for surcharge in surcharges:
        limits.update(
            weight
            for weight in (surcharge.weight_over_ug, surcharge.weight_up_to_ug)
            if weight is not None
        )
    return sorted({weight for weight in limits if 0 < weight < last} | {last})
