"""Small nasty rate cards with size surcharges and flat-rate boxs, cartons and things.

A side is a few millimetres and a weight a few milligrams, so that limits are met exactly
again and again and every position of a thing in a carton can be tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from routing.carton import Carton
from routing.ids import CarrierCode, CartonId, RateCardId, ServiceCode
from routing.item import Dimensions
from routing.parcels.fit.solids import Solid
from routing.rating.packagings import packed_tariff, triggers_met
from routing.rating.rate_card import Pricing, RateCard
from routing.rating.rate_steps import CartonRate, RateStep, ZoneRates
from routing.rating.side_rounding import SideRounding
from routing.rating.surcharge import Surcharge, SurchargeKind
from routing.rating.tariff import Tariff
from routing.rating.trigger import Trigger
from routing.rating.zones import RateZone
from tests.strategies.draws import Draws, chance, pick

MM = 1_000
MG = 1_000
ZONE = RateZone(1)
START = date(2026, 1, 1)
FLAT_BOX = "flat-box"


@dataclass(frozen=True)
class Packed:
    """A tariff with packagings and everything it was made of."""

    card: RateCard
    cartons: tuple[Carton, ...]
    tariff: Tariff


def draw_solids(draws: Draws, count: int) -> tuple[Solid, ...]:
    """Return sizes of things; some are not known."""
    return tuple(_solid(draws) for _ in range(count))


def _solid(draws: Draws) -> Solid:
    if chance(draws, 12):
        return Solid((0, 0, 0))
    sides = tuple(draws.integer(1, 3) * MM for _ in range(3))
    return Solid((sides[0], sides[1], sides[2]), upright=chance(draws, 30))


def draw_cartons(draws: Draws) -> tuple[Carton, ...]:
    """Return up to three cartons; none at all in some cases."""
    return tuple(_carton(draws, number) for number in range(pick(draws, (1, 2, 3, 2, 0))))


def _carton(draws: Draws, number: int) -> Carton:
    inner = [draws.integer(1, 4) * MM for _ in range(3)]
    wall = draws.integer(0, 1) * MM
    return Carton(
        CartonId(f"carton-{number}"),
        Dimensions(*inner),
        Dimensions(*(side + wall for side in inner)),
        tare_ug=draws.integer(0, 3) * MG,
        max_weight_ug=draws.integer(4, 20) * MG if chance(draws, 30) else None,
        cost_minor=draws.integer(0, 4) * 10,
        fill_percent=pick(draws, (100, 100, 75)),
        void_fill_minor_per_m3=pick(draws, (0, 0, 500_000_000)),
        rate_code=FLAT_BOX if chance(draws, 20) else None,
    )


def draw_card(draws: Draws) -> RateCard:
    """Return a card of one zone."""
    steps, limit, price = [], 0, draws.integer(0, 6) * 100
    for _ in range(draws.integer(1, 5)):
        limit += draws.integer(1, 6) * MG
        steps.append(RateStep(limit, price))
        price += draws.integer(0, 5) * 100
    steps[-1] = RateStep(limit + draws.integer(8, 30) * MG, steps[-1].price_minor)
    flat = CartonRate(FLAT_BOX, draws.integer(5, 30) * MG, draws.integer(1, 12) * 100)
    flats = (flat,) if chance(draws, 50) else ()
    rates = ZoneRates(ZONE, tuple(steps), flats)
    return RateCard(
        id=RateCardId("artificial"),
        carrier=CarrierCode("c"),
        service=ServiceCode("s"),
        service_name="S",
        pricing=Pricing.LIST,
        currency="USD",
        effective_from=START,
        effective_to=None,
        source="here",
        zone_scheme="z",
        rates=(rates,),
        max_weight_ug=max(steps[-1].max_weight_ug - draws.integer(0, 4) * MG, 1),
        dim_divisor_in3_per_lb=pick(draws, (None, Fraction(120), Fraction(60))),
        dim_threshold_nl=pick(draws, (0, 8_000, 27_000)),
        max_length_um=pick(draws, (None, None, 4 * MM)),
        surcharges=_surcharges(draws),
        min_price_minor=pick(draws, (0, 0, 250)),
        side_rounding=pick(draws, (None, SideRounding(2 * MM), SideRounding(2 * MM, up=True))),
    )


def _surcharges(draws: Draws) -> tuple[Surcharge, ...]:
    return tuple(
        Surcharge(
            f"s{number}",
            SurchargeKind.FLAT,
            draws.integer(0, 9) * 50,
            weight_over_ug=pick(draws, (None, None, 6 * MG)),
            trigger=_trigger(draws) if chance(draws, 70) else None,
            min_billable_ug=0,
            group=pick(draws, ("", "", "handling")),
        )
        for number in range(draws.integer(0, 3))
    ) + (
        (
            Surcharge(
                "heavy",
                SurchargeKind.PERCENT,
                1_000,
                trigger=_trigger(draws),
                min_billable_ug=draws.integer(1, 12) * MG,
            ),
        )
        if chance(draws, 30)
        else ()
    )


def _trigger(draws: Draws) -> Trigger:
    kind = draws.integer(0, 4)
    return Trigger(
        longest_over_um=2 * MM if kind == 0 else None,
        second_over_um=MM if kind == 1 else None,
        length_plus_girth_over_um=8 * MM if kind == 2 else None,
        volume_over_nl=12_000 if kind == 3 else None,
        weight_over_ug=5 * MG if kind == 4 else None,
    )


def draw_packed(
    draws: Draws, solids: tuple[Solid, ...], cartons: tuple[Carton, ...], total: tuple[int, int]
) -> Packed | None:
    """Return a tariff with packagings for things that weigh and take up `total` together."""
    card = draw_card(draws)
    sides = np.array([solid.sides_um for solid in solids], dtype=np.int64).reshape(len(solids), 3)
    tariff = packed_tariff(
        card,
        ZONE,
        card.surcharges,
        cartons,
        triggers_met(card.surcharges, sides, *total),
        as_they_are=True,
    )
    return None if tariff is None else Packed(card, cartons, tariff)
