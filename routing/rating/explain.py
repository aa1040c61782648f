"""What one parcel is billed for, term by term."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from routing.carton import Carton
from routing.quick import quick
from routing.rating.fold import applicable_surcharges
from routing.rating.rate_card import RateCard
from routing.rating.surcharge import Surcharge, surcharge_terms
from routing.rating.trigger import Trigger
from routing.rating.zones import RateZone

BASE_TERM: Final = "base"
CARTON_TERM: Final = "carton"
VOID_FILL_TERM: Final = "void_fill"


class PriceTerm(NamedTuple):
    """One named part of a price."""

    name: str
    amount_minor: int


@quick
@dataclass(frozen=True, slots=True)
class ParcelBill:
    """What a parcel is billed for.

    Attributes
    ----------
    terms
        The base first, then the surcharges in card order, then carton and void fill.
    gross_ug
        Weight with the carton.
    billable_ug
        What the base price and surcharges by weight are read at.
    """

    terms: tuple[PriceTerm, ...]
    gross_ug: int
    billable_ug: int


def bill_parcel(
    card: RateCard,
    zone: RateZone,
    ship_date: date,
    *,
    residential: bool,
    weight_ug: int,
    volume_nl: int,
    areas: frozenset[str] = frozenset(),
    carton: Carton | None = None,
    sides_um: tuple[tuple[int, int, int], ...] = (),
) -> ParcelBill | None:
    """Return what a parcel is billed for, and the terms that sum exactly to its price.

    Parameters
    ----------
    card, zone, ship_date, residential, areas
        As for `routing.rating.fold.fold`.
    weight_ug, volume_nl
        Actual weight and volume of the contents, 0 or more.
    carton
        What they are packed in; ``None`` for things sent as they are.
    sides_um
        Sides of each thing sent as it is, where known: they may make surcharges due.

    Returns
    -------
    ParcelBill or None
        ``None`` where the card has no price: the ship date is outside it, it does not
        serve the rate zone, or the parcel is too heavy or too large.
    """
    if not card.in_force(ship_date) or card.rates_of(zone) is None:
        return None
    surcharges = applicable_surcharges(card, zone, ship_date, residential=residential, areas=areas)
    return bill_with(
        card,
        zone,
        surcharges,
        weight_ug=weight_ug,
        volume_nl=volume_nl,
        carton=carton,
        sides_um=sides_um,
    )


def bill_with(
    card: RateCard,
    zone: RateZone,
    surcharges: tuple[Surcharge, ...],
    *,
    weight_ug: int,
    volume_nl: int,
    carton: Carton | None = None,
    sides_um: tuple[tuple[int, int, int], ...] = (),
) -> ParcelBill | None:
    """Return `bill_parcel` where it is known what applies: the card is in force in the zone.

    Parameters
    ----------
    surcharges
        See `routing.rating.fold.applicable_surcharges`.
    """
    if carton is None:
        parcel = _as_it_is(card, surcharges, weight_ug, volume_nl, sides_um)
    elif not _takes_contents(carton, weight_ug, volume_nl):
        return None
    else:
        parcel = _in_carton(card, surcharges, carton, weight_ug)
    base = _base_minor(card, zone, parcel, carton)
    if base is None:
        return None
    terms = surcharge_terms(parcel.surcharges, base, parcel.billable_ug)
    named = [PriceTerm(BASE_TERM, base)]
    for name, amount in terms:
        named.append(PriceTerm(name, amount))
    if carton is not None:
        named += _carton_terms(carton, volume_nl)
    return ParcelBill(tuple(named), parcel.gross_ug, parcel.billable_ug)


@quick
@dataclass(frozen=True, slots=True)
class _Parcel:
    gross_ug: int
    billable_ug: int
    surcharges: tuple[Surcharge, ...]


def _as_it_is(
    card: RateCard,
    surcharges: tuple[Surcharge, ...],
    weight_ug: int,
    volume_nl: int,
    sides_um: tuple[tuple[int, int, int], ...],
) -> _Parcel:
    due = surcharges
    if _have_triggers(surcharges):
        due = _due(
            surcharges,
            lambda trigger: (
                trigger.met_by((0, 0, 0), volume_nl, weight_ug)
                or any(trigger.met_by_sides(sides) for sides in sides_um)
            ),
        )
    return _Parcel(weight_ug, _billable_ug(card, due, weight_ug, volume_nl), due)


def _in_carton(
    card: RateCard, surcharges: tuple[Surcharge, ...], carton: Carton, weight_ug: int
) -> _Parcel:
    outer = carton.outer
    sides = card.billed_sides_um((outer.length_um, outer.width_um, outer.height_um))
    room_nl = -(-sides[0] * sides[1] * sides[2] // 1_000_000)
    gross = weight_ug + carton.tare_ug
    due = _due(surcharges, lambda trigger: trigger.met_by(sides, room_nl, gross))
    billed_nl = 0 if carton.rate_code is not None else room_nl
    return _Parcel(gross, _billable_ug(card, due, gross, billed_nl), due)


def _due(
    surcharges: tuple[Surcharge, ...], is_met: Callable[[Trigger], bool]
) -> tuple[Surcharge, ...]:
    return tuple([one for one in surcharges if one.trigger is None or is_met(one.trigger)])


def _have_triggers(surcharges: tuple[Surcharge, ...]) -> bool:
    return any(each.trigger is not None for each in surcharges)


def _billable_ug(card: RateCard, due: tuple[Surcharge, ...], weight_ug: int, volume_nl: int) -> int:
    # Without any weight it is billed as the lightest parcel there is, as in a tariff.
    billable = max(weight_ug, 1)
    for each in due:
        billable = max(billable, each.min_billable_ug)
    if card.dimensional is not None:
        billable = max(billable, card.dimensional.weight_of_one_ug(volume_nl))
    return billable


def _takes_contents(carton: Carton, weight_ug: int, volume_nl: int) -> bool:
    heaviest, usable = carton.max_weight_ug, carton.usable_nl
    return (heaviest is None or weight_ug <= heaviest) and (usable is None or volume_nl <= usable)


def _base_minor(
    card: RateCard, zone: RateZone, parcel: _Parcel, carton: Carton | None
) -> int | None:
    if carton is not None and carton.rate_code is not None:
        flat = card.carton_rate(zone, carton.rate_code)
        return None if flat is None or parcel.gross_ug > flat.max_weight_ug else flat.price_minor
    step = card.step_for(zone, parcel.billable_ug)
    return None if step is None else card.base_minor(step)


def _carton_terms(carton: Carton, volume_nl: int) -> Iterator[PriceTerm]:
    if carton.cost_minor:
        yield PriceTerm(CARTON_TERM, carton.cost_minor)
    void_fill = carton.void_fill_minor(volume_nl)
    if void_fill:
        yield PriceTerm(VOID_FILL_TERM, void_fill)
