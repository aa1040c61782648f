"""Fold a rate card into the tariff of one rate zone, ship date and kind of address."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routing.errors import InvalidInputError, Violation
from routing.rating.dimensional import DimensionalRule
from routing.rating.fluid_steps import fluid_steps
from routing.rating.rate_card import RateCard
from routing.rating.rate_steps import ZoneRates
from routing.rating.subadditivity import subadditive_below_ug
from routing.rating.surcharge import Surcharge, surcharge_terms
from routing.rating.tariff import NO_PRICE, Tariff
from routing.rating.zones import RateZone


def applicable_surcharges(
    card: RateCard,
    zone: RateZone,
    ship_date: date,
    *,
    residential: bool,
    areas: frozenset[str] = frozenset(),
) -> tuple[Surcharge, ...]:
    """Return the surcharges of `card` that some parcel of that kind pays, in card order.

    Those with a trigger are among them: whether a parcel meets it is another question.
    """
    return tuple(
        each
        for each in card.surcharges
        if each.in_force(zone, ship_date, residential=residential, areas=areas)
    )


def untriggered(surcharges: tuple[Surcharge, ...]) -> tuple[Surcharge, ...]:
    """Return the surcharges that size and actual weight of a parcel have no part in."""
    return tuple(each for each in surcharges if each.trigger is None)


def fold(
    card: RateCard,
    zone: RateZone,
    ship_date: date,
    *,
    residential: bool,
    areas: frozenset[str] = frozenset(),
) -> Tariff:
    """Return the tariff of `card` for one rate zone, ship date and kind of address.

    It prices parcels that meet no trigger of a surcharge; for others see
    `routing.rating.packagings`. Dates only matter through the surcharges in force, so equal
    arguments and equal surcharges give the same object; calling again is cheap.

    Parameters
    ----------
    areas
        Names of the card's delivery areas that the destination lies in.

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
    found = applicable_surcharges(card, zone, ship_date, residential=residential, areas=areas)
    return _fold(card, zone, untriggered(found))


@lru_cache(maxsize=4096)
def _fold(card: RateCard, zone: RateZone, surcharges: tuple[Surcharge, ...]) -> Tariff:
    rates = card.rates_of(zone)
    if rates is not None and not rates.steps:
        return _flat_only(card, zone, rates)
    limit_ug, price_minor = price_steps(card, zone, surcharges)
    return make_tariff(card, zone, limit_ug, price_minor, card.dimensional)


def _flat_only(card: RateCard, zone: RateZone, rates: ZoneRates) -> Tariff:
    """Return what stands for a zone that only takes the carrier's own boxes.

    A bound: what a parcel costs depends on the box, see `routing.rating.packagings`.
    """
    limits = sorted({each.max_weight_ug for each in rates.cartons})
    prices = [
        min(each.price_minor for each in rates.cartons if each.max_weight_ug >= limit)
        for limit in limits
    ]
    return make_tariff(
        card, zone, np.array(limits, dtype=np.int64), np.array(prices, dtype=np.int64), None
    )


def make_tariff(
    card: RateCard,
    zone: RateZone,
    limit_ug: NDArray[np.int64],
    price_minor: NDArray[np.int64],
    dimensional: DimensionalRule | None,
) -> Tariff:
    """Return a tariff with these steps and everything that is derived from them."""
    fluid_limit_ug, fluid_price_minor = fluid_steps(limit_ug, price_minor)
    for array in (limit_ug, price_minor, fluid_limit_ug, fluid_price_minor):
        array.setflags(write=False)
    return Tariff(
        card_id=card.id,
        zone=zone,
        currency=card.currency,
        limit_ug=limit_ug,
        price_minor=price_minor,
        dimensional=dimensional,
        subadditive_below_ug=subadditive_below_ug(limit_ug, price_minor),
        fluid_limit_ug=fluid_limit_ug,
        fluid_price_minor=fluid_price_minor,
    )


def price_steps(
    card: RateCard, zone: RateZone, surcharges: tuple[Surcharge, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return limits and prices by billable weight of parcels that pay the surcharges.

    Parameters
    ----------
    zone
        One that the card has rates for.
    surcharges
        In force and, where they have a trigger, due.

    Returns
    -------
    tuple of NDArray[np.int64]
        Limits in micrograms, strictly increasing, and prices in minor units.
    """
    rates = next(rates for rates in card.rates if rates.zone == zone)
    least_ug = max((each.min_billable_ug for each in surcharges), default=0)
    limits = _limits(rates, surcharges, card.max_weight_ug)
    prices: list[int] = []
    for limit in limits:
        billed = max(limit, least_ug)
        step = rates.step_for(billed) if billed <= card.max_weight_ug else None
        if step is None:
            prices.append(NO_PRICE)
            continue
        base = card.base_minor(step)
        terms = surcharge_terms(surcharges, base, billed)
        prices.append(base + sum(amount for _, amount in terms))
    return np.array(limits, dtype=np.int64), np.array(prices, dtype=np.int64)


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
