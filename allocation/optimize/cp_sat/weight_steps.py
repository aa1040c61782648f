"""The weight steps of a tariff that parcels of given pieces can reach, in weight and volume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing.rating.tariff import NO_PRICE, Tariff, billable_weight_ug


@dataclass(frozen=True, slots=True)
class WeightStep:
    """A price and the parcels that have it.

    Attributes
    ----------
    price_minor
        Of the parcel.
    limit_ug, limit_nl
        Greatest weight and volume; `limit_nl` is ``None`` where volume does not matter.
    above
        ``None`` if a lighter parcel would cost no more anyway. Else weight and volume of
        which at least one must be exceeded for this price (volume ``None``: weight only).
    """

    price_minor: int
    limit_ug: int
    limit_nl: int | None
    above: tuple[int, int | None] | None


def reachable_steps(
    tariff: Tariff, least: tuple[int, int], most: tuple[int, int]
) -> tuple[WeightStep, ...]:
    """Return the steps of all parcels between two contents.

    Parameters
    ----------
    tariff
        Its steps.
    least, most
        (weight, volume) that every parcel reaches and that none exceeds.
    """
    lightest, heaviest = _billable(tariff, *least), _billable(tariff, *most)
    steps: list[WeightStep] = []
    dearest_below: int | None = None
    limit_before = 0
    joined = False
    for limit, price in zip(tariff.limit_ug.tolist(), tariff.price_minor.tolist(), strict=True):
        if limit < lightest:
            limit_before = limit
            continue
        if price >= NO_PRICE:
            joined = False
        elif joined and steps[-1].price_minor == price:
            last = steps.pop()
            steps.append(WeightStep(price, limit, _volume_limit(tariff, limit), last.above))
        else:
            cheaper = dearest_below is not None and price < dearest_below
            above = (limit_before, _volume_limit(tariff, limit_before)) if cheaper else None
            steps.append(WeightStep(price, limit, _volume_limit(tariff, limit), above))
            joined = True
        dearest_below = price if dearest_below is None else max(price, dearest_below)
        limit_before = limit
        if limit >= heaviest:
            break
    return tuple(steps)


def _billable(tariff: Tariff, weight_ug: int, volume_nl: int) -> int:
    return int(
        billable_weight_ug(
            tariff, np.array([weight_ug], dtype=np.int64), np.array([volume_nl], dtype=np.int64)
        )[0]
    )


def _volume_limit(tariff: Tariff, limit_ug: int) -> int | None:
    """Return the greatest volume whose dimensional weight is at most `limit_ug`."""
    rule = tariff.dimensional
    if rule is None:
        return None
    return max(rule.threshold_nl, limit_ug * rule.ug_per_nl.denominator // rule.ug_per_nl.numerator)


def parcels_enough(
    tariff: Tariff, weight_ug: int, volume_nl: int, pieces: int, one_is_cheapest: bool
) -> int:
    """Return a number of parcels that some cheapest packing does not exceed.

    In a packing in which no two parcels can be put together for no more money, any two
    are too heavy together (or too large): two neighbours on a circle of all parcels
    exceed the weight up to which joining never costs more. Adding up all neighbours
    counts everything twice.

    Parameters
    ----------
    tariff
        Prices; prices and per-parcel costs are 0 or more.
    weight_ug, volume_nl, pieces
        Of everything to be packed, at most.
    one_is_cheapest
        Whether that is known for everything that could be packed.
    """
    joinable = tariff.subadditive_below_ug
    rule = tariff.dimensional
    if one_is_cheapest or pieces <= 1:
        return 1
    if joinable <= 0:
        return pieces
    if rule is None or volume_nl <= rule.threshold_nl:
        return _at_most(2 * weight_ug, joinable, pieces)
    if rule.threshold_nl > 0:
        scaled = 2 * (weight_ug * rule.threshold_nl + volume_nl * joinable)
        return _at_most(scaled, joinable * rule.threshold_nl, pieces)
    if not (np.diff(tariff.price_minor) >= 0).all():
        return pieces
    # Every parcel's dimensional weight is rounded up by less than one.
    billable = weight_ug + _billable(tariff, 0, volume_nl) + pieces
    return _at_most(2 * billable, joinable, pieces)


def _at_most(twice: int, joinable: int, pieces: int) -> int:
    """Return the most parcels p >= 1 with p * joinable < twice, and no more than pieces."""
    return min(pieces, max(1, -(-twice // joinable) - 1))


def allowed_steps(steps: tuple[WeightStep, ...], weight_ug: int, volume_nl: int) -> Iterator[int]:
    """Yield the numbers of the steps that a parcel may take, in order."""
    for number, step in enumerate(steps):
        if weight_ug > step.limit_ug:
            continue
        if step.limit_nl is not None and volume_nl > step.limit_nl:
            continue
        if step.above is not None:
            weight, volume = step.above
            if weight_ug <= weight and (volume is None or volume_nl <= volume):
                continue
        yield number
