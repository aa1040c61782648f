"""The JSON form has everything, in numbers."""

from __future__ import annotations

import json

from allocation.backtest.case import Contender
from allocation.backtest.document import backtest_document
from allocation.backtest.run import run_backtest
from allocation.backtest.summary import summarize
from routing.sourcing.policy import Policy
from tests.allocation.backtest.scenes import CHEAPEST, case, cups, past
from tests.networks import line

RANKED = Contender("ranked", Policy(name="ranked", objectives=("ranked",)))


def document():
    orders = [past(1, [line(1, "cup"), line(2, "pot", 3)]), cups(2, 2), past(3, [line(1, "ghost")])]
    levels = {"cup": {"newark": 9, "dallas": 9}, "pot": {"reno": 2, "atlanta": 2}}
    result = run_backtest(case(orders, levels, [CHEAPEST, RANKED]))
    return backtest_document(result, summarize(result), "USD")


def test_it_is_json_and_the_same_every_time():
    assert json.dumps(document()) == json.dumps(document())


def test_totals_agree_with_the_orders():
    found = document()
    assert (found["orders"], found["orders_filled_by_all"]) == (3, 1)
    cheapest, ranked = found["rule_sets"]
    assert cheapest["metrics"]["paid_per_order"]["difference"] is None
    assert ranked["metrics"]["paid_per_order"]["difference"]["value"] > 0
    assert cheapest["unfilled_lines"] == {"whole_line": 1}
    assert [each["order_id"] for each in cheapest["orders_not_planned"]] == ["o003"]
    assert sum(cheapest["shipments_per_order"].values()) == 3
    differing = {each["order_id"]: each for each in found["differing_orders"]}
    plan = differing["o002"]["plans"]["ranked"]
    assert plan["parts"] == [{"line_id": "line-1", "location_id": "dallas", "quantity": "2"}]
    assert plan["paid_minor"] == sum(plan["cost_minor"].values())
