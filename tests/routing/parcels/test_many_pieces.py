"""`pack` where there are too many pieces to try every division: true bounds, whole contents."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from routing.parcels.lattice import lattice_size
from routing.parcels.pack import LATTICE_LIMIT
from routing.parcels.packing import Packing
from tests.routing.parcels.every_partition import PieceKind, ToPack, cost_of
from tests.strategies.draws import SeededDraws, chance, pick
from tests.strategies.tariffs import UG_PER_NL_AT_DIVISOR_1 as UG_PER_NL
from tests.strategies.tariffs import dimensional_rule, draw_tariff, make_tariff

UG_PER_LB = 453_592_370


JUST_OVER_AND_FAR_OVER = [
    (LATTICE_LIMIT,),
    (9, 9, LATTICE_LIMIT // 100),
    (1_000_000,),
    (999_999, 1_000_000, 3),
]


def holds(packing: Packing) -> dict[int, int]:
    held: Counter[int] = Counter()
    for parcel in packing.parcels:
        for piece, number in parcel.pieces:
            held[piece] += number * parcel.count
    return dict(held)


def wanted(case: ToPack) -> dict[int, int]:
    return {at: kind.count for at, kind in enumerate(case.kinds) if kind.count}


def draw_large(seed: int) -> ToPack:
    draws = SeededDraws(seed)
    kinds = tuple(
        PieceKind(
            draws.integer(0, 6),
            pick(draws, (0, draws.integer(1, 9))),
            chance(draws, 10),
            pick(draws, (1, 7, 40, 900)),
        )
        for _ in range(draws.integer(1, 6))
    )
    return ToPack(kinds, draw_tariff(draws), pick(draws, (0, 60)))


def is_carried(case: ToPack) -> bool:
    """Say whether every kind of piece can travel at all."""
    for kind in case.kinds:
        single = ToPack((PieceKind(kind.weight_ug, kind.volume_nl, True, 1),), case.tariff, 0)
        if single.pack() is None:
            return False
    return True


def test_large_multisets_are_packed_whole_within_true_bounds() -> None:
    packed = 0
    for seed in range(400):
        case = draw_large(seed)
        packing = case.pack()
        assert (packing is not None) is is_carried(case)
        if packing is None:
            continue
        packed += 1
        assert holds(packing) == wanted(case)
        assert cost_of(case, packing) == packing.cost_minor
        assert 0 <= packing.bound_minor <= packing.cost_minor
    assert packed >= 150


def test_the_bound_of_a_large_multiset_is_below_its_optimum() -> None:
    """The optimum of many equal pieces follows from counting: a one-dimensional programme."""
    for seed in range(40):
        draws = SeededDraws(seed)
        weight, count = draws.integer(1, 5), LATTICE_LIMIT + draws.integer(0, 300)
        case = ToPack((PieceKind(weight, 0, False, count),), draw_tariff(draws), 40)
        packing = case.pack()
        best = cheapest_of_equal_pieces(case)
        assert (packing is None) is (best is None)
        if packing is not None and best is not None:
            assert packing.bound_minor <= best <= packing.cost_minor


def cheapest_of_equal_pieces(case: ToPack) -> int | None:
    kind = case.kinds[0]
    largest = case.tariff.max_weight_ug // kind.weight_ug
    price: dict[int, int] = {}
    for number in range(1, largest + 1):
        one = ToPack((PieceKind(kind.weight_ug * number, 0, True, 1),), case.tariff, 40).pack()
        if one is not None:
            price[number] = one.cost_minor
    if 1 not in price:
        return None
    best = [0]
    for total in range(1, kind.count + 1):
        best.append(min(best[total - n] + price[n] for n in price if n <= total))
    return best[-1]


@pytest.mark.parametrize("counts", JUST_OVER_AND_FAR_OVER)
def test_counts_above_the_lattice_limit_are_packed(counts: tuple[int, ...]) -> None:
    assert lattice_size(np.array(counts, dtype=np.int64)) > LATTICE_LIMIT
    kinds = tuple(
        PieceKind(weight, 0, False, count) for weight, count in zip((3, 4, 5), counts, strict=False)
    )
    case = ToPack(kinds, make_tariff([8, 12], [100, 160]), 0)
    packing = case.pack()
    assert packing is not None
    assert holds(packing) == wanted(case)
    assert packing.bound_minor <= packing.cost_minor


def test_a_million_pieces_of_real_weights_are_packed_whole() -> None:
    steps_lb = (1, 5, 10, 20, 50, 70)
    tariff = make_tariff(
        [limit * UG_PER_LB for limit in steps_lb],
        [600, 950, 1_300, 3_100, 5_900, 9_400],
        dimensional_rule(UG_PER_NL / 139, 28_316_846_592),  # above one cubic foot
    )
    kinds = (
        PieceKind(2 * UG_PER_LB, 1_500_000_000, False, 1_000_000),
        PieceKind(9 * UG_PER_LB, 40_000_000_000, False, 250_000),
        PieceKind(33 * UG_PER_LB, 0, True, 1_000_000),
        PieceKind(0, 0, False, 10),
    )
    case = ToPack(kinds, tariff, 25)
    packing = case.pack()
    assert packing is not None
    assert holds(packing) == wanted(case)
    assert cost_of(case, packing) == packing.cost_minor
    assert 0 < packing.bound_minor <= packing.cost_minor


def test_many_kinds_of_single_pieces_are_packed_whole() -> None:
    kinds = tuple(PieceKind(1 + at % 7, at % 3, False, 1) for at in range(60))
    case = ToPack(kinds, make_tariff([8, 12], [100, 160]), 0)
    packing = case.pack()
    assert packing is not None
    assert holds(packing) == wanted(case)
    assert packing.bound_minor <= packing.cost_minor == cost_of(case, packing)
