"""`pack` with cartons and size surcharges against every division into parcels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest

from routing.carton import Carton
from routing.ids import CartonId
from routing.item import Dimensions
from routing.parcels.boxing import Boxing, make_boxing
from routing.parcels.fill import Filler
from routing.parcels.fit.solids import Solid
from routing.parcels.pack import pack
from routing.parcels.packing import Packing
from routing.rating.packaging import NO_CARTON
from routing.rating.packagings import packed_tariff
from routing.rating.rate_steps import RateStep, ZoneRates
from tests.routing.parcels.fit.every_position import faults
from tests.strategies.draws import SeededDraws, chance, pick
from tests.strategies.packagings import (
    MG,
    MM,
    ZONE,
    Packed,
    draw_card,
    draw_cartons,
    draw_packed,
    draw_solids,
)
from tests.strategies.plain_parcels import PlainParcels

CASES = 250


@dataclass
class Case:
    packed: Packed
    boxing: Boxing
    weight: list[int]
    volume: list[int]
    alone: list[bool]
    counts: list[int]
    fee: int

    def pack(self) -> Packing | None:
        return pack(
            np.array(self.weight),
            np.array(self.volume),
            np.array(self.alone),
            np.array(self.counts),
            self.packed.tariff,
            self.fee,
            self.boxing,
        )

    def plain(self) -> PlainParcels:
        return PlainParcels(
            self.packed, self.fee, self.boxing.solids, self.weight, self.volume, self.alone
        )


def draw_case(seed: int, most: int = 4) -> Case | None:
    draws = SeededDraws(seed)
    solids = draw_solids(draws, draws.integer(1, 3))
    weight = [draws.integer(0, 6) * MG for _ in solids]
    volume = [-(-solid.volume_um3 // 1_000_000) for solid in solids]
    alone = [chance(draws, 15) for _ in solids]
    counts, left = [], most
    for _ in solids:
        counts.append(draws.integer(0, min(3, left)))
        left -= counts[-1]
    cartons = draw_cartons(draws)
    total = (
        sum(map(int.__mul__, weight, counts)),
        sum(map(int.__mul__, volume, counts)),
    )
    packed = draw_packed(draws, solids, cartons, total)
    if packed is None or not any(counts):
        return None
    fee = pick(draws, (0, 30, 120))
    return Case(packed, make_boxing(solids, cartons), weight, volume, alone, counts, fee)


def check_parcels(case: Case, packing: Packing) -> None:
    """Check that parcels hold everything, fit, and cost what the card says, term by term."""
    held: Counter[int] = Counter()
    total, plain = 0, case.plain()
    for parcel in packing.parcels:
        counts = [0] * len(case.counts)
        for piece, number in parcel.pieces:
            counts[piece] = number
            held[piece] += number * parcel.count
        packaging = case.packed.tariff.packagings[parcel.packaging]
        carton = None
        if packaging.carton != NO_CARTON:
            carton = case.packed.cartons[packaging.carton]
            inner = carton.inner
            room = (inner.length_um, inner.width_um, inner.height_um)
            assert not faults(room, list(case.boxing.solids), counts, parcel.placements)
        price = plain._price(tuple(counts), carton)
        assert price is not None
        total += (price + case.fee) * parcel.count
    assert total == packing.cost_minor
    assert held == Counter({piece: n for piece, n in enumerate(case.counts) if n})


def compare(seed: int) -> str:
    case = draw_case(seed)
    if case is None:
        return "nothing"
    packing, least = case.pack(), case.plain().least(tuple(case.counts))
    if packing is None:
        assert least is None, seed
        return "refused"
    assert least is not None, seed
    check_parcels(case, packing)
    assert packing.bound_minor <= least <= packing.cost_minor, seed
    assert packing.exact, seed
    parcels = sum(parcel.count for parcel in packing.parcels)
    return f"{min(parcels, 3)} in cartons" if case.packed.cartons else f"{min(parcels, 3)} as is"


def test_few_pieces_are_packed_at_the_least_cost_of_all_divisions() -> None:
    kinds = Counter(compare(seed) for seed in range(CASES))
    for kind in ("1 in cartons", "2 in cartons", "3 in cartons", "1 as is", "refused"):
        assert kinds[kind] >= CASES // 50, kinds


@pytest.mark.soak
def test_few_pieces_are_packed_at_the_least_cost_many_times() -> None:
    for seed in range(CASES, 20_000):
        compare(seed)


def test_bounds_hold_and_fillings_are_real_parcels() -> None:
    tight = filled = 0
    for seed in range(CASES):
        case = draw_case(seed)
        if case is None or any(case.alone):
            continue
        least = case.plain().least(tuple(case.counts))
        counts, bound = np.array(case.counts), 0
        if case.packed.tariff.bound is not None:
            bound = int(
                case.packed.tariff.bound.at_least(
                    np.array([counts @ case.weight]),
                    np.array([counts @ case.boxing.solid_nl]),
                    case.fee,
                    several=False,
                )[0]
            )
        filler = Filler(
            case.packed.tariff, case.fee, case.boxing, np.array(case.weight), np.array(case.volume)
        )
        found = filler.best(counts, bound)
        if least is None:
            assert found is None
            continue
        assert found is not None
        assert bound <= least <= found[0]
        check_parcels(case, Packing(found[0], found[0], found[1]))
        tight += found[0] == least
        filled += 1
    assert filled > 50
    assert tight > filled // 2


def test_the_bound_of_several_parcels_holds_for_every_division() -> None:
    tight = 0
    for seed in range(CASES):
        case = draw_case(seed)
        if case is None or any(case.alone) or case.packed.tariff.bound is None:
            continue
        plain, counts = case.plain(), np.array(case.counts)
        bound = int(
            case.packed.tariff.bound.at_least(
                np.array([counts @ case.weight]),
                np.array([counts @ case.boxing.solid_nl]),
                case.fee,
                several=True,
            )[0]
        )
        for parcel in product(*(range(count + 1) for count in case.counts)):
            rest = tuple(have - n for have, n in zip(case.counts, parcel, strict=True))
            one, others = plain.parcel_minor(parcel), plain.least(rest)
            if any(parcel) and any(rest) and one is not None and others is not None:
                assert bound <= one + case.fee + others, seed
                tight += bound == one + case.fee + others
    assert tight > 10


def test_a_carton_more_never_makes_parcels_dearer() -> None:
    cheaper = 0
    for seed in range(CASES):
        case = draw_case(seed)
        if case is None or len(case.packed.cartons) < 2:
            continue
        fewer = Packed(case.packed.card, case.packed.cartons[:1], case.packed.tariff)
        forced = PlainParcels(
            fewer, case.fee, case.boxing.solids, case.weight, case.volume, case.alone
        ).least(tuple(case.counts))
        packing = case.pack()
        if forced is not None:
            assert packing is not None
            assert packing.cost_minor <= forced
            cheaper += packing.cost_minor < forced
    assert cheaper > 5


def test_a_hundred_things_are_filled_into_cartons_close_to_the_bound() -> None:
    carton = Carton(
        CartonId("a"), Dimensions(400 * MM, 300 * MM, 200 * MM), Dimensions(*[410 * MM] * 3)
    )
    rates = ZoneRates(ZONE, (RateStep(10**10, 700),))
    card = replace(
        draw_card(SeededDraws(1)),
        rates=(rates,),
        max_weight_ug=10**10,
        dim_divisor_in3_per_lb=None,
        max_length_um=None,
        surcharges=(),
        min_price_minor=0,
    )
    tariff = packed_tariff(card, ZONE, (), (carton,), frozenset(), as_they_are=False)
    assert tariff is not None
    solids = (Solid((100 * MM, 100 * MM, 100 * MM)), Solid((100 * MM, 50 * MM, 50 * MM)))
    # 24 dice fill a carton; 96 fill four, and the bars half of another.
    packing = pack(
        np.array([1_000, 500]),
        np.array([solid.volume_um3 // 1_000_000 for solid in solids]),
        np.zeros(2, dtype=np.bool_),
        np.array([96, 48]),
        tariff,
        50,
        make_boxing(solids, (carton,)),
    )
    assert packing is not None
    assert sum(parcel.count for parcel in packing.parcels) == 5
    assert packing.exact
