"""The change sequence and the record of entries."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import at, available, hold, key, stock, want
from allocation.ledger.entry import ChangeReason
from allocation.ledger.feed import LevelRow
from allocation.ledger.level import Buckets, Incoming, StockOwner
from allocation.ledger.replies import AvailableRow
from routing.ids import ItemId, LocationId, LotId


class ChangesConformance:
    """What readers of the change sequence can rely on."""

    def test_an_empty_ledger_has_no_changes(self, ledger: Ledger) -> None:
        batch = ledger.changes_since(0, now=at(0))
        assert (batch.changes, batch.more) == ((), False)

    def test_changes_after_a_snapshot_are_exactly_what_happened_since(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        stock(ledger, 5, key("lid"))
        version = ledger.snapshot(now=at(1)).version
        assert ledger.changes_since(version, now=at(1)).changes == ()
        hold(ledger, "p", want(key("lid"), 2))
        batch = ledger.changes_since(version, now=at(2))
        assert [(one.level.key, one.level.available, one.reason) for one in batch.changes] == [
            (key("lid"), 3, ChangeReason.HOLD)
        ]
        assert batch.version > version
        assert ledger.changes_since(batch.version, now=at(2)).changes == ()

    def test_a_snapshot_has_lots_and_what_is_on_its_way_in_full(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        lot = LevelRow(key("jam", lot="a"), 3, expiry_date=at(0).date())
        supply = LevelRow(key("lid"), 0, incoming=(Incoming(4, at(9)),))
        ledger.set_levels([lot, supply], now=at(1))
        oversold = LevelRow(key("cap"), -2)
        ledger.set_levels([oversold], now=at(1), owner=StockOwner.MIRROR)
        details = {level.key: level for level in ledger.snapshot(now=at(2)).details}
        assert set(details) == {lot.key, supply.key, oversold.key}
        assert details[lot.key].expiry_date == at(0).date()
        assert details[supply.key].incoming == supply.incoming
        only = ledger.snapshot(now=at(2), item_ids=[lot.key.item_id]).details
        assert [level.key for level in only] == [lot.key]

    def test_what_is_available_follows_the_changes(self, ledger: Ledger) -> None:
        assert not ledger.available_since(0, now=at(0)).rows
        ledger.set_levels(
            [LevelRow(key("jam", lot="a"), 3), LevelRow(key("mug"), 5), LevelRow(key("lid"), 4)],
            now=at(1),
        )
        hold(ledger, "p", want(key("mug"), 2), until=9)
        version = 0
        for limit in (2, 10_000):
            batch = ledger.changes_since(version, now=at(20), limit=limit)
            found = ledger.available_since(version, now=at(20), limit=limit)
            levels = [change.level for change in batch.changes]
            assert sorted(found.rows, key=lambda row: row.key.order) == [
                AvailableRow(level.key, level.available)
                for level in sorted(levels, key=lambda level: level.key.order)
            ]
            assert list(found.details) == [level for level in levels if level.has_details]
            assert found.newest_observed_time == at(1)
            assert found.more == batch.more
            # Others who use the same database server can move its end on in between.
            assert found.version >= batch.version
            version = batch.version

    def test_items_are_listed_page_by_page_each_once(self, ledger: Ledger) -> None:
        assert ledger.item_ids() == ()
        for one in (key("mug"), key("mug", "reno"), key("Lid"), key("jar", lot="a")):
            stock(ledger, 1, one)
        assert ledger.item_ids(limit=2) == (ItemId("Lid"), ItemId("jar"))
        assert ledger.item_ids(after=ItemId("jar"), limit=2) == (ItemId("mug"),)
        assert ledger.item_ids(after=ItemId("mug")) == ()

    def test_a_level_that_changed_often_is_listed_once_with_its_last_reason(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 5)
        version = ledger.snapshot(now=at(1)).version
        hold(ledger)
        ledger.commit("p", now=at(2))
        batch = ledger.changes_since(version, now=at(3))
        assert [(one.level.buckets, one.reason) for one in batch.changes] == [
            (Buckets(on_hand=5, committed=1), ChangeReason.COMMIT)
        ]

    def test_a_limited_batch_goes_on_where_it_stopped(self, ledger: Ledger) -> None:
        for number in range(7):
            stock(ledger, number, key(f"item {number}"))
        version, seen = 0, []
        while True:
            batch = ledger.changes_since(version, now=at(1), limit=3)
            seen += [change.level.key.item_id for change in batch.changes]
            version = batch.version
            if not batch.more:
                break
            assert len(batch.changes) == 3
        assert seen == [f"item {number}" for number in range(7)]

    def test_a_batch_never_ends_inside_a_write(self, ledger: Ledger) -> None:
        rows = [LevelRow(key(f"item {number}"), 1) for number in range(5)]
        ledger.set_levels(rows, now=at(0))
        batch = ledger.changes_since(0, now=at(1), limit=2)
        assert len(batch.changes) == 5

    def test_a_write_is_in_every_snapshot_from_its_version_on(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        reply = hold(ledger)
        snapshot = ledger.snapshot(now=at(2))
        assert snapshot.version >= reply.version > 0
        assert [row.available for row in snapshot.rows] == [4]

    def test_a_feed_that_says_the_same_again_is_no_change(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        version = ledger.snapshot(now=at(1)).version
        stock(ledger, 5, seconds=2)
        assert ledger.changes_since(version, now=at(3)).changes == ()

    def test_an_expiry_is_a_change_once_it_is_swept(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, until=10)
        version = ledger.snapshot(now=at(5)).version
        ledger.sweep(now=at(10))
        batch = ledger.changes_since(version, now=at(10))
        assert [(one.level.available, one.reason) for one in batch.changes] == [
            (5, ChangeReason.EXPIRE)
        ]

    def test_the_history_of_an_item_is_told_backwards_page_by_page(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        stock(ledger, 5, key(location="reno"))
        stock(ledger, 5, key(lot="a"))
        stock(ledger, 5, key("lid"))
        hold(ledger, "p", want(quantity=2))
        rows = ledger.history(ItemId("mug"))
        assert [row.entry.reason for row in rows] == [ChangeReason.HOLD] + 3 * [ChangeReason.FEED]
        assert [row.entry_id for row in rows] == sorted((r.entry_id for r in rows), reverse=True)
        first = ledger.history(ItemId("mug"), limit=3)
        assert first == rows[:3]
        rest = ledger.history(ItemId("mug"), before_entry_id=first[-1].entry_id)
        assert first + rest == rows
        at_dallas = ledger.history(ItemId("mug"), location_id=LocationId("dallas"))
        assert {row.entry.key for row in at_dallas} == {key(), key(lot="a")}
        (of_lot,) = ledger.history(ItemId("mug"), lot_id=LotId("a"))
        assert of_lot.entry.key == key(lot="a")
        assert ledger.history(ItemId("tea")) == ()

    def test_entries_tell_the_story_of_a_level(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        stock(ledger, 5, key("lid"))
        hold(ledger, "p", want(quantity=2), request_id="r")
        ledger.commit("p", now=at(2))
        ledger.fulfill("p", now=at(3))
        rows = ledger.entries(key=key())
        assert [row.entry.reason for row in rows] == [
            ChangeReason.FEED,
            ChangeReason.HOLD,
            ChangeReason.COMMIT,
            ChangeReason.FULFILL,
        ]
        entry = rows[1].entry
        assert (entry.plan_id, entry.line_id, entry.request_id) == ("p", "1", "r")
        assert (entry.change, entry.time) == (Buckets(held=2), at(1))
        total = Buckets()
        for row in rows:
            total += row.entry.change
        assert total == Buckets(on_hand=3)
        assert available(ledger) == 3
        assert ledger.entries(after_entry_id=rows[-1].entry_id) == ()
        assert [row.entry_id for row in ledger.entries(limit=2)] == [
            row.entry_id for row in ledger.entries()[:2]
        ]
