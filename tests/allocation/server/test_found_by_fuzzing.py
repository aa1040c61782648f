"""What `tests/fuzz` has found, each mended, as small as it could be made."""

from __future__ import annotations

from typing import Any

import pytest

from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import unfilled_pb2
from routing.v1 import carton_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import Client, allocate_request


async def put_a_carton(client: Client) -> None:
    carton = carton_pb2.Carton(id="box")
    inner: Any = carton.inner
    inner.length_mm.value, inner.width_mm.value, inner.height_mm.value = "300", "200", "100"
    await client.network.PutCartons(net.PutCartonsRequest(cartons=[carton]))


@pytest.mark.parametrize("lines", [{"mug": "2"}, {"mug": "2", "tea": "1"}])
@pytest.mark.parametrize("explain", [False, True])
async def test_cartons_and_nothing_in_stock_is_a_plan_without_shipments(
    client: Client, lines: dict[str, str], explain: bool
) -> None:
    await put_a_carton(client)
    request = allocate_request(lines, {"cloth": {"reno": "0"}})
    request.options.explain = explain
    request.options.alternatives = 2
    plan = (await client.allocation.Allocate(request)).plan
    assert not plan.shipments
    assert {each.reason for each in plan.unfilled} == {unfilled_pb2.UNFILLED_REASON_NOT_IN_STOCK}
    quote = pb.QuoteRequest(order=request.order, inline_stock=request.inline_stock)
    await client.allocation.Quote(quote)
