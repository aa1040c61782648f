"""The scene of the service benchmark: a network, stock in the ledger, and recorded requests.

Real sites and destinations as in `bench.instances`; items, weights, stock and orders are drawn
from the seed. Orders have one to four lines of one to three units, mostly one, of items that a
third of the locations carry.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp, log
from pathlib import Path
from typing import Final

import grpc
from google.type import money_pb2

from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc, stock_service_pb2, stock_service_pb2_grpc
from bench.instances.places import draw_destination, places
from routing.location import LocationKind, StockLocation
from routing.v1 import item_pb2, location_pb2, network_service_pb2_grpc
from routing.v1 import network_service_pb2 as net

ITEMS: Final = 400
SHARE: Final = 0.33
LINES: Final = ((1, 40), (2, 30), (3, 20), (4, 10))
"""Number of lines, and how often of a hundred."""
PLENTY: Final = 1_000_000
ROWS_A_MESSAGE: Final = 5_000
ITEMS_A_MESSAGE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Scene:
    """What is put and what is asked.

    Attributes
    ----------
    locations, items
        Messages to put.
    carried
        Item id to the ids of the locations that have it.
    requests
        Recorded requests to plan only.
    """

    locations: tuple[location_pb2.StockLocation, ...]
    items: tuple[item_pb2.InventoryItem, ...]
    carried: dict[str, tuple[str, ...]]
    requests: tuple[pb.AllocateRequest, ...]


def make_scene(locations: int, orders: int, seed: int) -> Scene:
    """Draw a scene; the same arguments give the same one."""
    draw = random.Random(f"service:{locations}:{seed}")
    sites = places(locations).locations
    items = tuple(_item(draw, number) for number in range(ITEMS))
    carried = {
        item.id: tuple(str(site.id) for site in sites if draw.random() < SHARE) or (sites[0].id,)
        for item in items
    }
    requests = tuple(_request(draw, number, items) for number in range(orders))
    return Scene(tuple(map(_location, sites)), items, carried, requests)


def _item(draw: random.Random, number: int) -> item_pb2.InventoryItem:
    grams = min(2_300, max(30, round(exp(draw.gauss(log(320), 0.6)))))
    item = item_pb2.InventoryItem(id=f"item-{number:04d}", sku=f"SKU-{number:04d}")
    item.weight_g.value = str(grams)
    return item


def _location(site: StockLocation) -> location_pb2.StockLocation:
    kind = (
        location_pb2.LOCATION_KIND_FULFILLMENT_CENTER
        if site.kind is LocationKind.FULFILLMENT_CENTER
        else location_pb2.LOCATION_KIND_STORE
    )
    message = location_pb2.StockLocation(id=site.id, name=site.name, kind=kind, rank=site.rank)
    message.address.region_code = "US"
    message.address.postal_code = site.postal_code or ""
    if site.coordinates is not None:
        message.coordinates.latitude = site.coordinates.lat_deg
        message.coordinates.longitude = site.coordinates.lng_deg
    handling = site.handling
    message.handling_cost.per_shipment.CopyFrom(_cents(handling.per_shipment_minor))
    message.handling_cost.per_line.CopyFrom(_cents(handling.per_line_minor))
    message.handling_cost.per_unit.CopyFrom(_cents(handling.per_unit_minor))
    message.handling_cost.per_parcel.CopyFrom(_cents(handling.per_parcel_minor))
    return message


def _cents(amount: int) -> money_pb2.Money:
    units, cents = divmod(amount, 100)
    return money_pb2.Money(currency_code="USD", units=units, nanos=cents * 10_000_000)


def _request(
    draw: random.Random, number: int, items: Sequence[item_pb2.InventoryItem]
) -> pb.AllocateRequest:
    request = pb.AllocateRequest()
    order = request.order
    order.id = f"order-{number}"
    order.currency = "USD"
    order.destination.address.region_code = "US"
    order.destination.address.postal_code = draw_destination(draw).code
    order.destination.residential = True
    count = draw.choices([lines for lines, _ in LINES], [often for _, often in LINES])[0]
    for line_number, item in enumerate(draw.sample(items, count), start=1):
        line = order.lines.add(id=f"line-{line_number}", inventory_item_id=item.id)
        line.quantity.value = str(draw.choices((1, 2, 3), (70, 20, 10))[0])
        line.unit_price.CopyFrom(_cents(draw.randint(500, 9_000)))
    return request


def held(requests: Sequence[pb.AllocateRequest], count: int, run: str) -> list[pb.AllocateRequest]:
    """Return requests to hold, each with an id of its own."""
    found = []
    for number in range(count):
        request = pb.AllocateRequest()
        request.CopyFrom(requests[number % len(requests)])
        request.request_id = f"{run}-{number}"
        request.mode = pb.ALLOCATE_MODE_HOLD
        request.hold_ttl.seconds = 3_600
        found.append(request)
    return found


def with_inline_stock(scene: Scene) -> list[pb.AllocateRequest]:
    """Return the requests with levels sent along."""
    found = []
    for plain in scene.requests:
        request = pb.AllocateRequest()
        request.CopyFrom(plain)
        for line in plain.order.lines:
            entry = request.inline_stock.items.add(inventory_item_id=line.inventory_item_id)
            for location_id in scene.carried[line.inventory_item_id]:
                entry.levels.add(location_id=location_id).available.value = "1000"
        found.append(request)
    return found


def put_network(target: str, scene: Scene) -> None:
    """Put locations and items into a server."""
    with _channel(target) as channel:
        stub = network_service_pb2_grpc.NetworkServiceStub(channel)
        stub.PutLocations(net.PutLocationsRequest(locations=scene.locations), timeout=120)
        for start in range(0, len(scene.items), ITEMS_A_MESSAGE):
            part = scene.items[start : start + ITEMS_A_MESSAGE]
            stub.PutItems(net.PutItemsRequest(items=part), timeout=120)


def feed(target: str, scene: Scene) -> None:
    """Give a server's ledger plenty of everything that a location carries."""
    with _channel(target) as channel:
        stub = stock_service_pb2_grpc.StockServiceStub(channel)
        answer = stub.SetLevels(_feed(scene), timeout=300)
        if answer.refused_rows:
            raise RuntimeError(f"{answer.refused_rows} levels were refused: {answer.errors[0]}")


