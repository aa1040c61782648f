"""What a backtest comes to in figures."""

from __future__ import annotations

import pytest

from allocation.backtest.case import Contender, PastOrder, make_case
from allocation.backtest.run import run_backtest
from allocation.backtest.summary import BacktestSummary, ContenderSummary, summarize
from allocation.backtest.terms import is_paid, paid_minor
from allocation.cost_breakdown import CostBreakdown
from allocation.engine_api import Baseline, BaselinePart
from routing.ids import LineId, LocationId
from routing.sourcing.policy import Policy
from tests.allocation.backtest.scenes import CHEAPEST, FEWEST, NETWORK, case, cups, past
from tests.networks import E6, line, stock

APART = {"cup": {"newark": 9}, "pot": {"reno": 9}, "pan": {"reno": 9, "newark": 9}}


def value(summary: ContenderSummary, name: str) -> float | None:
    return next(each.value for each in summary.measured if each.metric.name == name)


def both(orders, levels, contenders=(CHEAPEST, FEWEST)) -> BacktestSummary:
    return summarize(run_backtest(case(orders, levels, contenders)))


def test_averages_are_over_the_orders_that_every_rule_set_fills():
    """The second rule set cannot fill the order that needs two shipments."""
    one_shipment = Contender("one", Policy(max_shipments=1))
    orders = [cups(1), past(2, [line(1, "cup"), line(2, "pot")])]
    result = run_backtest(case(orders, APART, [CHEAPEST, one_shipment]))
    summary = summarize(result)
    assert (summary.orders, summary.compared) == (2, 1)
    first, second = summary.contenders
    same = result.outcomes[0][0].cost.total_minor
    assert value(first, "paid_per_order") == value(second, "paid_per_order") == same
    assert value(first, "fill_rate") == 1
    assert value(second, "fill_rate") == pytest.approx(2 / 3)
    assert (value(first, "complete_share"), value(second, "complete_share")) == (1, 0.5)


def test_no_order_that_all_can_fill_leaves_costs_without_a_value():
    summary = both([cups(1)], {})
    assert summary.compared == 0
    assert value(summary.contenders[0], "paid_per_order") is None
    assert summary.contenders[1].measured[0].difference is None
    assert value(summary.contenders[0], "fill_rate") == 0


def test_late_orders_have_no_share_when_no_order_has_a_date():
    assert value(both([cups(1)], APART).contenders[0], "late_share") is None


def test_the_first_rule_set_is_compared_with_nobody():
    first, second = both([cups(1)], APART).contenders
    assert all(each.difference is None for each in first.measured)
    assert second.measured[0].difference is not None


def test_the_same_rules_twice_differ_nowhere():
    twin = Contender("twin", CHEAPEST.rules)
    orders = [past(n, [line(1, "cup"), line(2, "pot"), line(3, "pan")]) for n in range(3)]
    summary = both(orders, APART, [CHEAPEST, twin])
    assert summary.differing == ()
    differences = [each.difference for each in summary.contenders[1].measured]
    assert {(d.value, d.low, d.high) for d in differences if d is not None} == {(0, 0, 0)}


def test_loads_and_flows_account_for_every_shipment():
    orders = [past(n, [line(1, "cup"), line(2, "pot")]) for n in range(3)]
    [summary] = both(orders, APART, [CHEAPEST]).contenders
    shipments = {each.location_id: each.shipments for each in summary.loads}
    assert shipments == {"newark": 3, "reno": 3, "dallas": 0, "atlanta": 0}
    assert {str(each.location_id): each.units_e6 for each in summary.loads}["reno"] == 3 * E6
    assert max(each.busiest_day_shipments for each in summary.loads) == 3
    assert sum(flow.shipments for flow in summary.flows) == 6
    assert sum(each.cost_minor for each in summary.loads) == summary.cost.total_minor


def test_distributions_count_every_order_or_shipment_once():
    orders = [past(n, [line(1, "cup"), line(2, "pot")]) for n in range(3)] + [cups(9)]
    [summary] = both(orders, APART, [CHEAPEST]).contenders
    assert summary.shipments_per_order.counts == (0, 1, 3, 0, 0, 0)
    assert summary.distances.total == 7
    assert summary.distances.counts[0] == 4, "Newark is within 100 km of New York"
    assert summary.delivery_days.total == 4


def test_distances_that_are_not_known_are_counted_apart():
    nowhere = cups(1, zip_code="00000")
    [summary] = both([nowhere], APART, [CHEAPEST]).contenders
    spread = summary.distances
    assert spread.total + spread.unknown == sum(load.shipments for load in summary.loads)


def test_choices_made_at_the_time_are_added_up_where_they_can_be_priced():
    def chose(place: str) -> Baseline:
        return Baseline("oms", (BaselinePart(LineId("line-1"), LocationId(place), E6),))

    orders = [
        PastOrder(cups(1), chose("reno")),
        PastOrder(cups(2), chose("atlanta")),
        PastOrder(cups(3)),
    ]
    levels = stock(cup={"newark": 9, "reno": 9})
    result = run_backtest(make_case(orders, NETWORK, levels, [CHEAPEST]))
    found = summarize(result).contenders[0].baseline
    compared = result.outcomes[0][0].baseline
    assert found is not None
    assert compared is not None
    assert (found.orders, found.priced) == (2, 1)
    assert found.cost_minor == compared.cost_minor
    assert found.saving_minor == found.cost_minor - result.outcomes[0][0].cost.total_minor > 0
    assert found.problems == (("atlanta may not ship line line-1: not_stocked", 1),)


def test_without_such_choices_there_is_nothing_to_compare():
    assert both([cups(1)], APART).contenders[0].baseline is None


@pytest.mark.parametrize(
    ("term", "paid"),
    [
        ("postage", True),
        ("surcharge:residential", True),
        ("handling:parcel", True),
        ("penalty:extra_shipment", False),
        ("lateness", False),
        ("distance", False),
        ("rule:stores-first", False),
    ],
)
def test_penalties_steer_and_are_not_paid(term, paid):
    assert is_paid(term) is paid


def test_what_is_paid_leaves_out_penalties():
    assert paid_minor(CostBreakdown((("postage", 500), ("penalty:extra_shipment", 300)))) == 500


def test_orders_that_could_not_be_planned_are_named():
    [summary] = both([past(1, [line(1, "ghost")]), cups(2)], APART, [CHEAPEST]).contenders
    [(order_id, problem)] = summary.not_planned
    assert order_id == "o001"
    assert "ghost" in problem
    assert summary.unproven == 0
