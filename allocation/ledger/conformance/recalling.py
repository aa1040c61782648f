"""A lot is recalled in one write."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

import pytest

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    buckets,
    key,
    stock,
    want,
)
from allocation.ledger.conformance.waiting_scene import commit, wait
from allocation.ledger.errors import InsufficientStockError
from allocation.ledger.feed import LevelRow
from routing.ids import ItemId, LotId


class RecallConformance:
    """What recalling a lot promises."""

    def test_a_recalled_lot_is_set_aside_everywhere_and_its_plans_are_named(
        self, ledger: Ledger
    ) -> None:
        bad = [key(location=place, lot="bad") for place in ("dallas", "reno")]
        for each in (*bad, key(lot="good")):
            stock(ledger, 5, each)
        ledger.hold("held", [want(bad[0], 2)], expire_time=at(100), now=at(1))
        ledger.hold("committed", [want(bad[1], 3)], expire_time=at(100), now=at(1))
        ledger.commit("committed", now=at(2))
        ledger.hold("other", [want(key(lot="good"))], expire_time=at(100), now=at(1))
        ledger.hold("over", [want(bad[1])], expire_time=at(3), now=at(1))
        reply = ledger.recall(ItemId("mug"), LotId("bad"), now=at(4))
        assert reply.plan_ids == ("committed", "held")
        assert [level.key for level in reply.levels] == bad
        assert all(buckets(ledger, each).unavailable == 5 for each in bad)
        assert available(ledger, key(lot="good")) == 4
        with pytest.raises(InsufficientStockError):
            ledger.hold("new", [want(bad[0])], expire_time=at(100), now=at(5))
        with pytest.raises(InsufficientStockError):
            ledger.commit("held", now=at(5))
        assert_clean(ledger)

    def test_a_recall_is_made_once_per_request(self, ledger: Ledger) -> None:
        bad = key(lot="bad")
        stock(ledger, 5, bad)
        ledger.hold("a", [want(bad)], expire_time=at(100), now=at(1))
        first = ledger.recall(bad.item_id, LotId("bad"), now=at(2), request_id="r")
        ledger.release("a", now=at(3))
        again = ledger.recall(bad.item_id, LotId("bad"), now=at(4), request_id="r")
        assert again.replayed
        assert again.plan_ids == first.plan_ids == ("a",)
        assert ledger.recall(bad.item_id, LotId("bad"), now=at(5)).plan_ids == ()
        assert_clean(ledger)

    def test_what_comes_of_a_recalled_lot_is_set_aside_until_the_recall_is_lifted(
        self, ledger: Ledger
    ) -> None:
        bad, other = key(lot="bad"), key(location="reno", lot="bad")
        stock(ledger, 2, bad)
        ledger.recall(ItemId("mug"), LotId("bad"), now=at(1))
        came = [
            Adjustment(AdjustmentKind.RECEIVE, bad, 3),
            Adjustment(AdjustmentKind.RECEIVE, key(lot="good"), 1),
        ]
        ledger.adjust(came, now=at(2))
        stock(ledger, 4, other, seconds=3)
        assert (buckets(ledger, bad).unavailable, buckets(ledger, other).unavailable) == (5, 4)
        assert available(ledger, key(lot="good")) == 1
        ledger.adjust([Adjustment(AdjustmentKind.RESTORE, bad, 1)], now=at(4))
        assert available(ledger, bad) == 1
        ledger.recall(ItemId("mug"), LotId("bad"), now=at(5), lift=True)
        ledger.adjust([Adjustment(AdjustmentKind.RECEIVE, other, 2)], now=at(6))
        assert (available(ledger, other), buckets(ledger, other).unavailable) == (2, 4)
        assert_clean(ledger)

    def test_what_comes_of_a_recalled_lot_is_given_to_nobody(self, ledger: Ledger) -> None:
        stock(ledger, 0)
        ledger.recall(ItemId("mug"), LotId("bad"), now=at(1))
        commit(ledger, "a", wait(2, None), seconds=2)
        reply = ledger.set_levels([LevelRow(key(lot="bad"), 5)], now=at(3))
        assert reply.settled.allotted == ()
        reply = ledger.set_levels([LevelRow(key(lot="good"), 5)], now=at(4))
        assert [one.key.lot_id for one in reply.settled.allotted] == ["good"]
        assert_clean(ledger)

    def test_a_lot_that_nobody_has_is_no_error(self, ledger: Ledger) -> None:
        reply = ledger.recall(ItemId("mug"), LotId("gone"), now=at(1))
        assert (reply.levels, reply.plan_ids) == ((), ())
