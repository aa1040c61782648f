"""A long feed through `SetLevels` of a server on SQLite, while it answers `Allocate`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import grpc

from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from allocation.v1 import stock_service_pb2 as stock
from bench.harness.figures import percentile, rounded
from bench.harness.memory import figure_mb
from bench.harness.servers import serving
from bench.harness.timing import cpu_s_of
from bench.service_scene import Scene, feed, make_scene, put_network
from routing.v1 import item_pb2, network_service_pb2_grpc
from routing.v1 import network_service_pb2 as net

LOCATIONS: Final = 10
MESSAGE_ROWS: Final = 5_000
_ITEMS_A_CALL: Final = 5_000
_PAUSE_S: Final = 0.02
_METHOD: Final = "/allocation.v1.StockService/SetLevels"


@dataclass(slots=True)
class Calls:
    """What `Allocate` was answered meanwhile."""

    times_ms: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def measure_server_feed(path: Path, rows: int, seed: int) -> dict[str, float | None]:
    """Feed so many levels into a server of its own on a new file, twice.

    The second feed has other figures for the same levels, and is the one that counts: every
    level is read, compared and changed. Orders are of other items, so that every answer is a
    plan whatever the feed has reached.
    """
    scene = make_scene(LOCATIONS, 50, seed)
    with serving(["--workers", "0", "--store", f"sqlite://{path}"]) as server:
        put_network(server.address, scene)
        _put_items(server.address, scene, rows // LOCATIONS)
        feed(server.address, scene)
        idle_mb = figure_mb("VmRSS", server.pid)
        first_s, _, _ = _feed(server.address, server.pid, scene, rows, 5)
        second_s, cpu_s, calls = _feed(server.address, server.pid, scene, rows, 6)
        peak_mb = figure_mb("VmHWM", server.pid)
    if calls.problems:
        raise RuntimeError(f"{len(calls.problems)} calls failed: {calls.problems[0]}")
    return {
        "rows_per_s_empty": rounded(rows / first_s),
        "rows_per_s": rounded(rows / second_s),
        "server_cpu_us": rounded(cpu_s / rows * 1_000_000, 3),
        "allocations": len(calls.times_ms),
        "allocate_p50_ms": rounded(percentile(calls.times_ms, 50), 3),
        "allocate_p99_ms": rounded(percentile(calls.times_ms, 99), 3),
        "idle_mb": rounded(idle_mb),
        "peak_mb": rounded(peak_mb),
        "file_mb": rounded(path.stat().st_size / 2**20),
    }


def _put_items(target: str, scene: Scene, count: int) -> None:
    """Register the items that are fed."""
    with grpc.insecure_channel(target) as channel:
        stub = network_service_pb2_grpc.NetworkServiceStub(channel)
        for begin in range(0, count, _ITEMS_A_CALL):
            numbers = range(begin, min(count, begin + _ITEMS_A_CALL))
            items = [_item(scene, number) for number in numbers]
            stub.PutItems(net.PutItemsRequest(items=items), timeout=120)


def _item(scene: Scene, number: int) -> item_pb2.InventoryItem:
    item = item_pb2.InventoryItem()
    item.CopyFrom(scene.items[number % len(scene.items)])
    item.id, item.sku = f"fed-{number:07}", f"FED-{number:07}"
    return item


def _feed(
    target: str, pid: int, scene: Scene, rows: int, quantity: int
) -> tuple[float, float, Calls]:
    """Return the seconds of a feed, the server's processor time, and what else it answered."""
    messages = list(_messages(scene, rows, quantity))
    calls, done = Calls(), threading.Event()
    asking = threading.Thread(target=_ask, args=(target, scene, calls, done))
    asking.start()
    try:
        with grpc.insecure_channel(target) as channel:
            send: grpc.StreamUnaryMultiCallable[bytes, stock.SetLevelsResponse] = (
                channel.stream_unary(_METHOD, None, stock.SetLevelsResponse.FromString)
            )
            used_s, started_s = cpu_s_of(pid), time.perf_counter()
            answer = send(iter(messages), timeout=1_800)
            seconds = time.perf_counter() - started_s
            used_s = cpu_s_of(pid) - used_s
    finally:
        done.set()
        asking.join()
    if (answer.accepted_rows, answer.refused_rows) != (rows, 0):
        raise RuntimeError(f"of {rows} rows, {answer.refused_rows} were refused: {answer.errors}")
    return seconds, used_s, calls


def _messages(scene: Scene, rows: int, quantity: int) -> Iterator[bytes]:
    """Yield the feed as bytes: making it is no part of what is measured."""
    places = [location.id for location in scene.locations]
    header = stock.FeedHeader(request_id=f"feed-{quantity}")
    header.observed_time.FromDatetime(datetime.now(UTC))
    for begin in range(0, rows, MESSAGE_ROWS):
        message = stock.SetLevelsRequest(header=None if begin else header)
        for number in range(begin, min(rows, begin + MESSAGE_ROWS)):
            row = message.rows.add(inventory_item_id=f"fed-{number // LOCATIONS:07}")
            row.location_id = places[number % LOCATIONS]
            row.quantity.value = str(quantity)
        yield message.SerializeToString()


def _ask(target: str, scene: Scene, calls: Calls, done: threading.Event) -> None:
    """Plan order after order, with a little rest between them."""
    with grpc.insecure_channel(target) as channel:
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        number = 0
        while not done.wait(_PAUSE_S):
            request: pb.AllocateRequest = scene.requests[number % len(scene.requests)]
            number += 1
            started_s = time.perf_counter()
            try:
                answer = stub.Allocate(request, timeout=30)
            except grpc.RpcError as error:
                calls.problems.append(str(error))
                continue
            calls.times_ms.append((time.perf_counter() - started_s) * 1_000)
            if answer.plan.unfilled:
                calls.problems.append(f"order {request.order.id} is not filled")
