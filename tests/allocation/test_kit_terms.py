"""What a kit asks of its components: when it is released, and how long they must keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from hypothesis import given
from hypothesis import strategies as st

from allocation.engine import Engine
from allocation.engine_api import PlanningResult
from allocation.plan import Plan, UnfilledReason
from routing.ids import LineId
from routing.item import BackorderPolicy, InventoryItem, ItemTracking
from routing.order import OrderLine
from routing.sourcing.policy import Policy
from routing.sourcing.stock import InlineStockView
from tests.networks import (
    NOW,
    item,
    kit,
    line,
    lot,
    lots,
    network,
    order,
    request,
    stock,
    with_details,
)

ENGINE = Engine(monotonic)
CUP, LID = item("cup"), item("lid")


def planned(
    items: list[InventoryItem], lines: list[OrderLine], levels: InlineStockView
) -> PlanningResult:
    return ENGINE.plan(request(order(lines), network(items), levels, Policy(line_split=True)))


def days(number: int) -> datetime:
    return NOW + timedelta(days=number)


def dates(made: Plan) -> list[tuple[str, object]]:
    return [(each.location_id, each.ship_date) for each in made.shipments]


def test_a_kit_that_is_not_released_waits_and_its_components_do_not() -> None:
    box = replace(kit("box", cup=1, lid=1), release_time=days(20))
    levels = stock(cup={"newark": 5}, lid={"newark": 5})
    asked = [line(1, "box"), line(2, "cup")]
    made = planned([CUP, LID, box], asked, levels)
    assert made.terms == {LineId("line-1"): made.terms[LineId("line-1")]}
    now, later = sorted(made.plan.shipments, key=lambda each: str(each.ship_date))
    assert now.ship_date is not None
    assert now.ship_date < days(20).date() <= (later.ship_date or now.ship_date)
    assert not any(row.backordered for row in made.plan.reservations)
    released = replace(box, release_time=days(-1))
    assert len(planned([CUP, LID, released], asked, levels).plan.shipments) == 1


def test_the_latest_release_of_kits_within_kits_counts() -> None:
    box = replace(kit("box", cup=1), release_time=days(20))
    crate = replace(kit("crate", box=2, lid=1), release_time=days(5))
    levels = stock(cup={"newark": 5}, lid={"newark": 5})
    made = planned([CUP, LID, box, crate], [line(1, "crate")], levels)
    assert made.terms[LineId("line-1")].release_time == days(20)
    (shipment,) = made.plan.shipments
    assert shipment.ship_date is not None
    assert shipment.ship_date >= days(20).date()


@given(
    release=st.integers(-3, 30),
    shelf_life=st.integers(0, 40),
    there=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 60)), max_size=3),
    units=st.integers(1, 5),
    may_wait=st.booleans(),
)
def test_a_kit_of_one_item_is_planned_as_the_item_would_be(
    release: int, shelf_life: int, there: list[tuple[int, int]], units: int, may_wait: bool
) -> None:
    milk = item("milk", tracking=ItemTracking.LOT)
    policy = BackorderPolicy.ALLOW if may_wait else BackorderPolicy.DENY

    def on_terms(asked: InventoryItem) -> InventoryItem:
        return replace(
            asked,
            release_time=days(release),
            min_shelf_life_days=shelf_life,
            backorder_policy=policy,
        )

    on_hand = sum(quantity for quantity, _ in there)
    details = [lot(str(number), *each) for number, each in enumerate(there)]
    levels = with_details(stock(milk={"newark": on_hand}), milk={"newark": lots(*details)})
    bundle = on_terms(kit("bundle", milk=1))
    by_kit = planned([milk, bundle], [line(1, "bundle", units)], levels).plan
    itself = planned([on_terms(milk)], [line(1, "milk", units)], levels).plan
    assert by_kit.cost == itself.cost
    assert dates(by_kit) == dates(itself)
    assert by_kit.reservations == itself.reservations


def test_a_line_that_is_left_because_all_is_too_old_says_so() -> None:
    milk = item("milk", tracking=ItemTracking.LOT)
    bundle = replace(kit("bundle", milk=1), min_shelf_life_days=30)
    levels = with_details(stock(milk={"newark": 4}), milk={"newark": lots(lot("a", 4, 20))})
    (unfilled,) = planned([milk, bundle], [line(1, "bundle", 2)], levels).plan.unfilled
    assert unfilled.reason is UnfilledReason.NOT_IN_STOCK
    assert "4 in lots that are not fresh enough" in unfilled.detail
