"""Sums of sub-multisets as bits, and what they do for heavy shipments of many pieces."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.parcels.packing import PieceTypes
from routing.parcels.pair import best_pair
from routing.parcels.subset_sums import MOST_PIECES, MOST_WEIGHTS, SubsetSums, subset_sums
from routing.parcels.weight_pair import best_weight_pair
from routing.rating.tariff import NO_PRICE
from tests.routing.parcels.every_partition import PieceKind, ToPack, cost_of
from tests.strategies.draws import SeededDraws
from tests.strategies.tariffs import draw_tariff, make_tariff

PIECES = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 3)), min_size=1, max_size=6)


def sums_of(pieces: list[tuple[int, int]], unit_ug: int = 1) -> SubsetSums:
    weights = np.array([weight * unit_ug for weight, _ in pieces], dtype=np.int64)
    found = subset_sums(weights, np.array([count for _, count in pieces], dtype=np.int64))
    assert found is not None
    return found


@given(PIECES, st.sampled_from([1, 7, 10**6]))
def test_the_sums_are_those_of_all_sub_multisets(
    pieces: list[tuple[int, int]], unit_ug: int
) -> None:
    wanted = {
        sum(number * weight * unit_ug for number, (weight, _) in zip(taken, pieces, strict=True))
        for taken in product(*(range(count + 1) for _, count in pieces))
    }
    assert sums_of(pieces, unit_ug).weights_ug().tolist() == sorted(wanted)


@given(PIECES)
def test_every_sum_has_pieces_that_weigh_so_much(pieces: list[tuple[int, int]]) -> None:
    sums = sums_of(pieces)
    for weight in sums.weights_ug().tolist():
        taken = sums.pieces_of(weight)
        assert (taken >= 0).all()
        assert (taken <= sums.counts).all()
        assert int(taken @ sums.multiples) * sums.unit_ug == weight


@pytest.mark.parametrize("weight_ug", [-6, 5, 7, 100])
def test_a_weight_that_no_pieces_have_is_refused(weight_ug: int) -> None:
    with pytest.raises(ValueError, match="no pieces weigh"):
        sums_of([(3, 4)], 2).pieces_of(weight_ug)


def test_too_many_pieces_are_declined() -> None:
    one = np.array([1], dtype=np.int64)
    assert subset_sums(one, one * (MOST_PIECES + 1)) is None
    assert subset_sums(one, one * MOST_PIECES) is not None


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_weights_without_a_common_unit_are_rounded_up_a_little(weights: list[int]) -> None:
    odd = np.array([*weights, 1, 10**9 + 7], dtype=np.int64)
    sums = subset_sums(odd, np.ones_like(odd))
    assert sums is not None
    assert sums.rows[-1].bit_length() <= MOST_WEIGHTS + 1
    everything = sums.weights_ug().tolist()
    for said in (everything[1], everything[len(everything) // 2], everything[-1]):
        true = int(sums.pieces_of(said) @ odd)
        assert true <= said <= true + sums.excess_ug
    assert sums.excess_ug <= odd.sum() // 10_000


def test_rounded_weights_give_a_pair_within_its_bound() -> None:
    proven = 0
    for seed in range(60):
        draws = SeededDraws(seed)
        weight = np.array([draws.integer(10**6, 10**9) for _ in range(7)], dtype=np.int64)
        limits = [*sorted({draws.integer(10**8, 10**10) for _ in range(6)}), 10**11]
        tariff = make_tariff(limits, sorted(draws.integer(100, 3_000) for _ in limits))
        pieces, counts = PieceTypes(weight, np.zeros_like(weight)), np.ones_like(weight)
        found = best_weight_pair(tariff, 40, pieces, counts)
        assert found is not None
        best = best_pair(tariff, 40, pieces, counts)[0]
        assert found.bound_minor <= best <= found.cost_minor
        proven += found.bound_minor == found.cost_minor
    assert proven > 40


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_the_best_pair_by_weight_is_the_best_of_all_pairs(seed: int) -> None:
    draws = SeededDraws(seed)
    tariff = draw_tariff(draws)
    types = draws.integer(1, 5)
    weight = np.array([draws.integer(0, 30) for _ in range(types)], dtype=np.int64)
    counts = np.array([draws.integer(1, 4) for _ in range(types)], dtype=np.int64)
    pieces = PieceTypes(weight, np.zeros_like(weight))
    found = best_weight_pair(tariff, 40, pieces, counts)
    assert found is not None
    cost, first = found.cost_minor, found.first
    assert found.bound_minor == cost
    wanted = best_pair(tariff, 40, pieces, counts)[0]
    # Pieces without weight alone make no parcel here; with others they cost nothing.
    assert cost >= wanted
    assert cost == wanted or (weight == 0).any()
    if cost < NO_PRICE:
        assert (first <= counts).all()
        assert int(first @ weight) > 0 or (weight == 0).any()


@pytest.mark.parametrize("kinds", [12, 40])
def test_two_and_three_parcels_of_many_pieces_are_proven_cheapest(kinds: int) -> None:
    rng = np.random.default_rng(kinds)
    pieces = tuple(PieceKind(int(g), 0, False, 2) for g in rng.integers(60, 900, kinds))
    weight = sum(2 * kind.weight_ug for kind in pieces)
    for parcels in (2, 3):
        # Full parcels up to a share of everything are cheap, heavier ones are dear.
        share = -(-weight // parcels) + 9
        tariff = make_tariff([share // 3, share, 2 * weight], [500, 1_000, 9_000])
        case = ToPack(pieces, tariff, 25)
        packing = case.pack()
        assert packing is not None
        assert cost_of(case, packing) == packing.cost_minor
        assert packing.cost_minor == packing.bound_minor == parcels * 1_025
