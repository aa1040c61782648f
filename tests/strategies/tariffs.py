"""Small artificial tariffs, and a second, plain way to price a parcel.

Weights are single micrograms and volumes single nanolitres, so that every limit is met
exactly again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from routing.ids import RateCardId
from routing.rating.dimensional import DimensionalRule
from routing.rating.fluid_steps import fluid_steps
from routing.rating.packaging import Packaging
from routing.rating.subadditivity import subadditive_below_ug
from routing.rating.tariff import Tariff
from routing.rating.zones import RateZone
from tests.strategies.draws import Draws, chance, pick

UG_PER_NL_AT_DIVISOR_1 = Fraction(453_592_370, 16_387_064)
"""One pound per cubic inch, in micrograms per nanolitre."""


def make_tariff(
    limits_ug: Sequence[int],
    prices_minor: Sequence[int],
    dimensional: DimensionalRule | None = None,
) -> Tariff:
    """Return a tariff with the given steps; limits strictly increasing, prices any order."""
    limit_ug = np.array(limits_ug, dtype=np.int64)
    price_minor = np.array(prices_minor, dtype=np.int64)
    fluid_limit_ug, fluid_price_minor = fluid_steps(limit_ug, price_minor)
    return Tariff(
        card_id=RateCardId("artificial"),
        zone=RateZone(1),
        currency="USD",
        limit_ug=limit_ug,
        price_minor=price_minor,
        dimensional=dimensional,
        subadditive_below_ug=subadditive_below_ug(limit_ug, price_minor),
        fluid_limit_ug=fluid_limit_ug,
        fluid_price_minor=fluid_price_minor,
    )


def dimensional_rule(ug_per_nl: Fraction, threshold_nl: int) -> DimensionalRule:
    """Return the rule that bills `ug_per_nl` (at most 0.92) above a volume."""
    return DimensionalRule(UG_PER_NL_AT_DIVISOR_1 / ug_per_nl, threshold_nl)


def plain_price_minor(tariff: Tariff, weight_ug: int, volume_nl: int) -> int | None:
    """Price one parcel with whole numbers and fractions only; ``None`` if it is refused."""
    billable = weight_ug
    rule = tariff.dimensional
    if rule is not None and volume_nl > rule.threshold_nl:
        dimensional = volume_nl * UG_PER_NL_AT_DIVISOR_1 / rule.divisor_in3_per_lb
        billable = max(billable, -(-dimensional.numerator // dimensional.denominator))
    steps = zip(tariff.limit_ug.tolist(), tariff.price_minor.tolist(), strict=True)
    for limit, price in steps:
        if billable <= limit:
            return int(price)
    return None


def plain_packaging_price_minor(packaging: Packaging, weight_ug: int, volume_nl: int) -> int | None:
    """Price contents in one packaging the same way; whether they fit is not looked at."""
    if weight_ug > packaging.max_weight_ug or volume_nl > packaging.max_volume_nl:
        return None
    billable = weight_ug + packaging.tare_ug
    rule = packaging.dimensional
    if rule is not None and volume_nl > rule.threshold_nl:
        dimensional = volume_nl * UG_PER_NL_AT_DIVISOR_1 / rule.divisor_in3_per_lb
        billable = max(billable, -(-dimensional.numerator // dimensional.denominator))
    void_ml = -(-max(0, packaging.inner_nl - volume_nl) // 10**6)
    steps = zip(packaging.limit_ug.tolist(), packaging.price_minor.tolist(), strict=True)
    for limit, price in steps:
        if billable <= limit:
            return int(price) - (-void_ml * packaging.void_fill_minor_per_m3 // 10**6)
    return None


def is_subadditive(tariff: Tariff) -> bool:
    """Say whether no two parcels by weight alone are ever cheaper than one."""
    return tariff.subadditive_below_ug >= tariff.max_weight_ug


def draw_tariff(draws: Draws) -> Tariff:
    """Return a tariff of one to five steps, tame or nasty."""
    limits, limit = [], 0
    for _ in range(draws.integer(1, 5)):
        limit += draws.integer(1, 6)
        limits.append(limit)
    if chance(draws, 75):
        limits[-1] += draws.integer(8, 40)
    return make_tariff(limits, _prices(draws, limits), _dimensional(draws))


def _prices(draws: Draws, limits: list[int]) -> list[int]:
    shape = pick(draws, ("growing", "cliff", "by_weight", "any_order", "growing"))
    if shape == "by_weight":
        return [50 * limit for limit in limits]
    if shape == "any_order":
        return [100 * draws.integer(0, 12) for _ in limits]
    prices, price = [], 100 * draws.integer(0, 6) + pick(draws, (0, 37))
    for _ in limits:
        prices.append(price)
        price += 100 * draws.integer(0, 3) + (1_200 if shape == "cliff" else 0)
    return prices


def _dimensional(draws: Draws) -> DimensionalRule | None:
    if not chance(draws, 40):
        return None
    ratio = pick(draws, (Fraction(1, 2), Fraction(2, 3), Fraction(9, 10), Fraction(2, 7)))
    return dimensional_rule(ratio, draws.integer(0, 10))
