"""A figure says what was true when it was observed, not when it arrived."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    buckets,
    hold,
    key,
    level,
    stock,
    want,
)
from allocation.ledger.feed import LevelRow
from allocation.ledger.level import Buckets
from routing.ids import LocationId


class LateFigureConformance:
    """What observed times promise where the ledger owns the figures."""

    def test_an_older_figure_is_refused(self, ledger: Ledger) -> None:
        stock(ledger, 4, seconds=10)
        reply = ledger.set_levels([LevelRow(key(), 9)], now=at(11), observed_time=at(9.999999))
        assert (reply.accepted_rows, reply.errors[0].path) == (0, "observed_time")
        assert available(ledger) == 4
        assert (
            ledger.set_levels([LevelRow(key(), 9)], now=at(12), observed_time=at(10)).errors == ()
        )
        assert available(ledger) == 9

    def test_a_row_may_have_its_own_observed_time(self, ledger: Ledger) -> None:
        stock(ledger, 4, seconds=10)
        rows = [
            LevelRow(key(), 9, observed_time=at(5)),
            LevelRow(key("lid"), 9, observed_time=at(5)),
        ]
        reply = ledger.set_levels(rows, now=at(20), observed_time=at(15))
        assert [error.row for error in reply.errors] == [0]
        assert level(ledger, key("lid")).observed_time == at(5)

    def test_a_figure_from_the_future_counts_as_observed_now(self, ledger: Ledger) -> None:
        ledger.set_levels([LevelRow(key(), 4)], now=at(10), observed_time=at(1_000))
        assert level(ledger).observed_time == at(10)
        stock(ledger, 6, seconds=11)
        assert available(ledger) == 6

    def test_stock_that_left_after_a_figure_was_observed_is_not_brought_back(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 10)
        hold(ledger, "p", want(quantity=3))
        ledger.commit("p", now=at(2))
        ledger.fulfill("p", now=at(5))
        ledger.set_levels([LevelRow(key(), 10)], now=at(8), observed_time=at(4))
        assert buckets(ledger) == Buckets(on_hand=7)
        ledger.set_levels([LevelRow(key(), 7)], now=at(9), observed_time=at(5))
        assert buckets(ledger) == Buckets(on_hand=7)
        assert_clean(ledger)

    def test_receipts_transfers_and_damage_after_a_figure_was_observed_still_apply(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 10)
        ledger.adjust(
            [
                Adjustment(AdjustmentKind.RECEIVE, key(), 5),
                Adjustment(AdjustmentKind.TRANSFER, key(), 2, LocationId("reno")),
                Adjustment(AdjustmentKind.DAMAGE, key(), 1),
            ],
            now=at(5),
        )
        assert buckets(ledger) == Buckets(on_hand=13, unavailable=1)
        row = LevelRow(key(), 10, unavailable=0)
        ledger.set_levels([row], now=at(8), observed_time=at(4))
        assert buckets(ledger) == Buckets(on_hand=13, unavailable=1)
        ledger.set_levels([row], now=at(8), observed_time=at(5))
        assert buckets(ledger) == Buckets(on_hand=10)
        assert_clean(ledger)

    def test_what_was_restored_before_a_figure_arrived_leaves_nothing_below_zero(
        self, ledger: Ledger
    ) -> None:
        ledger.set_levels([LevelRow(key(), 9, unavailable=3)], now=at(0))
        ledger.adjust([Adjustment(AdjustmentKind.RESTORE, key(), 2)], now=at(5))
        row = LevelRow(key(), 9, unavailable=0)
        ledger.set_levels([row], now=at(8), observed_time=at(4))
        assert buckets(ledger) == Buckets(on_hand=9)
        assert_clean(ledger)

    def test_a_clock_that_runs_behind_does_not_hide_what_was_done_by_one_ahead(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 10)
        received = [Adjustment(AdjustmentKind.RECEIVE, key(), 5)]
        ledger.adjust(received, now=at(20))
        ledger.adjust(received, now=at(10))
        assert level(ledger).update_time == at(20)
        ledger.set_levels([LevelRow(key(), 15)], now=at(30), observed_time=at(15))
        assert buckets(ledger) == Buckets(on_hand=20), "one receipt came after the figure"
        assert_clean(ledger)

    def test_a_count_is_a_figure(self, ledger: Ledger) -> None:
        stock(ledger, 10)
        ledger.adjust([Adjustment(AdjustmentKind.COUNT, key(), 6)], now=at(5))
        late = ledger.set_levels([LevelRow(key(), 10)], now=at(8), observed_time=at(4))
        assert late.errors
        assert buckets(ledger) == Buckets(on_hand=6)
        assert_clean(ledger)
