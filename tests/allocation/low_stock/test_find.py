"""What runs low: figures by hand, and what holds for every stock and demand."""

from __future__ import annotations

from statistics import NormalDist, stdev

from hypothesis import given
from hypothesis import strategies as st

from allocation.low_stock.classes import abc_classes
from allocation.low_stock.demand import WEEKS, LeadTimeDemand, WeekDemand
from allocation.low_stock.fact import AbcClass, LowStockFact, Position, StockState, Transfer
from allocation.low_stock.find import find_low_stock, judge
from allocation.low_stock.risk import stockout_risk_percent
from routing.ids import ItemId, LocationId

MUG = ItemId("mug")
PLACES = tuple(map(LocationId, ("dallas", "newark", "reno", "york")))

weekly = st.lists(st.integers(0, 500), min_size=WEEKS, max_size=WEEKS)
days = st.integers(1, 120)


def position(available: int, place: str = "reno", **fields: int) -> Position:
    return Position(MUG, LocationId(place), available, **fields)


def test_a_reorder_point_is_the_demand_of_a_lead_time_and_a_buffer() -> None:
    weeks = [10, 14, 6, 10, 12, 8, 10, 10]
    fact = judge(position(30), weeks, 14)
    # 20 in two weeks; standard deviation 2.39 a week, 3.38 in two, and 1.645 times that.
    assert fact.reorder_point == 20 + 6
    assert fact.days_of_cover == 30 * 56 // 80
    assert fact.state is StockState.ENOUGH


def test_safety_stock_is_a_part_of_the_buffer() -> None:
    weeks = [10, 14, 6, 10, 12, 8, 10, 10]
    assert judge(position(30, safety_stock=4), weeks, 14).reorder_point == 22
    assert judge(position(30, safety_stock=40), weeks, 14).reorder_point == 20


def test_the_last_unit_above_the_reorder_point_is_enough() -> None:
    states = [judge(position(units), [7] * WEEKS, 7).state for units in (8, 7, 0, -2)]
    assert states == [StockState.ENOUGH, StockState.REORDER, StockState.OUT, StockState.OUT]


def test_what_is_on_its_way_counts_for_the_order_and_when_it_comes_soon_for_the_risk() -> None:
    weeks = [7] * WEEKS
    late = judge(position(3, incoming=50), weeks, 7)
    soon = judge(position(3, incoming=50, incoming_soon=50), weeks, 7)
    assert (late.state, late.stockout_risk_percent) == (StockState.ENOUGH, 100)
    assert (soon.state, soon.stockout_risk_percent) == (StockState.ENOUGH, 0)


def test_what_nobody_buys_has_no_cover_no_risk_and_no_transfer() -> None:
    positions = [position(0), position(50, "dallas")]
    fact = find_low_stock(positions, [], {})[1]
    assert (fact.days_of_cover, fact.stockout_risk_percent, fact.transfers) == (None, 0, ())
    assert fact.state is StockState.OUT


def test_an_item_has_its_own_lead_time() -> None:
    demand = [WeekDemand(MUG, LocationId("reno"), week, 7) for week in range(WEEKS)]
    (fact,) = find_low_stock([position(20)], demand, {MUG: 21})
    assert (fact.lead_time_days, fact.reorder_point, fact.state) == (21, 21, StockState.REORDER)


def test_classes_follow_shares_of_what_is_sold() -> None:
    sold = {ItemId(name): units for name, units in (("a", 80), ("b", 15), ("c", 5), ("d", 0))}
    assert [each.value for each in abc_classes(sold).values()] == ["A", "B", "C", "C"]
    (fact,) = find_low_stock([position(1)], [], {})
    assert fact.abc_class is AbcClass.C


def test_those_who_lack_most_take_from_those_who_can_spare_most() -> None:
    demand = [WeekDemand(MUG, LocationId(name), 0, 8) for name in ("reno", "york")]
    # Both sell 1 a week on average, or 6 at worst: they lack 7 - 1 and 7 - 0.
    places = {"reno": 1, "york": 0, "dallas": 9, "newark": 6}
    facts = find_low_stock([position(units, name) for name, units in places.items()], demand, {})
    moves = {fact.position.location_id: fact.transfers for fact in facts if fact.transfers}
    assert facts[2].reorder_point == 6
    assert moves == {
        "york": (Transfer(LocationId("dallas"), 7),),
        "reno": (Transfer(LocationId("dallas"), 1), Transfer(LocationId("newark"), 5)),
    }


@given(weeks=weekly, lead_time=days, units=st.integers(-100, 4_000))
def test_the_risk_is_that_of_a_normal_distribution(
    weeks: list[int], lead_time: int, units: int
) -> None:
    demand = LeadTimeDemand.of(weeks, lead_time)
    risk = stockout_risk_percent(demand, units)
    spread = stdev(weeks) * (lead_time / 7) ** 0.5
    if spread:
        mean = sum(weeks) / WEEKS * lead_time / 7
        exact = 100 * (1 - NormalDist(mean, spread).cdf(units))
        assert exact - 1.1 <= risk <= exact + 0.1
    assert stockout_risk_percent(demand, units + 1) <= risk


@given(
    available=st.lists(st.integers(-20, 200), min_size=4, max_size=4),
    sales=st.lists(weekly, min_size=4, max_size=4),
    lead_time=days,
)
def test_transfers_never_take_more_than_is_spare_or_bring_more_than_is_wanted(
    available: list[int], sales: list[list[int]], lead_time: int
) -> None:
    positions = [Position(MUG, *each) for each in zip(PLACES, available, strict=True)]
    demand = [
        WeekDemand(MUG, place, week, units)
        for place, weeks in zip(PLACES, sales, strict=True)
        for week, units in enumerate(weeks)
        if units
    ]
    facts = find_low_stock(positions, demand, {MUG: lead_time})
    brought = sum(each.increments for fact in facts for each in fact.transfers)
    assert brought == min(_total(facts, "wanted"), _total(facts, "spare"))
    for fact in facts:
        mine = fact.position.location_id
        taken = sum(
            each.increments
            for other in facts
            for each in other.transfers
            if each.from_location_id == mine
        )
        assert taken <= fact.spare
        assert sum(each.increments for each in fact.transfers) <= fact.wanted
    assert facts == find_low_stock(positions[::-1], demand[::-1], {MUG: lead_time})


def _total(facts: tuple[LowStockFact, ...], name: str) -> int:
    return sum(getattr(fact, name) for fact in facts)
