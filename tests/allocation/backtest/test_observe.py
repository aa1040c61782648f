"""What is kept of a plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from allocation.backtest.case import Contender
from allocation.backtest.outcome import LeftOut
from allocation.backtest.run import run_backtest
from routing.ids import LineId
from routing.sourcing.policy import Policy
from tests.allocation.backtest.scenes import CHEAPEST, SPLITTING, case, cups, past
from tests.networks import E6, NOW, line


def outcome(order, levels, contender=CHEAPEST):
    return run_backtest(case([order], levels, [contender])).outcomes[0][0]


def test_units_lines_and_what_is_left_out_add_up():
    asked = past(1, [line(1, "cup", 3), line(2, "pot", 2)])
    found = outcome(asked, {"cup": {"reno": 2}, "pot": {"reno": 2}}, SPLITTING)
    assert (found.lines, found.lines_filled) == (2, 1)
    assert (found.units_e6, found.units_filled_e6) == (5 * E6, 4 * E6)
    assert not found.complete
    [left] = found.left_out
    assert left == LeftOut(LineId("line-1"), E6, "not_in_stock", left.detail)
    assert sum(each.units_e6 for each in found.shipments) == 4 * E6
    assert sum(each.lines for each in found.shipments) == 2


def test_a_kit_takes_its_components_from_stock():
    found = outcome(past(1, [line(1, "set", 2)]), {"cup": {"reno": 4}, "pot": {"reno": 2}})
    assert [(each.item_id, each.increments) for each in found.takes] == [("cup", 4), ("pot", 2)]
    assert found.units_filled_e6 == 2 * E6


def test_a_digital_line_counts_for_nothing():
    asked = past(1, [line(1, "cup"), line(2, "pot", requires_shipping=False)])
    found = outcome(asked, {"cup": {"reno": 1}})
    assert (found.lines, found.units_e6) == (1, E6)
    assert found.complete


def test_days_count_from_the_day_of_the_order_to_the_last_delivery():
    found = outcome(cups(1), {"cup": {"newark": 1}})
    last = max(each.latest_delivery_date for each in found.shipments)
    assert found.delivery_days == (last - NOW.date()).days > 0


@pytest.mark.parametrize(("days", "late"), [(60, False), (0, True)])
def test_an_order_is_late_if_its_last_shipment_may_come_after_the_date(days, late):
    lenient = Policy(late_day_minor=1)
    contender = Contender("lenient", lenient)
    asked = cups(1, deliver_by=(NOW + timedelta(days=days)).date())
    assert outcome(asked, {"cup": {"reno": 1}}, contender).late is late


def test_without_a_date_or_a_shipment_nothing_is_late():
    assert outcome(cups(1), {"cup": {"reno": 1}}).late is None
    assert outcome(cups(1, deliver_by=date(2026, 12, 24)), {}).late is None


def test_an_order_of_which_nothing_ships_has_no_days():
    found = outcome(cups(1), {})
    assert found.delivery_days is None
    assert not found.shipments
