"""Tariffs whose parcels come in packagings: cartons, and things sent as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routing.carton import Carton
from routing.rating.fluid_steps import fluid_steps
from routing.rating.fold import price_steps
from routing.rating.packaged_bound import packaged_bound
from routing.rating.packaging import NO_CARTON, UNLIMITED, Packaging
from routing.rating.packaging_table import packaging_table
from routing.rating.prices import NO_PRICE
from routing.rating.rate_card import RateCard
from routing.rating.size_limits import fits
from routing.rating.surcharge import Surcharge, surcharge_terms
from routing.rating.tariff import Tariff
from routing.rating.trigger import Trigger
from routing.rating.zones import RateZone

Int64 = NDArray[np.int64]
Steps = tuple[Int64, Int64]


@lru_cache(maxsize=4096)
def packed_tariff(
    card: RateCard,
    zone: RateZone,
    surcharges: tuple[Surcharge, ...],
    cartons: tuple[Carton, ...],
    due: frozenset[frozenset[int]],
    *,
    as_they_are: bool,
    which: tuple[int, ...] | None = None,
) -> Tariff | None:
    """Return the tariff of a card with its packagings; ``None`` if it can send nothing.

    Parameters
    ----------
    surcharges
        In force for zone, date and destination, those with a trigger included.
    cartons
        All there are, numbered as the packagings number them. Empty: everything is sent
        as it is.
    due
        Sets of positions in `surcharges` of those with a trigger that some parcel of
        things sent as they are may pay together; the empty set need not be among them.
    as_they_are
        Whether anything is sent as it is; with cartons, only what travels alone.
    which
        Positions of the cartons that may be used; ``None``: all of them.
    """
    packagings = [
        found
        for number, carton in enumerate(cartons)
        if (which is None or number in which)
        and (found := _in_carton(card, zone, surcharges, carton, number)) is not None
    ]
    if as_they_are:
        packagings += _as_they_are(card, zone, surcharges, due, alone_only=bool(cartons))
    if not packagings:
        return None
    limit_ug, price_minor = _envelope(packagings)
    fluid_limit_ug, fluid_price_minor = fluid_steps(limit_ug, price_minor)
    for array in (limit_ug, price_minor, fluid_limit_ug, fluid_price_minor):
        array.setflags(write=False)
    return Tariff(
        card_id=card.id,
        zone=zone,
        currency=card.currency,
        limit_ug=limit_ug,
        price_minor=price_minor,
        dimensional=None,
        # Two parcels may be needed at any weight, for want of room.
        subadditive_below_ug=-1,
        fluid_limit_ug=fluid_limit_ug,
        fluid_price_minor=fluid_price_minor,
        packagings=tuple(packagings),
        bound=packaged_bound(packagings, (limit_ug, price_minor)),
        cartons=packaging_table(packagings),
    )


def triggers_met(
    surcharges: tuple[Surcharge, ...], sides_um: Int64, weight_ug: int, volume_nl: int
) -> frozenset[frozenset[int]]:
    """Return the sets of triggered surcharges that parcels of such things may pay together.

    Parameters
    ----------
    surcharges
        In force.
    sides_um
        int64 ``[p, 3]`` of the pieces, 0 where not known.
    weight_ug, volume_nl
        Of everything together.

    Returns
    -------
    frozenset of frozenset of int
        Positions in `surcharges`; every union of what single pieces meet and what weight
        and volume together may. Only the empty set: a plain tariff says it all.
    """
    kinds: set[frozenset[int]] = set()
    triggers = [(at, each.trigger) for at, each in enumerate(surcharges) if each.trigger]
    for sides in {tuple(row) for row in sides_um.tolist()}:
        kinds.add(frozenset(at for at, trigger in triggers if trigger.met_by_sides(sides)))
    for at, trigger in triggers:
        if trigger.met_by((0, 0, 0), volume_nl, weight_ug):
            kinds.add(frozenset((at,)))
    found: set[frozenset[int]] = {frozenset()}
    for kind in kinds:
        found |= {each | kind for each in found}
    return frozenset(found)


def _in_carton(
    card: RateCard,
    zone: RateZone,
    surcharges: tuple[Surcharge, ...],
    carton: Carton,
    number: int,
) -> Packaging | None:
    outer = carton.outer
    sides = card.billed_sides_um((outer.length_um, outer.width_um, outer.height_um))
    if not fits(card, *sides, 0):
        return None
    steps = _carton_steps(card, zone, surcharges, carton, sides)
    if steps is None or steps[0][-1] <= carton.tare_ug:
        return None
    heaviest = int(steps[0][-1]) - carton.tare_ug
    return Packaging(
        carton=number,
        alone_only=False,
        forbids=(),
        requires=(),
        max_weight_ug=heaviest if carton.max_weight_ug is None else carton.max_weight_ug,
        max_volume_nl=UNLIMITED if carton.usable_nl is None else carton.usable_nl,
        tare_ug=carton.tare_ug,
        void_fill_minor_per_m3=carton.void_fill_minor_per_m3,
        inner_nl=carton.inner_nl,
        limit_ug=steps[0],
        price_minor=steps[1],
    )


def _carton_steps(
    card: RateCard,
    zone: RateZone,
    surcharges: tuple[Surcharge, ...],
    carton: Carton,
    sides: tuple[int, int, int],
) -> Steps | None:
    """Return limits and prices by actual weight of a parcel of known size."""
    flat = card.carton_rate(zone, carton.rate_code)
    if (flat is None) != (carton.rate_code is None):
        return None
    volume_nl = -(-sides[0] * sides[1] * sides[2] // 1_000_000)
    least_ug = 0
    if card.dimensional is not None and flat is None:
        least_ug = card.dimensional.weight_of_one_ug(volume_nl)
    limits = _weights_of_change(card, zone, surcharges, flat.max_weight_ug if flat else None)
    kept, prices = [], []
    for limit in limits:
        paid = tuple(
            each
            for each in surcharges
            if each.trigger is None or each.trigger.met_by(sides, volume_nl, limit)
        )
        billed = max(limit, least_ug, *(each.min_billable_ug for each in paid), 1)
        base = flat.price_minor if flat else _base_minor(card, zone, billed)
        if base is None:
            break
        kept.append(limit)
        terms = surcharge_terms(paid, base, billed)
        prices.append(base + sum(amount for _, amount in terms) + carton.cost_minor)
    if not kept:
        return None
    return np.array(kept, dtype=np.int64), np.array(prices, dtype=np.int64)


def _base_minor(card: RateCard, zone: RateZone, billed_ug: int) -> int | None:
    step = card.step_for(zone, billed_ug)
    return None if step is None else card.base_minor(step)


def _weights_of_change(
    card: RateCard, zone: RateZone, surcharges: tuple[Surcharge, ...], most_ug: int | None
) -> list[int]:
    """Return the actual weights at which a price may change, and the greatest one sent."""
    rates = card.rates_of(zone)
    steps = () if rates is None else rates.steps
    last = most_ug
    if last is None:
        last = min(card.max_weight_ug, steps[-1].max_weight_ug) if steps else 0
    weights = {step.max_weight_ug for step in steps}
    for each in surcharges:
        weights |= {w for w in (each.weight_over_ug, each.weight_up_to_ug) if w is not None}
        if each.trigger is not None and each.trigger.weight_over_ug is not None:
            weights.add(each.trigger.weight_over_ug)
    return sorted({weight for weight in weights if 0 < weight < last} | {last} - {0})


def _as_they_are(
    card: RateCard,
    zone: RateZone,
    surcharges: tuple[Surcharge, ...],
    due: frozenset[frozenset[int]],
    *,
    alone_only: bool,
) -> Iterator[Packaging]:
    """Yield a packaging per set of triggered surcharges, those that pay fewer first."""
    rates = card.rates_of(zone)
    if rates is None or not rates.steps:
        return
    triggered = [at for at, each in enumerate(surcharges) if each.trigger is not None]
    for paid in sorted(due | {frozenset()}, key=lambda each: (len(each), sorted(each))):
        limit_ug, price_minor = price_steps(
            card,
            zone,
            tuple(each for at, each in enumerate(surcharges) if each.trigger is None or at in paid),
        )
        if price_minor[0] >= NO_PRICE:
            continue
        spared = [at for at in triggered if at not in paid]
        yield Packaging(
            carton=NO_CARTON,
            alone_only=alone_only,
            forbids=_triggers(surcharges, spared),
            requires=_triggers(surcharges, sorted(paid)),
            max_weight_ug=int(limit_ug[-1]),
            max_volume_nl=UNLIMITED,
            tare_ug=0,
            void_fill_minor_per_m3=0,
            inner_nl=0,
            limit_ug=limit_ug,
            price_minor=price_minor,
            dimensional=card.dimensional,
        )


def _triggers(surcharges: tuple[Surcharge, ...], which: Iterable[int]) -> tuple[Trigger, ...]:
    return tuple(each for at in which if (each := surcharges[at].trigger) is not None)


def _envelope(packagings: Sequence[Packaging]) -> Steps:
    """Return the least price by weight of the contents, over all packagings."""
    reach = [np.minimum(each.limit_ug - each.tare_ug, each.max_weight_ug) for each in packagings]
    limits = np.unique(np.concatenate(reach))
    limits = limits[limits > 0]
    prices = np.full(limits.size, NO_PRICE, dtype=np.int64)
    for each, own in zip(packagings, reach, strict=True):
        step = np.searchsorted(own, limits, side="left")
        takes = step < own.size
        prices[takes] = np.minimum(prices[takes], each.price_minor[step[takes]])
    return limits, prices
