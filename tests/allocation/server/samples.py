"""A small network of real places, requests against it, and what errors came back as."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import grpc
from google.rpc import error_details_pb2
from google.type import money_pb2
from grpc import aio
from grpc_status import rpc_status

from allocation.server.server import Server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import (
    allocation_service_pb2_grpc,
    rule_service_pb2_grpc,
    stock_service_pb2_grpc,
)
from routing.v1 import item_pb2, location_pb2, network_service_pb2_grpc
from routing.v1 import network_service_pb2 as net

NOW: Final = datetime(2026, 9, 1, 15, 0, tzinfo=UTC)

PLACES: Final[Mapping[str, str]] = {"reno": "89502", "dallas": "75201", "newark": "07102"}


def usd(units: int, cents: int = 0) -> money_pb2.Money:
    return money_pb2.Money(currency_code="USD", units=units, nanos=cents * 10_000_000)


def location(location_id: str, postal_code: str = "", **fields: Any) -> location_pb2.StockLocation:
    message = location_pb2.StockLocation(id=location_id, **fields)
    if postal_code:
        message.address.region_code = "US"
        message.address.postal_code = postal_code
    return message


def item(item_id: str, weight_g: str = "500", **fields: Any) -> item_pb2.InventoryItem:
    message = item_pb2.InventoryItem(id=item_id, **fields)
    if weight_g:
        message.weight_g.value = weight_g
    return message


def network_messages() -> tuple[net.PutLocationsRequest, net.PutItemsRequest]:
    locations = [location(name, code) for name, code in PLACES.items()]
    kit = item("gift-set", "")
    kit.components.add(inventory_item_id="mug").required_quantity.value = "2"
    kit.components.add(inventory_item_id="tea")
    items = [
        item("mug", "350", sku="MUG-1"),
        item("tea", "120", sku="TEA-1"),
        item("cloth", "300", quantity_scale=2),
        kit,
    ]
    return net.PutLocationsRequest(locations=locations), net.PutItemsRequest(items=items)


def allocate_request(
    quantities: Mapping[str, str] | None = None,
    stock: Mapping[str, Mapping[str, str]] | None = None,
) -> pb.AllocateRequest:
    """Return a request for items by id, with stock by item and location."""
    request = pb.AllocateRequest()
    request.order.id = "order-1"
    request.order.destination.address.region_code = "US"
    request.order.destination.address.postal_code = "10001"
    for number, (item_id, quantity) in enumerate((quantities or {"mug": "2", "tea": "1"}).items()):
        line = request.order.lines.add(id=f"line-{number + 1}", inventory_item_id=item_id)
        line.quantity.value = quantity
    levels = stock or {name: dict.fromkeys(PLACES, "10") for name in ("mug", "tea", "cloth")}
    for item_id, by_location in levels.items():
        entry = request.inline_stock.items.add(inventory_item_id=item_id)
        for location_id, available in by_location.items():
            entry.levels.add(location_id=location_id).available.value = available
    return request


def quote_request() -> pb.QuoteRequest:
    request = allocate_request()
    return pb.QuoteRequest(order=request.order, inline_stock=request.inline_stock)


@dataclass(frozen=True)
class Client:
    """Stubs of a running server."""

    server: Server
    channel: aio.Channel

    @property
    def allocation(self) -> Any:
        return allocation_service_pb2_grpc.AllocationServiceStub(self.channel)

    @property
    def network(self) -> Any:
        return network_service_pb2_grpc.NetworkServiceStub(self.channel)

    @property
    def rules(self) -> Any:
        return rule_service_pb2_grpc.RuleServiceStub(self.channel)

    @property
    def stock(self) -> Any:
        return stock_service_pb2_grpc.StockServiceStub(self.channel)

    async def put_network(self) -> None:
        locations, items = network_messages()
        await self.network.PutLocations(locations)
        await self.network.PutItems(items)


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Client]:
    async with grpc.aio.insecure_channel(server.address) as channel:
        yield Client(server, channel)


@dataclass(frozen=True)
class CallError:
    """An error as a client sees it."""

    code: grpc.StatusCode
    message: str
    reason: str
    domain: str
    metadata: Mapping[str, str]
    violations: Mapping[str, str]
    retry_ms: int | None


async def error_of(call: Any) -> CallError:
    """Return the error that a call must end with."""
    try:
        answer = await call
    except aio.AioRpcError as error:
        return parse_error(error)
    raise AssertionError(f"no error but {answer}")


def parse_error(error: aio.AioRpcError) -> CallError:
    status = rpc_status.from_call(error)
    info = error_details_pb2.ErrorInfo()
    bad_request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    retry_ms = None
    for detail in status.details if status is not None else ():
        if not detail.Unpack(info) and not detail.Unpack(bad_request) and detail.Unpack(retry):
            retry_ms = retry.retry_delay.ToMilliseconds()
    return CallError(
        code=error.code(),
        message=error.details() or "",
        reason=info.reason,
        domain=info.domain,
        metadata=dict(info.metadata),
        violations={each.field: each.description for each in bad_request.field_violations},
        retry_ms=retry_ms,
    )
