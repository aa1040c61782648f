from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.parcels.fit.bounds import room_bound
from routing.parcels.fit.exact import GaveUpError, search
from routing.parcels.fit.extreme_points import place
from routing.parcels.fit.oracle import FitStatus, fit, room_oracles
from routing.parcels.fit.slabs import place_slabs, slabs_fit
from routing.parcels.fit.solids import Sides, Solid
from tests.routing.parcels.fit.every_position import faults, fits_somehow

SMALL_CASES = 300


def small_case(seed: int) -> tuple[Sides, list[Solid], list[int]]:
    """Return a room and up to five solids whose volume is near that of the room."""
    draws = Random(seed)
    room = (draws.randint(2, 4), draws.randint(2, 4), draws.randint(1, 4))
    solids, counts, left = [], [], draws.randint(1, 5)
    while left > 0:
        sides = (draws.randint(1, 3), draws.randint(1, 3), draws.randint(1, 3))
        solids.append(Solid(sides, upright=draws.random() < 0.3))
        counts.append(min(left, draws.choice((1, 1, 2, 3))))
        left -= counts[-1]
    return room, solids, counts


def expanded(solids: list[Solid], counts: list[int]) -> list[Solid]:
    return [solid for solid, count in zip(solids, counts, strict=True) for _ in range(count)]


def test_the_oracle_agrees_with_trying_every_position() -> None:
    answers = []
    for seed in range(SMALL_CASES):
        room, solids, counts = small_case(seed)
        found = fit(room, tuple(solids), tuple(counts))
        truth = fits_somehow(room, expanded(solids, counts))
        assert found.status is (FitStatus.FITS if truth else FitStatus.DOES_NOT_FIT), seed
        if truth:
            assert not faults(room, solids, counts, found.placements), seed
        answers.append(truth)
    assert 0.2 < sum(answers) / len(answers) < 0.8, "both answers must be common"


@pytest.mark.soak
def test_the_oracle_is_never_wrong_and_hardly_ever_at_a_loss() -> None:
    not_known = 0
    seeds = range(SMALL_CASES, 20_000)
    for seed in seeds:
        room, solids, counts = small_case(seed)
        status = fit(room, tuple(solids), tuple(counts)).status
        if status is FitStatus.NOT_KNOWN:
            not_known += 1
            continue
        truth = fits_somehow(room, expanded(solids, counts))
        assert (status is FitStatus.FITS) == truth, seed
    assert not_known < len(seeds) // 1_000


def test_bounds_never_rule_out_and_slabs_never_promise_what_is_not_so() -> None:
    ruled_out = promised = placed_quickly = 0
    for seed in range(SMALL_CASES):
        room, solids, counts = small_case(seed)
        truth = fits_somehow(room, expanded(solids, counts))
        vector = np.array([counts])
        possible = bool(room_bound(room, tuple(solids)).possible(vector)[0])
        certain = bool(slabs_fit(room, solids, vector)[0])
        quick = place(room, solids, counts)
        assert possible or not truth, seed
        assert truth or not certain, seed
        assert certain == (place_slabs(room, solids, counts) is not None), seed
        assert quick is None or (truth and not faults(room, solids, counts, quick)), seed
        ruled_out += not possible
        promised += certain
        placed_quickly += quick is not None
    assert min(ruled_out, promised, placed_quickly) > SMALL_CASES // 10


