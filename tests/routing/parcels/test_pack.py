"""`pack` against exhaustive packing, on few pieces."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from routing.parcels.lattice import lattice_size
from routing.parcels.pack import LATTICE_LIMIT, is_one_parcel_cheapest
from routing.parcels.packing import Packing
from tests.routing.parcels.every_partition import (
    PieceKind,
    ToPack,
    cheapest_of_all,
    cost_of,
    partitions,
)
from tests.strategies.draws import HypothesisDraws, SeededDraws, chance, pick
from tests.strategies.tariffs import draw_tariff, make_tariff

MOST_PIECES = 6


def draw_case(draws: HypothesisDraws | SeededDraws) -> ToPack:
    kinds, left = [], MOST_PIECES
    for _ in range(draws.integer(1, 4)):
        count = draws.integer(0, min(4, left))
        left -= count
        weight = 0 if chance(draws, 8) else draws.integer(1, 8)
        volume = pick(draws, (0, draws.integer(1, 14)))
        kinds.append(PieceKind(weight, volume, chance(draws, 15), count))
    return ToPack(tuple(kinds), draw_tariff(draws), pick(draws, (0, 0, 30, 120)))


@st.composite
def cases(draw: st.DrawFn) -> ToPack:
    return draw_case(HypothesisDraws(draw))


def contents(packing: Packing) -> Counter[int]:
    held: Counter[int] = Counter()
    for parcel in packing.parcels:
        assert parcel.count >= 1
        for piece, number in parcel.pieces:
            assert number >= 1
            held[piece] += number * parcel.count
    return held


def wanted(case: ToPack) -> Counter[int]:
    return Counter({at: kind.count for at, kind in enumerate(case.kinds) if kind.count})


def parcels_in(packing: Packing) -> int:
    return sum(parcel.count for parcel in packing.parcels)


def check(case: ToPack) -> str:
    """Compare `pack` with all partitions; return what kind of case it was."""
    packing, best = case.pack(), cheapest_of_all(case)
    if best is None:
        assert packing is None
        return "refused"
    assert packing is not None
    assert contents(packing) == wanted(case)
    assert cost_of(case, packing) == packing.cost_minor
    assert packing.bound_minor == packing.cost_minor == best[0]
    assert packing.exact
    assert parcels_in(packing) == best[1], "among equals, as few parcels as possible"
    return f"{min(best[1], 3)} parcels"


@settings(max_examples=150, deadline=None)
@given(cases())
def test_few_pieces_are_packed_at_the_least_cost_of_all_partitions(case: ToPack) -> None:
    event(check(case))


def test_seeded_pieces_are_packed_at_the_least_cost_of_all_partitions() -> None:
    seen = Counter(check(draw_case(SeededDraws(seed))) for seed in range(1_500))
    assert set(seen) >= {"refused", "1 parcels", "2 parcels", "3 parcels"}
    assert min(seen.values()) >= 40, seen


def test_all_partitions_are_tried() -> None:
    # Bell numbers: 1, 1, 2, 5, 15, 52, 203.
    assert [sum(1 for _ in partitions(size)) for size in range(7)] == [1, 1, 2, 5, 15, 52, 203]


@settings(max_examples=150, deadline=None)
@given(cases())
def test_where_one_parcel_is_called_cheapest_none_is_cheaper(case: ToPack) -> None:
    if any(kind.alone and kind.count for kind in case.kinds) or not wanted(case):
        return
    weight = sum(kind.weight_ug * kind.count for kind in case.kinds)
    volume = sum(kind.volume_nl * kind.count for kind in case.kinds)
    if weight <= case.tariff.max_weight_ug and is_one_parcel_cheapest(case.tariff, weight, volume):
        packing = case.pack()
        assert packing is not None
        best = cheapest_of_all(case)
        assert best == (packing.cost_minor, 1)


def test_nothing_needs_no_parcel() -> None:
    packing = ToPack((PieceKind(3, 0, False, 0),), make_tariff([5], [100]), 20).pack()
    assert packing == Packing(0, 0, ())


@pytest.mark.parametrize(("weight", "carried"), [(10, True), (11, False)])
def test_a_piece_of_exactly_the_greatest_weight_is_carried(weight: int, carried: bool) -> None:
    packing = ToPack((PieceKind(weight, 0, False, 2),), make_tariff([5, 10], [100, 150]), 0).pack()
    assert (packing is not None) is carried


def test_one_refused_piece_refuses_the_shipment() -> None:
    kinds = (PieceKind(1, 0, False, 3), PieceKind(11, 0, False, 1))
    assert ToPack(kinds, make_tariff([10], [100]), 0).pack() is None
    alone = (PieceKind(1, 0, False, 3), PieceKind(11, 0, True, 1))
    assert ToPack(alone, make_tariff([10], [100]), 0).pack() is None


def test_pieces_alone_have_parcels_of_their_own() -> None:
    kinds = (PieceKind(1, 0, True, 2), PieceKind(1, 0, False, 3))
    packing = ToPack(kinds, make_tariff([10], [100]), 7).pack()
    assert packing is not None
    assert packing.cost_minor == 3 * 107
    assert parcels_in(packing) == 3


def test_one_parcel_is_preferred_to_several_of_the_same_cost() -> None:
    # 50 per microgram however it is divided.
    by_weight = make_tariff([1, 2, 3, 4, 5, 6], [50, 100, 150, 200, 250, 300])
    packing = ToPack((PieceKind(1, 0, False, 4), PieceKind(2, 0, False, 1)), by_weight, 0).pack()
    assert packing is not None
    assert packing.cost_minor == 300
    assert parcels_in(packing) == 1


@pytest.mark.parametrize("thorough", [True, False])
def test_without_the_search_costs_and_bounds_are_still_true(
    thorough: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ways to pack many pieces, made to pack few, where the truth is known."""
    monkeypatch.setattr("routing.parcels.pack.LATTICE_LIMIT", 0)
    proven = unproven = 0
    for seed in range(3_000, 4_500 if thorough else 3_700):
        case = draw_case(SeededDraws(seed))
        packing, best = case.pack(thorough=thorough), cheapest_of_all(case)
        assert (packing is None) is (best is None), seed
        if packing is None or best is None:
            continue
        assert contents(packing) == wanted(case), seed
        assert cost_of(case, packing) == packing.cost_minor, seed
        assert packing.bound_minor <= best[0] <= packing.cost_minor, seed
        proven += packing.exact
        unproven += not packing.exact
    assert min(proven, unproven) >= 50, (proven, unproven)


