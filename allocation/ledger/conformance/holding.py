"""Holds: all rows or none, checked when they are written."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

import pytest

from allocation.errors import InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    buckets,
    hold,
    key,
    stock,
    want,
)
from allocation.ledger.errors import InsufficientStockError, PlanIdTakenError, PlanNotFoundError
from allocation.ledger.feed import LevelRow
from allocation.ledger.level import Buckets
from allocation.ledger.states import HoldState


class HoldConformance:
    """What a hold promises."""

    def test_a_hold_lowers_what_is_available_and_leaves_on_hand(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        reply = hold(ledger, "p", want(quantity=2))
        assert reply.plan.state is HoldState.HELD
        assert buckets(ledger) == Buckets(on_hand=5, held=2)
        assert available(ledger) == 3
        assert_clean(ledger)

    def test_the_last_units_can_be_held_and_not_one_more(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=5))
        with pytest.raises(InsufficientStockError) as caught:
            hold(ledger, "q", want(quantity=1))
        shortage = caught.value.shortages[0]
        assert (shortage.key, shortage.requested, shortage.available) == (key(), 1, 0)

    def test_two_lines_of_one_item_share_its_stock(self, ledger: Ledger) -> None:
        stock(ledger, 3)
        with pytest.raises(InsufficientStockError) as caught:
            hold(ledger, "p", want(quantity=2, line="1"), want(quantity=2, line="2"))
        assert caught.value.shortages[0].requested == 4
        assert available(ledger) == 3

    def test_one_short_row_leaves_no_row_held(self, ledger: Ledger) -> None:
        stock(ledger, 3)
        stock(ledger, 1, key("lid"))
        with pytest.raises(InsufficientStockError):
            hold(ledger, "p", want(quantity=3), want(key("lid"), 2, line="2"))
        assert available(ledger) == 3
        assert available(ledger, key("lid")) == 1
        with pytest.raises(PlanNotFoundError):
            ledger.get_plan("p", now=at(2))
        assert_clean(ledger)

    def test_every_shortage_is_named(self, ledger: Ledger) -> None:
        stock(ledger, 3)
        with pytest.raises(InsufficientStockError) as caught:
            hold(ledger, "p", want(quantity=4), want(key("lid", "reno"), 2, line="2"))
        found = {(one.key, one.requested, one.available) for one in caught.value.shortages}
        assert found == {(key(), 4, 3), (key("lid", "reno"), 2, 0)}

    def test_lots_are_separate_levels(self, ledger: Ledger) -> None:
        stock(ledger, 3, key(lot="a"))
        stock(ledger, 1, key(lot="b"))
        hold(ledger, "p", want(key(lot="b")))
        with pytest.raises(InsufficientStockError):
            hold(ledger, "q", want(key(lot="b")))
        with pytest.raises(InsufficientStockError):
            hold(ledger, "q", want(key()))
        hold(ledger, "q", want(key(lot="a"), 3))
        assert_clean(ledger)

    def test_safety_stock_and_unavailable_units_cannot_be_held(self, ledger: Ledger) -> None:
        row = LevelRow(key(), 10, unavailable=3, safety_stock=2)
        ledger.set_levels([row], now=at(0))
        assert available(ledger) == 5
        with pytest.raises(InsufficientStockError):
            hold(ledger, "p", want(quantity=6))
        hold(ledger, "p", want(quantity=5))
        assert buckets(ledger) == Buckets(10, 3, 5, 0, 2)

    def test_a_plan_is_kept_as_it_was_given(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        stock(ledger, 5, key("lid", lot="a"))
        rows = (want(quantity=2), want(key("lid", lot="a"), 3, line="2", part=1))
        made = hold(ledger, "p", *rows).plan
        plan = ledger.get_plan("p", now=at(2))
        assert plan == made
        assert [(r.line_id, r.part, r.key, r.quantity) for r in plan.rows] == [
            (r.line_id, r.part, r.key, r.quantity) for r in rows
        ]
        assert (plan.payload, plan.create_time, plan.expire_time) == (b"p", at(1), at(100))

    def test_a_plan_id_is_taken_once(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", request_id="a")
        with pytest.raises(PlanIdTakenError):
            hold(ledger, "p", request_id="b")
        assert available(ledger) == 4

    def test_everything_wrong_with_a_hold_is_said_at_once(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        with pytest.raises(InvalidRequestError) as caught:
            hold(ledger, "", want(quantity=0), want(key(""), line="2"), until=1)
        paths = {violation.path for violation in caught.value.violations}
        assert paths == {"plan_id", "expire_time", "rows[0].quantity", "rows[1].item_id"}
        with pytest.raises(InvalidRequestError):
            hold(ledger, "p", want(), want())
        assert available(ledger) == 5

    def test_a_time_without_time_zone_is_refused(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        with pytest.raises(InvalidRequestError):
            ledger.hold("p", [want()], expire_time=at(9), now=at(1).replace(tzinfo=None))

    @pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 257], ids=["nul", "half", "long"])
    def test_a_text_that_some_store_cannot_keep_is_refused_by_all(
        self, ledger: Ledger, text: str
    ) -> None:
        stock(ledger, 5)
        with pytest.raises(InvalidRequestError):
            hold(ledger, text)
        with pytest.raises(InvalidRequestError):
            hold(ledger, "p", want(line=text))
        with pytest.raises(InvalidRequestError):
            hold(ledger, "p", want(key(text)))
        with pytest.raises(InvalidRequestError):
            hold(ledger, "p", request_id=text)
        with pytest.raises(PlanNotFoundError):
            ledger.commit(text, now=at(2))
        with pytest.raises(PlanNotFoundError):
            ledger.get_plan(text, now=at(2))

    def test_ids_may_be_of_any_script(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        assert hold(ledger, "plån 計画", want(line="x" * 256)).plan.plan_id == "plån 計画"