def test_the_exact_search_alone_agrees_with_trying_every_position() -> None:
    for seed in range(SMALL_CASES // 2):
        room, solids, counts = small_case(seed)
        found = search(room, solids, counts, most_steps=10**6)
        assert (found is not None) == fits_somehow(room, expanded(solids, counts)), seed
        assert found is None or not faults(room, solids, counts, found), seed


def test_three_bars_that_cross_in_a_knot_fit_although_no_corner_starts_it() -> None:
    # Each bar lies along one axis, behind, above and beside the other two.
    bars = [
        Solid((3, 2, 1)),
        Solid((3, 2, 1)),
        Solid((3, 2, 1)),
        Solid((1, 1, 1)),
        Solid((1, 1, 1)),
    ]
    assert fits_somehow((3, 3, 3), bars)
    assert fit((3, 3, 3), tuple(bars), (1,) * 5).status is FitStatus.FITS


def test_what_must_stay_this_side_up_does_not_fit_lying_down() -> None:
    bottle, crate = Solid((2, 2, 5), upright=True), (5, 5, 3)
    assert fit(crate, (bottle,), (1,)).status is FitStatus.DOES_NOT_FIT
    assert fit(crate, (Solid((2, 2, 5)),), (1,)).status is FitStatus.FITS
    assert fit((3, 5, 5), (Solid((5, 2, 5), upright=True),), (1,)).status is FitStatus.FITS


def test_two_halves_fill_a_room_exactly_and_a_little_more_does_not_fit() -> None:
    room = (100, 100, 100)
    assert fit(room, (Solid((50, 100, 100)),), (2,)).status is FitStatus.FITS
    assert fit(room, (Solid((51, 100, 100)), Solid((50, 100, 100))), (1, 1)).status is (
        FitStatus.DOES_NOT_FIT
    )


def test_things_over_half_in_every_direction_exclude_each_other_without_search() -> None:
    room, solids = (10, 10, 10), (Solid((6, 6, 6)), Solid((7, 6, 6)))
    possible = room_bound(room, tuple(solids)).possible(np.array([[1, 0], [0, 1], [1, 1], [2, 0]]))
    assert possible.tolist() == [True, True, False, False]


def test_a_size_that_is_not_known_takes_no_room() -> None:
    found = fit((2, 2, 2), (Solid((0, 0, 0)), Solid((2, 2, 2))), (9, 1))
    assert found.status is FitStatus.FITS
    assert [each.piece for each in found.placements] == [1]


def test_hundreds_of_equal_solids_are_settled_at_once() -> None:
    room, solid = (600_000, 400_000, 400_000), Solid((100_000, 100_000, 50_000))
    assert fit(room, (solid,), (192,)).status is FitStatus.FITS
    assert fit(room, (solid,), (193,)).status is FitStatus.DOES_NOT_FIT


def test_too_many_odd_solids_are_not_known_to_fit() -> None:
    solids = tuple(Solid((10 + n % 5, 11 + n % 7, 12 + n % 3)) for n in range(30))
    volume = sum(solid.volume_um3 for solid in solids)
    side = round(volume ** (1 / 3)) + 1
    assert fit((side, side, side), solids, (1,) * 30).status is FitStatus.NOT_KNOWN
    with pytest.raises(GaveUpError):
        search((side, side, side), solids, (1,) * 30)


def test_contents_that_hold_what_does_not_fit_are_ruled_out_from_then_on() -> None:
    # Two bars and a die in a 2 x 2 x 4 room: every bound lets them pass, the search does not.
    room, solids = (2, 2, 4), (Solid((3, 1, 1)), Solid((2, 2, 2)), Solid((1, 1, 1)))
    (oracle,) = room_oracles([room], solids)
    contents = np.array([[2, 1, 0], [2, 1, 1], [2, 0, 1], [0, 2, 0]])
    assert oracle.possible(contents).tolist() == [True, True, True, True]
    assert oracle.fit((2, 1, 0)).status is FitStatus.DOES_NOT_FIT
    assert oracle.possible(contents).tolist() == [False, False, True, True]
    assert oracle.certain(contents).tolist() == [False, False, True, True]


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(2, 40))
def test_larger_units_change_nothing(seed: int, unit: int) -> None:
    room, solids, counts = small_case(seed)
    large_room = (room[0] * unit, room[1] * unit, room[2] * unit)
    large = tuple(
        Solid((b.sides_um[0] * unit, b.sides_um[1] * unit, b.sides_um[2] * unit), b.upright)
        for b in solids
    )
    small = fit(room, tuple(solids), tuple(counts))
    assert fit(large_room, large, tuple(counts)).status is small.status


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(0, 2))
def test_more_room_never_hurts(seed: int, axis: int) -> None:
    room, solids, counts = small_case(seed)
    larger = [*room]
    larger[axis] += 1
    if fit(room, tuple(solids), tuple(counts)).status is FitStatus.FITS:
        found = fit((larger[0], larger[1], larger[2]), tuple(solids), tuple(counts))
        assert found.status is FitStatus.FITS
