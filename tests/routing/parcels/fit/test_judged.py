"""Questions of fit that placing things one by one leaves open, put before a judge."""

from __future__ import annotations

from dataclasses import dataclass, field

from routing.parcels.fit.oracle import Counts, Fit, FitStatus, RoomOracle, room_oracles
from routing.parcels.fit.solids import Sides, Solid

ROOM: Sides = (250_000, 200_000, 150_000)
OPEN = ((124, 131, 140), (116, 89, 137), (81, 132, 103), (59, 76, 132), (119, 122, 58))
ALL = (1, 1, 1, 1, 1)


@dataclass
class FixedJudge:
    """Gives one answer to everything, and remembers what it was asked."""

    answer: FitStatus
    asked: list[Counts] = field(default_factory=list)

    def decide(self, _room: Sides, _solids: tuple[Solid, ...], counts: Counts) -> Fit:
        self.asked.append(counts)
        return Fit(self.answer)


def oracle(*sides_mm: tuple[int, int, int]) -> RoomOracle:
    solids = tuple(Solid((a * 1_000, b * 1_000, c * 1_000)) for a, b, c in sides_mm)
    return room_oracles([ROOM], solids)[0]


def test_only_what_stays_open_is_asked_and_only_once() -> None:
    judge = FixedJudge(FitStatus.FITS)
    judged = oracle(*OPEN).judged_by(judge)
    assert oracle(*OPEN).fit(ALL).status is FitStatus.NOT_KNOWN
    assert judged.fit(ALL).status is FitStatus.FITS
    assert judged.fit(ALL).status is FitStatus.FITS
    assert judged.fit((1, 0, 0, 0, 0)).status is FitStatus.FITS
    assert judged.fit((9, 9, 9, 9, 9)).status is FitStatus.DOES_NOT_FIT
    assert judge.asked == [ALL]


def test_a_no_rules_out_whatever_holds_the_same() -> None:
    judge = FixedJudge(FitStatus.DOES_NOT_FIT)
    judged = oracle(*OPEN, (1, 1, 1)).judged_by(judge)
    assert judged.fit((*ALL, 0)).status is FitStatus.DOES_NOT_FIT
    assert judged.fit((*ALL, 1)).status is FitStatus.DOES_NOT_FIT
    assert len(judge.asked) == 1


def test_what_was_open_before_there_was_a_judge_is_asked() -> None:
    before = oracle(*OPEN)
    before.fit(ALL)
    judge = FixedJudge(FitStatus.NOT_KNOWN)
    assert before.judged_by(judge).fit(ALL).status is FitStatus.NOT_KNOWN
    assert judge.asked == [ALL]
