"""Lots, serials and incoming supply that come with a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from google.protobuf import text_format

from allocation.server.codec.findings import Findings
from allocation.server.codec.stock import decode_stock
from allocation.v1 import inline_stock_pb2
from routing.ids import ItemId, LocationId, LotId
from routing.item import ItemTracking
from routing.sourcing.stock import IncomingStock, LotStock, StockDetail
from tests.networks import item, network

MILK = item("milk", tracking=ItemTracking.LOT)
NET = network(
    [
        MILK,
        item("phone", tracking=ItemTracking.SERIAL),
        item("cup"),
        replace(MILK, id=ItemId("oil"), quantity_scale=2),
    ]
)


def decode(item_id: str, level: str) -> tuple[StockDetail, Findings]:
    """Return the detail of one level of an item at dallas."""
    message = text_format.Parse(
        f'items {{ inventory_item_id: "{item_id}" levels {{ location_id: "dallas" {level} }} }}',
        inline_stock_pb2.InlineStock(),
    )
    findings = Findings()
    view = decode_stock(message, "stock", findings, NET)
    details = view.details([ItemId(item_id)])[ItemId(item_id)]
    return details.get(LocationId("dallas"), StockDetail()), findings


def test_everything_is_read() -> None:
    detail, findings = decode(
        "milk",
        """
        available { value: "5" }
        lots { lot_id: "a" available { value: "3" } expiry_date { year: 2026 month: 12 day: 1 } }
        lots { lot_id: "b" available { value: "2" } received_date { year: 2026 month: 1 day: 9 } }
        incoming {
          quantity { value: "4" } expected_time { seconds: 1790000000 } confidence_percent: 80
        }
        incoming { quantity { value: "1" } expected_time { seconds: 1790000001 } }
        """,
    )
    assert not findings.violations
    assert not findings.all_warnings()
    assert detail == StockDetail(
        lots=(
            LotStock(LotId("a"), 3, expiry=date(2026, 12, 1)),
            LotStock(LotId("b"), 2, received=date(2026, 1, 9)),
        ),
        incoming=(
            IncomingStock(4, datetime.fromtimestamp(1_790_000_000, UTC), 80),
            IncomingStock(1, datetime.fromtimestamp(1_790_000_001, UTC), 100),
        ),
    )


def test_lots_of_decimals_are_in_the_items_steps() -> None:
    detail, findings = decode(
        "oil", 'available { value: "2.5" } lots { lot_id: "a" available { value: "2.50" } }'
    )
    assert not findings.violations
    assert detail.lots[0].increments == 250


def test_serials_are_read() -> None:
    detail, findings = decode("phone", 'available { value: "2" } serials: "x" serials: "y"')
    assert not findings.violations
    assert detail.serials == ("x", "y")


def test_units_below_zero_are_owed() -> None:
    detail, findings = decode(
        "cup",
        'available { value: "-3" } '
        'incoming { quantity { value: "4" } expected_time { seconds: 1790000000 } }',
    )
    assert not findings.violations
    assert detail.oversold == 3


@pytest.mark.parametrize(
    ("item_id", "level", "path"),
    [
        ("milk", 'available { value: "5" } lots { lot_id: "a" available { value: "3" } }', ""),
        (
            "milk",
            (
                'available { value: "2" } lots { lot_id: "a" available { value: "1" } } '
                'lots { lot_id: "a" available { value: "1" } }'
            ),
            "lots[1].lot_id",
        ),
        ("milk", 'available { value: "1" } lots { available { value: "1" } }', "lots[0].lot_id"),
        (
            "milk",
            'available { value: "1" } lots { lot_id: "a" available { value: "1.5" } }',
            "lots[0].available",
        ),
        (
            "milk",
            (
                'available { value: "1" } lots { lot_id: "a" available { value: "1" } '
                "expiry_date { year: 2026 month: 13 } }"
            ),
            "lots[0].expiry_date",
        ),
        ("phone", 'available { value: "2" } serials: "x"', ""),
        ("phone", 'available { value: "2" } serials: "x" serials: "x"', "serials"),
        (
            "cup",
            'available { value: "1" } incoming { quantity { value: "0" } }',
            "incoming[0].quantity",
        ),
        (
            "cup",
            'available { value: "1" } incoming { quantity { value: "1" } }',
            "incoming[0].expected_time",
        ),
        (
            "cup",
            (
                'available { value: "1" } incoming { quantity { value: "1" } '
                "expected_time { seconds: 1790000000 } confidence_percent: 101 }"
            ),
            "incoming[0].confidence_percent",
        ),
    ],
)
def test_what_does_not_add_up_is_refused_where_it_stands(
    item_id: str, level: str, path: str
) -> None:
    _, findings = decode(item_id, level)
    at = "stock.items[0].levels[0]"
    assert findings.violations[0].path == (f"{at}.{path}" if path else at)


@pytest.mark.parametrize(
    ("item_id", "level"),
    [
        ("cup", 'available { value: "1" } lots { lot_id: "a" available { value: "1" } }'),
        ("cup", 'available { value: "1" } serials: "x"'),
    ],
)
def test_lots_and_serials_of_items_that_have_none_are_warned_of(item_id: str, level: str) -> None:
    detail, findings = decode(item_id, level)
    assert not findings.violations
    assert "not tracked by" in findings.all_warnings()[0]
    assert detail == StockDetail()
