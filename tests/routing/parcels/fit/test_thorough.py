"""Questions of fit that a quick look leaves open, looked into thoroughly, and only so many."""

from __future__ import annotations

from random import Random

from routing.parcels.fit.oracle import Allowance, FitStatus, RoomOracle, room_oracles
from routing.parcels.fit.solids import Sides, Solid
from tests.routing.parcels.fit.every_position import faults

ROOM: Sides = (250_000, 200_000, 150_000)
DOES_NOT_FIT = ((124, 131, 140), (116, 89, 137), (81, 132, 103), (59, 76, 132), (119, 122, 58))
FITS = ((85, 144, 86), (94, 84, 108), (127, 115, 150), (111, 59, 124), (117, 113, 82))
ALL = (1, 1, 1, 1, 1)


def solids_of(*sides_mm: tuple[int, int, int]) -> tuple[Solid, ...]:
    return tuple(Solid((a * 1_000, b * 1_000, c * 1_000)) for a, b, c in sides_mm)


def oracle(*sides_mm: tuple[int, int, int]) -> RoomOracle:
    return room_oracles([ROOM], solids_of(*sides_mm))[0]


def test_what_a_quick_look_leaves_open_is_decided_either_way() -> None:
    for sides_mm, status in ((FITS, FitStatus.FITS), (DOES_NOT_FIT, FitStatus.DOES_NOT_FIT)):
        quick = oracle(*sides_mm)
        assert quick.fit(ALL).status is FitStatus.NOT_KNOWN
        found = quick.thorough(Allowance(1)).fit(ALL)
        assert found.status is status
        if status is FitStatus.FITS:
            assert not faults(ROOM, list(solids_of(*sides_mm)), list(ALL), found.placements)


def test_what_is_refuted_thoroughly_rules_out_whatever_holds_it() -> None:
    more = oracle(*DOES_NOT_FIT, (1, 1, 1)).thorough(Allowance(1))
    assert more.fit((*ALL, 0)).status is FitStatus.DOES_NOT_FIT
    # No question is left, and none is needed.
    assert more.fit((*ALL, 1)).status is FitStatus.DOES_NOT_FIT


def test_only_as_many_questions_are_looked_into_as_are_allowed() -> None:
    allowance = Allowance(1)
    first, second = (oracle(*sides).thorough(allowance) for sides in (FITS, DOES_NOT_FIT))
    assert first.fit(ALL).status is FitStatus.FITS
    assert second.fit(ALL).status is FitStatus.NOT_KNOWN


def test_a_thorough_look_contradicts_no_quick_one() -> None:
    decided = 0
    draws = Random(7)
    for _ in range(150):
        sides = [(draws.randint(40, 150), draws.randint(40, 150), draws.randint(40, 150))] * 2
        sides += [(draws.randint(40, 150), draws.randint(40, 150), draws.randint(40, 150))] * 3
        quick = oracle(*sides)
        before = quick.fit(ALL)
        after = quick.thorough(Allowance(1)).fit(ALL)
        if before.status is FitStatus.NOT_KNOWN:
            decided += after.status is not FitStatus.NOT_KNOWN
        else:
            assert after == before
    assert decided > 0
