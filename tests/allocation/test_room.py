"""A location takes on exactly as much as its limits say."""

from __future__ import annotations

from time import monotonic

import pytest

from allocation.engine import Engine
from routing.ids import LocationId
from routing.location import DailyCapacity
from routing.sourcing.policy import Policy
from tests.networks import item, line, location, network, order, request, stock

CUP, POT = item("cup"), item("pot")


@pytest.mark.parametrize(("most", "asked", "given"), [(4, 4, 4), (4, 5, 4), (1, 3, 1)])
def test_a_limit_of_units_admits_as_many(most, asked, given):
    net = network([CUP], [location("reno", capacity=DailyCapacity(units=most))])
    made = Engine(monotonic).plan(
        request(
            order([line(number, "cup") for number in range(asked)]), net, stock(cup={"reno": 9})
        )
    )
    assert sum(row.quantity.increments for row in made.plan.reservations) == given


def test_a_limit_of_lines_admits_as_many_and_the_rest_goes_elsewhere():
    places = [location("newark", capacity=DailyCapacity(lines=2)), location("reno")]
    levels = stock(cup={"newark": 9, "reno": 9}, pot={"newark": 9, "reno": 9})
    asked = order([line(1, "cup"), line(2, "pot"), line(3, "cup")])
    made = Engine(monotonic).plan(request(asked, network([CUP, POT], places), levels)).plan
    at = [row.location_id for row in made.reservations]
    assert at.count(LocationId("newark")) <= 2
    assert not made.unfilled


def test_ten_of_six_and_ten_are_ten():
    net = network([CUP], [location("reno"), location("newark")])
    levels = stock(cup={"reno": 6, "newark": 10})
    for policy in (Policy(), Policy(line_split=True)):
        made = Engine(monotonic).plan(request(order([line(1, "cup", 10)]), net, levels, policy))
        assert sum(row.quantity.increments for row in made.plan.reservations) == 10
