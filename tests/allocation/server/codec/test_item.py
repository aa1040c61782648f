"""Items and kits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from google.protobuf import text_format

from allocation.server.codec.findings import Findings
from allocation.server.codec.item import decode_item
from routing.ids import ItemId
from routing.item import (
    BackorderPolicy,
    Dimensions,
    InventoryItem,
    ItemTracking,
    KitComponent,
    PickOrder,
)
from routing.v1 import item_pb2


def decode(text: str) -> tuple[InventoryItem | None, Findings]:
    findings = Findings()
    message = text_format.Parse(text, item_pb2.InventoryItem())
    return decode_item(message, "items[0]", findings, {"USD"}), findings


def test_every_field_that_planning_uses_is_read() -> None:
    item, findings = decode("""
        id: "mug" sku: "MUG-1" weight_g { value: "453.59237" }
        dimensions {
          length_mm { value: "304.8" } width_mm { value: "100" } height_mm { value: "0.001" }
        }
        tags: "fragile" quantity_scale: 2 ship_alone: true processing_days: 3
        unit_value { currency_code: "USD" units: 12 nanos: 500000000 }
        backorder_policy: BACKORDER_POLICY_ALLOW
    """)
    assert item == InventoryItem(
        id=ItemId("mug"),
        sku="MUG-1",
        weight_ug=453_592_370,
        dimensions=Dimensions(304_800, 100_000, 1),
        tags=frozenset({"fragile"}),
        quantity_scale=2,
        ship_alone=True,
        processing_days=3,
        unit_value_minor=1_250,
        backorder_policy=BackorderPolicy.ALLOW,
    )
    assert not findings.all_warnings()


def test_what_is_absent_takes_its_default() -> None:
    item, findings = decode('id: "mug"')
    assert item == InventoryItem(id=ItemId("mug"))
    assert findings.all_warnings() == (
        "item 'mug' has no weight: parcels with it count as lighter",
    )


def test_a_component_without_a_quantity_is_needed_once() -> None:
    item, _ = decode(
        'id: "set" components { inventory_item_id: "mug" } '
        'components { inventory_item_id: "tea" required_quantity { value: "0.25" } }'
    )
    assert item is not None
    assert item.components == (
        KitComponent(ItemId("mug"), 1_000_000),
        KitComponent(ItemId("tea"), 250_000),
    )


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('id: ""', ["id"]),
        ('id: "m" weight_g { value: "-1" }', ["weight_g"]),
        ('id: "m" weight_g { value: "10000000.000001" }', ["weight_g"]),
        (
            'id: "m" dimensions { length_mm { value: "0" } width_mm { value: "20000.001" } }',
            ["dimensions.length_mm", "dimensions.width_mm", "dimensions.height_mm"],
        ),
        (
            (
                'id: "m" dimensions { length_mm { value: "1.0001" } width_mm { value: "1" } '
                'height_mm { value: "1" } }'
            ),
            ["dimensions.length_mm"],
        ),
        ('id: "m" quantity_scale: 7', ["quantity_scale"]),
        ('id: "m" quantity_scale: -1', ["quantity_scale"]),
        ('id: "m" processing_days: 61', ["processing_days"]),
        ('id: "m" backorder_policy: 9', ["backorder_policy"]),
        ('id: "m" tracking: 9 pick_order: 9', ["tracking", "pick_order"]),
        ('id: "m" unit_value { units: 1 }', ["unit_value.currency_code"]),
        (
            'id: "m" components { required_quantity { value: "0" } }',
            ["components[0].inventory_item_id", "components[0].required_quantity"],
        ),
        (
            'id: "m" quantity_scale: 1 components { inventory_item_id: "x" }',
            ["quantity_scale"],
        ),
    ],
)
def test_every_problem_is_named_by_its_field(text: str, paths: list[str]) -> None:
    item, findings = decode(text)
    assert item is None
    assert [each.path for each in findings.violations] == [f"items[0].{path}" for path in paths]


def test_more_than_64_components_are_refused() -> None:
    part = 'components { inventory_item_id: "x" } '
    assert decode('id: "set" ' + part * 64)[0] is not None
    item, findings = decode('id: "set" ' + part * 65)
    assert item is None
    assert [each.path for each in findings.violations] == ["items[0].components"]


def test_fields_without_effect_so_far_are_warned_of() -> None:
    item, findings = decode(
        'id: "m" weight_g { value: "1" } origin_country: "US" substitute_item_ids: "n" '
    )
    assert item is not None
    assert item.substitute_ids == (ItemId("n"),)
    warnings = findings.all_warnings()
    assert [each.partition(" ")[0] for each in warnings] == ["origin_country"]


def test_how_stock_is_told_apart_and_what_may_wait_is_read() -> None:
    item, findings = decode("""
        id: "m" weight_g { value: "1" } tracking: ITEM_TRACKING_LOT pick_order: PICK_ORDER_LIFO
        min_remaining_shelf_life_days: 30 backorder_limit { value: "12" } lead_time_days: 14
        release_time { seconds: 1790000000 }
    """)
    assert item is not None
    assert (item.tracking, item.pick_order) == (ItemTracking.LOT, PickOrder.LIFO)
    assert (item.min_shelf_life_days, item.lead_time_days) == (30, 14)
    assert item.backorder_limit_e6 == 12_000_000
    assert item.release_time == datetime.fromtimestamp(1_790_000_000, UTC)
    assert not findings.all_warnings()


def test_a_value_in_a_currency_without_rate_cards_is_not_used_and_warned_of() -> None:
    item, findings = decode(
        'id: "m" weight_g { value: "1" } unit_value { currency_code: "EUR" units: 1 }'
    )
    assert item is not None
    assert item.unit_value_minor is None
    assert "EUR" in findings.all_warnings()[0]
