"""Lots that are too old beside supply that is still to come."""

from __future__ import annotations

from time import monotonic

from hypothesis import given
from hypothesis import strategies as st

from allocation.engine import Engine
from allocation.plan import Plan
from routing.item import BackorderPolicy, ItemTracking
from routing.sourcing.policy import Policy
from routing.sourcing.stock import LotStock, StockDetail
from tests.networks import incoming, item, line, lot, network, order, request, stock, with_details

ENGINE = Engine(monotonic)
NET = network(
    [
        item(
            "milk",
            tracking=ItemTracking.LOT,
            backorder_policy=BackorderPolicy.ALLOW,
            min_shelf_life_days=21,
        )
    ]
)
PLACES = ("dallas", "newark", "reno")


def plan(levels: dict[str, tuple[list[LotStock], int]], units: int, *, split: bool = True) -> Plan:
    """Plan milk from lots, and from so many units that come in four days."""
    on_hand = {place: sum(each.increments for each in lots) for place, (lots, _) in levels.items()}
    details = {
        place: StockDetail(lots=tuple(lots), incoming=(incoming(later, 4),) if later else ())
        for place, (lots, later) in levels.items()
    }
    asked = order([line(1, "milk", units)])
    view = with_details(stock(milk=on_hand), milk=details)
    return ENGINE.plan(request(asked, NET, view, Policy(line_split=split))).plan


def test_units_wait_where_all_lots_are_too_old() -> None:
    made = plan({"newark": ([lot("old", 9, 10)], 5)}, 3)
    (row,) = made.reservations
    assert (row.backordered, row.lot_id, row.quantity.increments) == (True, None, 3)
    assert not made.unfilled


def test_only_those_wait_for_which_no_lot_is_fresh_enough() -> None:
    made = plan({"newark": ([lot("old", 9, 10), lot("fresh", 2, 90)], 5)}, 3)
    found = {(row.lot_id, row.quantity.increments, row.backordered) for row in made.reservations}
    assert found == {("fresh", 2, False), (None, 1, True)}


levels_of = st.dictionaries(
    st.sampled_from(PLACES),
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)),
    min_size=1,
)


@given(levels_of, st.integers(1, 6), st.booleans())
def test_lots_that_are_too_old_might_as_well_not_be_there(
    levels: dict[str, tuple[int, int, int]], units: int, split: bool
) -> None:
    def with_old(old: bool) -> Plan:
        return plan(
            {
                place: (
                    [lot("old", aged, 8)] * (old and aged > 0) + [lot("fresh", good, 400)],
                    more,
                )
                for place, (aged, good, more) in levels.items()
            },
            units,
            split=split,
        )

    without, beside = with_old(False), with_old(True)
    assert beside.cost == without.cost
    assert [row.quantity for row in beside.unfilled] == [row.quantity for row in without.unfilled]
    assert all(row.lot_id != "old" for row in beside.reservations)
