"""Low stock facts as the contract shows them."""

from __future__ import annotations

from typing import Final

from allocation.low_stock.fact import AbcClass, LowStockFact, StockState
from allocation.server.codec.decimal import encode_decimal
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.level import Items, scale_of
from allocation.v1 import low_stock_pb2 as pb

STATES: Final = EnumTable(pb.LowStockState, "LOW_STOCK_STATE", StockState)
CLASSES: Final = EnumTable(pb.AbcClass, "ABC_CLASS", AbcClass)


def encode_fact(fact: LowStockFact, items: Items, *, with_class: bool = True) -> pb.LowStockFact:
    """Return a fact; without a class where it is that of one item looked at alone."""
    position = fact.position
    scale = scale_of(position.item_id, items)
    return pb.LowStockFact(
        inventory_item_id=position.item_id,
        location_id=position.location_id,
        state=STATES.encode(fact.state),
        available=encode_decimal(position.available, scale),
        incoming=encode_decimal(position.incoming, scale),
        reorder_point=encode_decimal(fact.reorder_point, scale),
        sold=encode_decimal(fact.sold, scale),
        lead_time_days=fact.lead_time_days,
        days_of_cover=fact.days_of_cover,
        stockout_risk_percent=fact.stockout_risk_percent,
        abc_class=CLASSES.encode(fact.abc_class) if with_class else pb.ABC_CLASS_UNSPECIFIED,
        transfers=[
            pb.SuggestedTransfer(
                from_location_id=each.from_location_id,
                quantity=encode_decimal(each.increments, scale),
            )
            for each in fact.transfers
        ],
    )
