"""A lot is recalled in one write."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

import pytest

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
from allocation.ledger.errors import InsufficientStockError
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

    def test_a_lot_that_nobody_has_is_no_error(self, ledger: Ledger) -> None:
        reply = ledger.recall(ItemId("mug"), LotId("gone"), now=at(1))
        assert (reply.levels, reply.plan_ids) == ((), ())