def test_fewer_parcels_are_preferred_to_more_of_the_same_cost() -> None:
    # Up to 6 ug cost 100, up to 8 ug 150. Two of 2 ug and two of 6 ug: 2 + 6 twice costs
    # 300 in two parcels; 2 + 2, 6, 6 costs 300 in three.
    case = ToPack(
        (PieceKind(2, 0, False, 2), PieceKind(6, 0, False, 2)), make_tariff([6, 8], [100, 150]), 0
    )
    packing = case.pack()
    assert packing is not None
    assert cheapest_of_all(case) == (300, 2)
    assert parcels_in(packing) == 2


def test_the_largest_lattice_that_is_searched_is_searched_to_the_end() -> None:
    # Nine of 3 ug, nine of 5 ug, and as many of 4 ug as make exactly the limit. A parcel
    # holds 7 ug for 100: one piece of 5 ug, or one of 4 ug and perhaps one of 3 ug.
    fours = LATTICE_LIMIT // 100 - 1
    kinds = tuple(PieceKind(ug, 0, False, count) for ug, count in ((3, 9), (4, fours), (5, 9)))
    assert lattice_size(np.array([9, fours, 9], dtype=np.int64)) == LATTICE_LIMIT
    assert fours >= 9, "each of 3 ug finds a place beside one of 4 ug"
    packing = ToPack(kinds, make_tariff([7], [100]), 0).pack()
    assert packing is not None
    # As a fluid it would all fit into fewer parcels, so that only the search proves this.
    assert packing.cost_minor == packing.bound_minor == 100 * (9 + fours)
