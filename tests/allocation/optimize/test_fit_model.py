"""What CP-SAT says about fits, against every position and against placing one by one."""

from __future__ import annotations

from random import Random

from allocation.optimize.cp_sat.fit_model import decide_fit
from routing.parcels.fit.oracle import Counts, Fit, FitStatus, fit
from routing.parcels.fit.solids import Sides, Solid
from tests.routing.parcels.fit.every_position import faults, fits_somehow
from tests.routing.parcels.fit.test_fit import SMALL_CASES, expanded, small_case

MM = 1_000
EFFORT = 2.0
WALL_S = 120.0
"""Time must not decide a test."""


def decided(room: Sides, solids: tuple[Solid, ...], counts: Counts) -> Fit:
    return decide_fit(room, solids, counts, EFFORT, WALL_S).fit


def each_fits(room: Sides, solids: list[Solid]) -> bool:
    return all(solid.turned_within(room) for solid in solids)


def test_it_agrees_with_trying_every_position() -> None:
    answers = []
    for seed in range(SMALL_CASES):
        room, solids, counts = small_case(seed)
        if not each_fits(room, solids):
            continue
        found = decided(room, tuple(solids), tuple(counts))
        truth = fits_somehow(room, expanded(solids, counts))
        assert found.status is (FitStatus.FITS if truth else FitStatus.DOES_NOT_FIT), seed
        if truth:
            assert not faults(room, solids, counts, found.placements), seed
        answers.append(truth)
    assert 0.1 < sum(answers) / len(answers) < 0.95, "both answers must be common"


def test_it_contradicts_no_other_way_and_decides_what_they_leave_open() -> None:
    room, draws = (250 * MM, 200 * MM, 150 * MM), Random(7)
    opened = dict.fromkeys(FitStatus, 0)
    for _ in range(60):
        solids = tuple(
            Solid(
                (
                    draws.randint(40, 150) * MM,
                    draws.randint(40, 150) * MM,
                    draws.randint(40, 150) * MM,
                )
            )
            for _ in range(4)
        )
        counts = (2, 1, 1, 1)
        before = fit(room, solids, counts)
        if before.status is FitStatus.DOES_NOT_FIT and not each_fits(room, list(solids)):
            continue
        after = decided(room, solids, counts)
        assert after.status is not FitStatus.NOT_KNOWN
        if after.status is FitStatus.FITS:
            assert not faults(room, list(solids), list(counts), after.placements)
        if before.status is FitStatus.NOT_KNOWN:
            opened[after.status] += 1
        else:
            assert after.status is before.status
    assert sum(opened.values()) > 0


def test_inches_and_things_of_unknown_size_are_placed_too() -> None:
    inch = 25_400
    room = (10 * inch + 300, 4 * inch, 4 * inch)
    solids = (Solid((5 * inch, 4 * inch, 4 * inch)), Solid((0, 0, 0)))
    assert decided(room, solids, (2, 3)).status is FitStatus.FITS
    assert decided(room, solids, (3, 0)).status is FitStatus.DOES_NOT_FIT


def test_without_time_nothing_is_known() -> None:
    room = (350 * MM, 300 * MM, 250 * MM)
    solids = tuple(Solid(((90 + n) * MM, (95 + 2 * n) * MM, (97 + n) * MM)) for n in range(14))
    found = decide_fit(room, solids, (2,) * 14, 0.0, WALL_S)
    assert found.fit.status is FitStatus.NOT_KNOWN
    assert decide_fit(room, solids, (2,) * 14, EFFORT, 0.0).fit.status is FitStatus.NOT_KNOWN
