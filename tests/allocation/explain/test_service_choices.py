"""Why a shipment goes by its carrier service: what the others of the location come to."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

from allocation.engine import Engine
from allocation.plan import Explanation, Plan, PlannedShipment
from allocation.service_choice import ServiceVerdict
from routing.order import Order, ServiceLevel
from routing.sourcing.policy import Policy
from tests.networks import PLACES, item, line, network, order, request, stock

ENGINE = Engine(time.monotonic)
EVERYWHERE = dict.fromkeys(PLACES, 9)


def explained(asked: Order, policy: Policy | None = None) -> tuple[Plan, Explanation]:
    shop = network([item("cup"), item("pan", 8)])
    levels = stock(cup=EVERYWHERE, pan=EVERYWHERE)
    plan = ENGINE.plan(request(asked, shop, levels, policy, explain=True)).plan
    assert plan.explanation is not None
    return plan, plan.explanation


def by_service(explanation: Explanation) -> dict[str, tuple[PlannedShipment, int, ServiceVerdict]]:
    [choice] = explanation.service_choices
    assert choice.shipment_number == 1
    costs = [each.shipment.cost.total_minor for each in choice.others]
    assert costs == sorted(costs)
    return {
        f"{each.shipment.carrier} {each.shipment.service}": (
            each.shipment,
            each.extra_minor,
            each.verdict,
        )
        for each in choice.others
    }


def test_other_services_are_told_with_what_they_cost_more_and_when_they_arrive() -> None:
    plan, explanation = explained(order([line(1, "cup")]))
    [shipment] = plan.shipments
    others = by_service(explanation)
    assert f"{shipment.carrier} {shipment.service}" not in others
    assert len(others) >= 2
    for other, extra, verdict in others.values():
        assert other.location_id == shipment.location_id
        assert extra == other.cost.total_minor - shipment.cost.total_minor >= 0
        assert verdict is ServiceVerdict.DEARER
        assert other.latest_delivery_date is not None


def test_a_cheaper_service_that_misses_the_date_is_too_late() -> None:
    free, _ = explained(order([line(1, "cup")]))
    [usual] = free.shipments
    usual_day = usual.latest_delivery_date
    assert usual_day is not None
    plan, explanation = explained(
        replace(order([line(1, "cup")]), deliver_by=date.fromordinal(usual_day.toordinal() - 1))
    )
    [shipment] = plan.shipments
    assert (shipment.carrier, shipment.service) != (usual.carrier, usual.service)
    _, extra, verdict = by_service(explanation)[f"{usual.carrier} {usual.service}"]
    assert verdict is ServiceVerdict.TOO_LATE
    assert extra < 0


def test_where_late_days_have_a_price_a_late_service_is_dearer() -> None:
    free, _ = explained(order([line(1, "cup")]))
    day = free.shipments[0].latest_delivery_date
    assert day is not None
    asked = replace(order([line(1, "cup")]), deliver_by=date.fromordinal(day.toordinal() - 1))
    _, explanation = explained(asked, Policy(late_day_minor=100_000))
    verdicts = {verdict for _, _, verdict in by_service(explanation).values()}
    assert verdicts == {ServiceVerdict.DEARER}


def test_services_below_the_level_asked_for_are_slower() -> None:
    asked = replace(order([line(1, "cup")]), service_level=ServiceLevel.EXPEDITED)
    plan, explanation = explained(asked)
    assert plan.shipments[0].service_level is ServiceLevel.EXPEDITED
    verdicts = [verdict for _, _, verdict in by_service(explanation).values()]
    assert ServiceVerdict.SLOWER in verdicts


def test_nothing_is_told_of_an_order_that_does_not_ship() -> None:
    plan, explanation = explained(replace(order([line(1, "cup")]), deliver_by=date(2020, 1, 1)))
    assert not plan.shipments
    assert explanation.service_choices == ()