def _feed(scene: Scene) -> Iterator[stock_service_pb2.SetLevelsRequest]:
    rows = []
    for item_id, location_ids in scene.carried.items():
        for location_id in location_ids:
            row = stock_service_pb2.LevelRow(inventory_item_id=item_id, location_id=location_id)
            row.quantity.value = str(PLENTY)
            rows.append(row)
    header = stock_service_pb2.FeedHeader(kind=stock_service_pb2.FEED_KIND_DELTA)
    header.observed_time.FromDatetime(datetime.now(UTC))
    yield stock_service_pb2.SetLevelsRequest(header=header, rows=rows[:ROWS_A_MESSAGE])
    for start in range(ROWS_A_MESSAGE, len(rows), ROWS_A_MESSAGE):
        yield stock_service_pb2.SetLevelsRequest(rows=rows[start : start + ROWS_A_MESSAGE])


def answers(target: str, requests: Sequence[pb.AllocateRequest]) -> tuple[pb.AllocateResponse, ...]:
    """Return what a server answers; that it ships everything is checked."""
    with _channel(target) as channel:
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        found = tuple(stub.Allocate(request, timeout=30) for request in requests)
    short = sum(bool(answer.plan.unfilled) for answer in found)
    if short:
        raise RuntimeError(f"{short} of {len(found)} orders are not filled: the scene is wrong")
    return found


def record(requests: Sequence[pb.AllocateRequest], path: Path) -> Path:
    """Write requests as the load generator reads them."""
    with path.open("wb") as stream:
        for request in requests:
            content = request.SerializeToString()
            stream.write(struct.pack(">I", len(content)) + content)
    return path


def _channel(target: str) -> grpc.Channel:
    most = [("grpc.max_receive_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
    return grpc.insecure_channel(target, options=most)
