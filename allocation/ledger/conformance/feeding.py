"""Feeds: which rows are taken, and what the others meet."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from datetime import date, datetime

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
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.level import Buckets, Incoming, StockOwner


class FeedConformance:
    """What a feed promises."""

    def test_a_level_of_zero_is_a_level(self, ledger: Ledger) -> None:
        stock(ledger, 0)
        assert level(ledger).buckets == Buckets()
        assert [change.level.key for change in ledger.changes_since(0, now=at(1)).changes] == [
            key()
        ]

    def test_a_feed_sets_on_hand_and_leaves_what_is_held_and_committed(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 10)
        hold(ledger, "p", want(quantity=2))
        hold(ledger, "q", want(quantity=3))
        ledger.commit("q", now=at(2))
        stock(ledger, 8, seconds=3)
        assert buckets(ledger) == Buckets(on_hand=8, held=2, committed=3)
        assert_clean(ledger)

    def test_refused_rows_are_reported_and_the_others_count(self, ledger: Ledger) -> None:
        rows = [
            LevelRow(key(), 4),
            LevelRow(key(""), 4),
            LevelRow(key("a"), -1),
            LevelRow(key("b"), 1, unavailable=2),
            LevelRow(key("c"), 1, incoming=(Incoming(0, at(9)),)),
            LevelRow(key("d"), 1, incoming=(Incoming(1, datetime(2026, 3, 2)),)),  # noqa: DTZ001
            LevelRow(key(), 5),
            LevelRow(key("e"), 6),
            LevelRow(key("f"), 1, safety_stock=-1),
            LevelRow(key("g"), 10**16),
        ]
        reply = ledger.set_levels(rows, now=at(0))
        assert reply.accepted_rows == 2
        assert [(error.row, error.path) for error in reply.errors] == [
            (1, "item_id"),
            (2, "quantity"),
            (3, "unavailable"),
            (4, "incoming[0].quantity"),
            (5, "incoming[0].expected_time"),
            (6, ""),
            (8, "safety_stock"),
            (9, "quantity"),
        ]
        found = {one.key.item_id: one.available for one in ledger.levels(now=at(1)).levels}
        assert found == {"mug": 4, "e": 6}

    def test_a_delta_feed_leaves_other_levels_alone(self, ledger: Ledger) -> None:
        stock(ledger, 4)
        stock(ledger, 5, key("lid"), seconds=1)
        assert available(ledger) == 4

    def test_a_full_feed_zeroes_what_it_leaves_out_at_its_locations(self, ledger: Ledger) -> None:
        stock(ledger, 4)
        stock(ledger, 5, key("lid"))
        stock(ledger, 6, key("lid", "reno"))
        hold(ledger, "p", want(quantity=2))
        rows = [LevelRow(key("lid"), 7), LevelRow(key("jar"), -1)]
        stock(ledger, 3, key("jar"))
        reply = ledger.set_levels(rows, now=at(2), kind=FeedKind.FULL)
        assert reply.accepted_rows == 1
        assert buckets(ledger) == Buckets(held=2)
        assert available(ledger, key("lid")) == 7
        assert available(ledger, key("lid", "reno")) == 6
        assert available(ledger, key("jar")) == 3, "a refused row is not a row left out"
        assert_clean(ledger)

    def test_a_full_feed_leaves_newer_figures_alone(self, ledger: Ledger) -> None:
        stock(ledger, 4, seconds=10)
        stock(ledger, 1, key("lid"), seconds=0)
        ledger.set_levels(
            [LevelRow(key("lid"), 7)], now=at(11), kind=FeedKind.FULL, observed_time=at(5)
        )
        assert available(ledger) == 4
        assert available(ledger, key("lid")) == 7

    def test_what_a_row_leaves_unsaid_stays(self, ledger: Ledger) -> None:
        ledger.set_levels([LevelRow(key(), 10, unavailable=3, safety_stock=2)], now=at(0))
        ledger.set_levels([LevelRow(key(), 11)], now=at(1))
        assert buckets(ledger) == Buckets(on_hand=11, unavailable=3, safety_stock=2)
        ledger.set_levels([LevelRow(key(), 11, unavailable=0, safety_stock=0)], now=at(2))
        assert buckets(ledger) == Buckets(on_hand=11)

    def test_incoming_supply_counts_for_the_future_only(self, ledger: Ledger) -> None:
        supply = (Incoming(5, at(200)), Incoming(4, at(100)))
        ledger.set_levels([LevelRow(key(), 1, incoming=supply)], now=at(0))
        found = level(ledger)
        assert found.available == 1
        assert [one.expected_time for one in found.incoming] == [at(100), at(200)]
        assert found.available_at(at(50), at(50)) == 1
        assert found.available_at(at(99), at(50)) == 1
        assert found.available_at(at(100), at(50)) == 5
        assert found.available_at(at(200), at(50)) == 10
        stock(ledger, 2, seconds=60)
        assert level(ledger).incoming == ()

    def test_a_lot_has_the_dates_of_its_last_figure(self, ledger: Ledger) -> None:
        lot, best_before, came = key(lot="a"), date(2026, 5, 1), date(2026, 3, 1)
        row = LevelRow(lot, 4, expiry_date=best_before, received_date=came)
        ledger.set_levels([row, LevelRow(key(lot="b"), 4)], now=at(0))
        hold(ledger, "p", want(lot))
        found = level(ledger, lot)
        assert (found.expiry_date, found.received_date) == (best_before, came)
        version = ledger.snapshot(now=at(1)).version
        ledger.set_levels([row._replace(expiry_date=date(2026, 4, 1))], now=at(2))
        assert level(ledger, lot).expiry_date == date(2026, 4, 1)
        assert len(ledger.changes_since(version, now=at(3)).changes) == 1
        ledger.set_levels([LevelRow(key(lot="b"), 3)], now=at(4), kind=FeedKind.FULL)
        assert level(ledger, lot).expiry_date == date(2026, 4, 1), "it was not spoken of"
        ledger.set_levels([LevelRow(lot, 4)], now=at(5))
        assert (level(ledger, lot).expiry_date, level(ledger, lot).received_date) == (None, None)
        assert_clean(ledger)

    def test_the_owner_of_a_level_is_that_of_its_last_feed(self, ledger: Ledger) -> None:
        stock(ledger, 4)
        hold(ledger, "p", want(quantity=1))
        stock(ledger, 3, seconds=2, owner=StockOwner.MIRROR)
        assert level(ledger).owner is StockOwner.MIRROR
        assert buckets(ledger) == Buckets(on_hand=3, held=1)
        assert_clean(ledger)

    def test_a_feed_can_be_large(self, ledger: Ledger) -> None:
        rows = [LevelRow(key(f"i{number % 40}", f"l{number // 40}"), 1) for number in range(2_000)]
        assert ledger.set_levels(rows, now=at(0)).accepted_rows == 2_000
        assert sum(row.available for row in ledger.snapshot(now=at(1)).rows) == 2_000
        assert len(ledger.snapshot(now=at(1), item_ids=[key("i7").item_id]).rows) == 50
        assert_clean(ledger)
