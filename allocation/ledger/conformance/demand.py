"""Demand: what has left, week by week."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from typing import Final

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import at, hold, key, stock, want
from allocation.ledger.hold import RowName, RowShare
from allocation.ledger.level import LevelKey, StockOwner
from allocation.low_stock.demand import WEEKS, WeekDemand
from routing.daily_capacity import CapacityTake, Measure
from routing.ids import ItemId, LineId, LocationId

WEEK_S: Final = 7 * 86_400


class DemandConformance:
    """What purchasing can rely on."""

    def test_nothing_has_left_an_empty_ledger(self, ledger: Ledger) -> None:
        assert ledger.demand(now=at(0)) == ()

    def test_only_what_has_left_is_demand(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "held", want(quantity=1))
        hold(ledger, "committed", want(quantity=2))
        ledger.commit("committed", now=at(2))
        hold(ledger, "released", want(quantity=3))
        ledger.release("released", now=at(2))
        assert ledger.demand(now=at(3)) == ()
        ledger.fulfill("committed", now=at(3))
        assert ledger.demand(now=at(3)) == (_week("mug", "dallas", 0, 2),)
        assert ledger.demand(now=at(2)) == ()

    def test_weeks_count_back_from_now_and_the_ninth_is_forgotten(self, ledger: Ledger) -> None:
        stock(ledger, 100)
        for week in range(WEEKS + 1):
            _sell(ledger, f"p{week}", key(), week + 1, week * WEEK_S + 10)
        now = at(WEEKS * WEEK_S + 10)
        expected = [_week("mug", "dallas", week, WEEKS + 1 - week) for week in range(WEEKS)]
        assert list(ledger.demand(now=now)) == expected

    def test_lots_and_orders_add_up_and_shares_count_when_they_leave(self, ledger: Ledger) -> None:
        for lot in ("a", "b"):
            stock(ledger, 9, key(lot=lot))
        _sell(ledger, "p", key(lot="a"), 2, 10)
        _sell(ledger, "q", key(lot="b"), 3, 20)
        hold(ledger, "r", want(key(lot="a"), 4), seconds=30, until=99)
        ledger.commit("r", now=at(31))
        share = RowShare(RowName(LineId("1"), 0, key(lot="a")), 1)
        ledger.fulfill("r", now=at(32), rows=[share], request_id="one")
        assert ledger.demand(now=at(40)) == (_week("mug", "dallas", 0, 6),)

    def test_units_of_mirrored_levels_are_demand_too(self, ledger: Ledger) -> None:
        stock(ledger, 9, owner=StockOwner.MIRROR)
        _sell(ledger, "p", key(), 2, 10)
        assert ledger.demand(now=at(20)) == (_week("mug", "dallas", 0, 2),)

    def test_days_of_locations_are_no_demand_and_items_can_be_chosen(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        stock(ledger, 9, key("lid", "reno"))
        day = CapacityTake(LocationId("dallas"), at(0).date(), Measure.ORDERS, 1, 5)
        ledger.hold("p", [want()], expire_time=at(99), now=at(1), capacity=[day])
        ledger.commit("p", now=at(2))
        ledger.fulfill("p", now=at(3))
        _sell(ledger, "q", key("lid", "reno"), 2, 10)
        mug, lid = _week("mug", "dallas", 0, 1), _week("lid", "reno", 0, 2)
        assert ledger.demand(now=at(20)) == (lid, mug)
        assert ledger.demand(now=at(20), item_ids=[ItemId("mug")]) == (mug,)


def _week(item: str, location: str, weeks_ago: int, units: int) -> WeekDemand:
    return WeekDemand(ItemId(item), LocationId(location), weeks_ago, units)


def _sell(ledger: Ledger, plan_id: str, what: LevelKey, units: int, seconds: float) -> None:
    hold(ledger, plan_id, want(what, units), seconds=seconds, until=seconds + 9)
    ledger.commit(plan_id, now=at(seconds))
    ledger.fulfill(plan_id, now=at(seconds))
