"""Substitutes and several lines on one item in plans."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from allocation.engine import Engine
from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan
from routing.ids import ItemId
from routing.item import BackorderPolicy
from routing.order import OrderLine
from routing.sourcing.policy import Policy
from routing.sourcing.resolve import resolve_lines
from routing.sourcing.stock import InlineStockView
from routing.sourcing.substitutes import MOST_WAYS, with_substitutes
from tests.networks import E6, item, kit, line, network, order, request, stock

ENGINE = Engine(monotonic)
ITEMS = [item("red"), item("blue"), item("green", 3), item("pot", 2), kit("pair", blue=2)]
NETWORK = network(ITEMS)


def instead(number: int, item_id: str, *others: str, quantity: int = 2) -> OrderLine:
    return line(number, item_id, quantity, substitute_ids=tuple(map(ItemId, others)))


def plan(lines: list[OrderLine], levels: InlineStockView, policy: Policy | None = None) -> Plan:
    return ENGINE.plan(request(order(lines), NETWORK, levels, policy, explain=True)).plan


def sent(made: Plan) -> list[tuple[str, str | None]]:
    """Location of the first part and the substitute of every line."""
    return [
        (each.parts[0].location_id if each.parts else "", each.substitute_item_id)
        for each in made.lines
    ]


def test_nothing_is_substituted_unless_the_line_allows_it():
    levels = stock(blue={"newark": 9})
    assert sent(plan([line(1, "red", 2)], levels)) == [("", None)]
    assert sent(plan([instead(1, "red", "blue")], levels)) == [("newark", "blue")]


def test_what_was_ordered_comes_first_from_however_far():
    levels = stock(red={"reno": 2}, blue={"newark": 9})
    assert sent(plan([instead(1, "red", "blue")], levels)) == [("reno", None)]


def test_substitutes_are_tried_in_order_of_preference():
    levels = stock(blue={"reno": 9}, green={"newark": 9})
    assert sent(plan([instead(1, "red", "blue", "green")], levels)) == [("reno", "blue")]
    assert sent(plan([instead(1, "red", "green", "blue")], levels)) == [("newark", "green")]


def test_a_substitute_may_be_cheaper_where_it_has_a_price():
    levels = stock(red={"reno": 2}, blue={"newark": 9})
    made = plan([instead(1, "red", "blue")], levels, Policy(substitute_unit_minor=10))
    assert sent(made) == [("newark", "blue")]
    assert ("substitution", 20) in made.cost.terms
    dear = plan([instead(1, "red", "blue")], levels, Policy(substitute_unit_minor=5_000))
    assert sent(dear) == [("reno", None)]


def test_reservations_and_parcels_are_of_what_is_sent():
    made = plan([instead(1, "red", "green")], stock(green={"newark": 9}))
    assert [(row.item_id, row.quantity.increments) for row in made.reservations] == [("green", 2)]
    weight = made.shipments[0].parcels[0].weight_ug
    assert weight == 2 * NETWORK.items[ItemId("green")].weight_ug
    assert made.explanation is not None
    assert "x green" in made.explanation.sentences[0]


def test_a_kit_can_take_the_place_of_an_item():
    made = plan([instead(1, "red", "pair")], stock(blue={"newark": 9}))
    assert [(row.item_id, row.quantity.increments) for row in made.reservations] == [("blue", 4)]


def test_a_substitute_competes_with_a_line_that_ordered_it():
    levels = stock(blue={"newark": 3})
    made = plan([instead(1, "red", "blue"), line(2, "blue", 2)], levels)
    assert sum(len(each.parts) for each in made.lines) == 1
    assert made.proof.status is ProofStatus.OPTIMAL
    # Two units stay out either way; then nothing substituted is better.
    assert made.lines[1].parts


def test_a_line_is_one_item_and_not_half_of_each():
    made = plan(
        [instead(1, "red", "blue", quantity=4)],
        stock(red={"newark": 3}, blue={"newark": 2}),
        Policy(line_split=True),
    )
    assert sent(made) == [("newark", None)]
    assert made.unfilled[0].quantity.increments == 1


def test_a_substitute_now_comes_before_waiting():
    waits = replace(instead(1, "red", "blue"), backorder_policy=BackorderPolicy.ALLOW)
    made = plan([waits], stock(red={"newark": 0}, blue={"reno": 2}))
    assert sent(made) == [("reno", "blue")]
    assert not any(row.backordered for row in made.reservations)


def test_two_variants_of_one_item_share_its_stock():
    made = plan([line(1, "red", 2), line(2, "red", 2)], stock(red={"newark": 3}))
    assert sum(row.quantity.increments for row in made.reservations) == 2
    both = plan([line(1, "red", 2), line(2, "red", 1)], stock(red={"newark": 3}))
    assert not both.unfilled


def test_too_many_ways_are_cut_down_to_the_preferred_ones():
    many = [item(f"i{number}") for number in range(40)]
    lines = [
        replace(line(number, "i0", 1), substitute_ids=tuple(each.id for each in many[1:]))
        for number in range(3)
    ]
    net = network(many)
    resolved = with_substitutes(resolve_lines(order(lines), net), order(lines), net)
    per_line = [sum(each.id == asked.id for each in resolved) for asked in lines]
    assert per_line[0] * per_line[1] * per_line[2] <= MOST_WAYS
    assert min(per_line) >= 6
    assert [each.substitute_rank for each in resolved[: per_line[0]]] == list(range(per_line[0]))


def test_substitutes_that_do_not_come_in_the_quantity_are_left_out():
    halves = item("half", quantity_scale=1)
    net = network([*ITEMS, halves])
    asked = OrderLine(line(1, "half").id, E6 // 2, ItemId("half"), substitute_ids=(ItemId("blue"),))
    made = ENGINE.plan(request(order([asked]), net, stock(blue={"newark": 9}))).plan
    assert made.unfilled[0].line_id == "line-1"
