"""Adjustments that take more than there is, in the words of those who count units."""

from __future__ import annotations

from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as pb
from tests.allocation.server.ledger_samples import assert_clean, put_stock
from tests.allocation.server.samples import Client, error_of


async def test_figures_are_in_units_of_the_item_and_not_in_its_increments(client: Client) -> None:
    await put_stock(client, {"cloth": {"newark": 75}})
    one = pb.StockAdjustment(
        inventory_item_id="cloth",
        location_id="newark",
        reason=stock_pb2.STOCK_CHANGE_REASON_TRANSFER_OUT,
        to_location_id="reno",
    )
    one.quantity.value = "1.5"
    error = await error_of(client.stock.AdjustStock(pb.AdjustStockRequest(adjustments=[one])))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert "1.5 of cloth at newark, where 0.75 are free to move" in error.message
    assert (error.metadata["requested"], error.metadata["available"]) == ("1.5", "0.75")
    assert "Plan again" not in error.message
    assert_clean(client)
