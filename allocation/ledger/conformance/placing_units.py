"""Serials: a unit in one place only, wherever reports and feeds say that it is."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from collections.abc import Mapping

import pytest

from allocation.errors import InvalidRequestError
from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.naming_units import committed, named
from allocation.ledger.conformance.scene import assert_clean, at, buckets, hold, key, want
from allocation.ledger.errors import SerialTakenError
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow, RowShare
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.replies import FeedReply
from allocation.ledger.serials import SerialKey
from routing.ids import LocationId

NEWARK, RENO = key(location="newark"), key(location="reno")


def units(*serials: str, level: LevelKey = NEWARK) -> HoldRow:
    """Return a row that names its units."""
    return named(*serials, level_key=level)


def report(
    ledger: Ledger,
    kind: AdjustmentKind,
    *serials: str,
    level: LevelKey = NEWARK,
    to: str | None = None,
    seconds: float = 1,
) -> None:
    """Report units by their serials."""
    to_location = None if to is None else LocationId(to)
    one = Adjustment(kind, level, len(serials), to_location, serials=serials)
    ledger.adjust([one], now=at(seconds))


def receive(ledger: Ledger, *serials: str, level: LevelKey = NEWARK, seconds: float = 1) -> None:
    """Let units come in."""
    report(ledger, AdjustmentKind.RECEIVE, *serials, level=level, seconds=seconds)


def feed(
    ledger: Ledger, units: Mapping[LevelKey, tuple[str, ...]], seconds: float, observed: float = -1
) -> FeedReply:
    """Tell all units of some levels."""
    rows = [LevelRow(level, len(serials), serials=serials) for level, serials in units.items()]
    observed_time = at(seconds if observed < 0 else observed)
    return ledger.set_levels(rows, now=at(seconds), observed_time=observed_time)


def where(ledger: Ledger, *serials: str) -> list[str | None]:
    """Return the locations of units; ``None`` where nobody knows."""
    claims = ledger.serials([SerialKey(NEWARK.item_id, serial) for serial in serials])
    found = [claims.get(SerialKey(NEWARK.item_id, serial)) for serial in serials]
    return [None if one is None or one.place is None else one.place.location_id for one in found]


class PlacingConformance:
    """What saying where units are promises."""

    def test_a_unit_is_at_one_location_until_it_is_transferred(self, ledger: Ledger) -> None:
        receive(ledger, "S1", "S2")
        receive(ledger, "S4", level=RENO)
        with pytest.raises(SerialTakenError, match="S2 of mug is at newark"):
            receive(ledger, "S3", "S2", level=RENO)
        assert where(ledger, "S1", "S2", "S3") == ["newark", "newark", None]
        with pytest.raises(SerialTakenError, match="is at newark"):
            report(ledger, AdjustmentKind.TRANSFER, "S1", level=RENO, to="dallas")
        report(ledger, AdjustmentKind.TRANSFER, "S1", to="reno", seconds=2)
        assert where(ledger, "S1", "S2") == ["reno", "newark"]
        with pytest.raises(SerialTakenError, match="S1 of mug is at reno"):
            hold(ledger, "a", units("S1"))
        hold(ledger, "a", units("S1", level=RENO))
        with pytest.raises(SerialTakenError, match="is in plan 'a'"):
            report(ledger, AdjustmentKind.TRANSFER, "S1", level=RENO, to="newark", seconds=3)
        assert_clean(ledger)

    def test_a_unit_that_is_there_cannot_come_in_once_more(self, ledger: Ledger) -> None:
        receive(ledger, "S1", "S2")
        for units_again in (("S2",), ("S3", "S1")):
            with pytest.raises(SerialTakenError, match="is at newark"):
                receive(ledger, *units_again, seconds=2)
        twice = [Adjustment(AdjustmentKind.RECEIVE, NEWARK, 1, serials=("S4",))] * 2
        with pytest.raises(SerialTakenError, match="S4 of mug"):
            ledger.adjust(twice, now=at(2))
        assert buckets(ledger, NEWARK).on_hand == 2
        # One of them left, and nobody scanned it: then it can be the one that comes back.
        committed(ledger, "a", want(NEWARK, 1))
        ledger.fulfill("a", now=at(3))
        receive(ledger, "S2", seconds=4)
        assert buckets(ledger, NEWARK).on_hand == 2
        with pytest.raises(SerialTakenError):
            receive(ledger, "S2", seconds=5)
        report(ledger, AdjustmentKind.DAMAGE, "S1", seconds=5)
        with pytest.raises(SerialTakenError, match="is set aside"):
            report(ledger, AdjustmentKind.QUARANTINE, "S1", seconds=6)

    def test_a_unit_keeps_its_place_whatever_plans_do_with_it(self, ledger: Ledger) -> None:
        receive(ledger, "S1")
        hold(ledger, "a", units("S1"))
        assert where(ledger, "S1") == ["newark"]
        ledger.release("a", now=at(2))
        hold(ledger, "b", units("S1"), seconds=3, until=5)
        assert where(ledger, "S1") == ["newark"]
        # Its hold has run out, and that is written down with the receipt of another.
        receive(ledger, "S2", seconds=6)
        assert where(ledger, "S1", "S2") == ["newark", "newark"]
        committed(ledger, "c", units("S1"))
        ledger.fulfill("c", now=at(7))
        assert where(ledger, "S1") == [None]
        receive(ledger, "S1", level=RENO, seconds=8)
        assert where(ledger, "S1") == ["reno"]

    def test_a_unit_that_is_at_another_location_cannot_leave(self, ledger: Ledger) -> None:
        receive(ledger, "S1")
        receive(ledger, "S2", level=RENO)
        name = committed(ledger, "a", want(RENO, 1)).rows[0].name
        with pytest.raises(SerialTakenError, match="S1 of mug is at newark"):
            ledger.fulfill("a", rows=[RowShare(name, 1, ("S1",))], now=at(3))
        ledger.fulfill("a", rows=[RowShare(name, 1, ("S2",))], now=at(3))
        assert buckets(ledger, RENO) == Buckets(on_hand=0)
        assert_clean(ledger)

    def test_what_is_set_aside_is_not_sold_until_it_is_restored(self, ledger: Ledger) -> None:
        receive(ledger, "S1", "S2", "S3")
        report(ledger, AdjustmentKind.QUARANTINE, "S1")
        report(ledger, AdjustmentKind.DAMAGE, "S2")
        with pytest.raises(SerialTakenError, match="S1 of mug is set aside at newark"):
            hold(ledger, "a", units("S1"))
        with pytest.raises(SerialTakenError, match="set aside"):
            report(ledger, AdjustmentKind.TRANSFER, "S1", to="reno")
        report(ledger, AdjustmentKind.RESTORE, "S1", seconds=2)
        hold(ledger, "a", units("S1"), seconds=3)
        with pytest.raises(SerialTakenError, match="is in plan 'a'"):
            report(ledger, AdjustmentKind.DAMAGE, "S1", seconds=3)
        report(ledger, AdjustmentKind.WRITE_OFF, "S2", seconds=3)
        with pytest.raises(SerialTakenError, match="S2 of mug was written off"):
            hold(ledger, "b", units("S2"), seconds=4)
        receive(ledger, "S2", seconds=5)
        hold(ledger, "b", units("S2"), seconds=6)
        assert_clean(ledger)

    def test_units_that_were_not_counted_are_nowhere_unless_they_are_promised(
        self, ledger: Ledger
    ) -> None:
        receive(ledger, "S1", "S2", "S3")
        receive(ledger, "S9", level=RENO)
        committed(ledger, "a", units("S1"))
        report(ledger, AdjustmentKind.COUNT, "S3", "S9", seconds=3)
        assert where(ledger, "S1", "S2", "S3", "S9") == ["newark", None, "newark", "newark"]
        assert buckets(ledger, NEWARK).on_hand == 2
        report(ledger, AdjustmentKind.COUNT, "S1", "S3", seconds=4)
        assert where(ledger, "S1", "S9") == ["newark", None]
        with pytest.raises(SerialTakenError, match="is in plan 'a'"):
            hold(ledger, "b", units("S1"), seconds=5)

    def test_a_feed_says_where_all_units_of_its_levels_are(self, ledger: Ledger) -> None:
        feed(ledger, {NEWARK: ("S1", "S2"), RENO: ("S3",)}, 1)
        assert where(ledger, "S1", "S2", "S3") == ["newark", "newark", "reno"]
        feed(ledger, {NEWARK: ("S2",), RENO: ("S3", "S4")}, 2)
        assert where(ledger, "S1", "S2", "S3", "S4") == [None, "newark", "reno", "reno"]
        feed(ledger, {NEWARK: ("S3", "S1"), RENO: ("S2",)}, 3)
        assert where(ledger, "S1", "S2", "S3", "S4") == ["newark", "reno", "newark", None]
        hold(ledger, "a", units("S3", "S1"), seconds=4)
        assert_clean(ledger)

    def test_a_row_that_contradicts_a_promise_is_refused_alone(self, ledger: Ledger) -> None:
        receive(ledger, "S1", "S2")
        committed(ledger, "a", units("S1"))
        reply = feed(ledger, {RENO: ("S1", "S5"), key(location="dallas"): ("S6",)}, 3)
        (error,) = reply.errors
        assert (error.row, error.path) == (0, "serials")
        assert "S1 of mug is in plan 'a'" in error.message
        assert where(ledger, "S1", "S5", "S6") == ["newark", None, "dallas"]

    def test_a_feed_brings_no_unit_back_that_has_left(self, ledger: Ledger) -> None:
        receive(ledger, "S1", "S2")
        committed(ledger, "a", units("S1"))
        ledger.fulfill("a", now=at(3))
        feed(ledger, {NEWARK: ("S1", "S2")}, 5, observed=2)
        assert where(ledger, "S1", "S2") == [None, "newark"]
        assert buckets(ledger, NEWARK).on_hand == 1
        with pytest.raises(SerialTakenError, match="left with plan 'a'"):
            hold(ledger, "b", units("S1"), seconds=6)

    def test_a_late_figure_takes_no_unit_back_from_where_it_went(self, ledger: Ledger) -> None:
        feed(ledger, {NEWARK: ("S1", "S2")}, 1)
        report(ledger, AdjustmentKind.TRANSFER, "S1", to="reno", seconds=4)
        feed(ledger, {NEWARK: ("S1", "S2", "S3")}, 5, observed=3)
        assert where(ledger, "S1", "S2", "S3") == ["reno", "newark", "newark"]
        assert buckets(ledger, NEWARK).on_hand == 2

    def test_units_of_a_feed_are_named_once_and_one_by_one(self, ledger: Ledger) -> None:
        rows = [
            LevelRow(NEWARK, 2, serials=("S1",)),
            LevelRow(RENO, 2, serials=("S2", "S2")),
            LevelRow(key(location="dallas"), 1, serials=("S3",)),
            LevelRow(key(location="miami"), 1, serials=("S3",)),
        ]
        reply = ledger.set_levels(rows, now=at(1))
        assert [(one.row, one.path) for one in reply.errors] == [
            (0, "serials"),
            (1, "serials"),
            (3, "serials"),
        ]
        assert where(ledger, "S1", "S2", "S3") == [None, None, "dallas"]

    def test_reports_name_each_of_their_units(self, ledger: Ledger) -> None:
        with pytest.raises(InvalidRequestError):
            ledger.adjust([Adjustment(AdjustmentKind.COUNT, NEWARK, 2, serials=("S1",))], now=at(1))
        moves = [
            Adjustment(AdjustmentKind.RECEIVE, NEWARK, 1, serials=("S1",)),
            Adjustment(AdjustmentKind.TRANSFER, NEWARK, 1, LocationId("reno"), serials=("S1",)),
            Adjustment(AdjustmentKind.DAMAGE, RENO, 1, serials=("S1",)),
        ]
        ledger.adjust(moves, now=at(1))
        assert where(ledger, "S1") == ["reno"]
        assert ledger.serials([SerialKey(NEWARK.item_id, "S1")])[
            SerialKey(NEWARK.item_id, "S1")
        ].set_aside
