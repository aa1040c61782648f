from __future__ import annotations

import pytest

from routing.errors import InvalidInputError
from routing.ids import ItemId
from routing.item import InventoryItem, KitComponent
from routing.sourcing.resolve import resolve_lines, unknown_items
from tests.networks import E6, POUND_UG, item, kit, line, network, order


def test_a_plain_line_takes_one_increment_of_its_item():
    net = network([item("cup")])
    (resolved,) = resolve_lines(order([line(1, "cup", 3)]), net)
    assert (resolved.demand, resolved.scale) == (3, 0)
    assert [(use.item.id, use.increments) for use in resolved.uses] == [("cup", 1)]


def test_a_kit_is_exploded_into_what_one_unit_takes():
    net = network([item("cup"), item("pot", 2), kit("set", cup=4, pot=1)])
    (resolved,) = resolve_lines(order([line(1, "set", 2)]), net)
    assert {use.item.id: use.increments for use in resolved.uses} == {"cup": 4, "pot": 1}
    assert resolved.weight_ug == 6 * POUND_UG


def test_nested_kits_multiply_and_shared_components_add_up():
    net = network([item("cup"), kit("pair", cup=2), kit("crate", pair=3, cup=1)])
    (resolved,) = resolve_lines(order([line(1, "crate")]), net)
    assert {use.item.id: use.increments for use in resolved.uses} == {"cup": 7}


def test_a_decimal_quantity_counts_in_increments_of_the_items_scale():
    net = network([item("cheese", quantity_scale=2)])
    (resolved,) = resolve_lines(order([line(1, "cheese", quantity_e6=1_250_000)]), net)
    assert (resolved.demand, resolved.scale) == (125, 2)
    assert str(resolved.quantity(resolved.demand)) == "1.25"


def test_every_quantity_that_does_not_fit_its_scale_is_reported_with_its_path():
    net = network([item("cup"), item("cheese", quantity_scale=1)])
    lines = [line(1, "cup", quantity_e6=E6 // 2), line(2, "cheese", quantity_e6=50_000)]
    with pytest.raises(InvalidInputError) as caught:
        resolve_lines(order(lines), net)
    paths = [violation.path for violation in caught.value.violations]
    assert paths == ["order.lines[0].quantity", "order.lines[1].quantity"]


def test_a_component_requirement_that_does_not_fit_is_refused():
    half = InventoryItem(ItemId("half"), components=(KitComponent(ItemId("cup"), E6 // 2),))
    with pytest.raises(InvalidInputError, match=r"0\.5 of 'cup'"):
        resolve_lines(order([line(1, "half")]), network([item("cup"), half]))


def test_a_decimal_requirement_is_exact_where_the_component_has_decimals():
    dose = InventoryItem(ItemId("dose"), components=(KitComponent(ItemId("oil"), 250_000),))
    net = network([item("oil", quantity_scale=3), dose])
    (resolved,) = resolve_lines(order([line(1, "dose", 2)]), net)
    assert [(use.item.id, use.increments) for use in resolved.uses] == [("oil", 250)]


def test_lines_that_need_no_shipping_are_left_out():
    net = network([item("cup")])
    lines = [line(1, "cup"), line(2, "cup", requires_shipping=False)]
    assert [each.id for each in resolve_lines(order(lines), net)] == ["line-1"]


def test_unknown_items_are_named_once_in_order():
    lines = [line(1, "b"), line(2, "a"), line(3, "b")]
    assert unknown_items(order(lines), network([item("cup")])) == ("b", "a")


def test_a_kit_that_contains_itself_is_refused():
    with pytest.raises(InvalidInputError, match="contain themselves"):
        network([kit("a", b=1), kit("b", a=1)])
