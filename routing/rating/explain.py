"""Explain the price of one parcel, term by term."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from routing.rating.fold import applicable_surcharges
from routing.rating.rate_card import RateCard
from routing.rating.surcharge import surcharge_terms
from routing.rating.zones import RateZone

BASE_TERM: Final = "base"


class PriceTerm(NamedTuple):
    """One named part of a price."""

    name: str
    amount_minor: int


def explain_parcel(
    card: RateCard,
    zone: RateZone,
    ship_date: date,
    *,
    residential: bool,
    weight_ug: int,
    volume_nl: int,
) -> tuple[PriceTerm, ...] | None:
    """Return the base price and each surcharge; they sum exactly to the parcel's price.

    Parameters
    ----------
    card, zone, ship_date, residential
        As for `routing.rating.fold.fold`.
    weight_ug, volume_nl
        Actual weight and volume of the parcel, 0 or more.

    Returns
    -------
    tuple of PriceTerm or None
        The base first, then the surcharges in card order. ``None`` where the card has no
        price: the ship date is outside it, it does not serve the rate zone, or the parcel
        is too heavy.
    """
    if not card.in_force(ship_date):
        return None
    # Without any weight it is billed as the lightest parcel there is, as in a tariff.
    billable_ug = max(weight_ug, 1)
    if card.dimensional is not None:
        billable_ug = max(billable_ug, card.dimensional.weight_of_one_ug(volume_nl))
    step = card.step_for(zone, billable_ug)
    if step is None:
        return None
    surcharges = applicable_surcharges(card, zone, ship_date, residential=residential)
    terms = surcharge_terms(surcharges, step.price_minor, billable_ug)
    return (
        PriceTerm(BASE_TERM, step.price_minor),
        *(PriceTerm(name, amount) for name, amount in terms),
    )
