"""The load generator counts what a server really answered."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest

from allocation.v1 import allocation_service_pb2 as pb
from bench.service_load import METHOD, Load, NoGeneratorError, generator, run_load
from bench.service_scene import record

REFUSE_EVERY = 4


class Server:
    """Answers the method of the load; refuses every fourth order."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.refuse_every = REFUSE_EVERY

    def answer(self, request: pb.AllocateRequest, context: Any) -> pb.AllocateResponse:
        self.orders.append(request.order.id)
        if int(request.order.id) % self.refuse_every == 0:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many")
        return pb.AllocateResponse()


@pytest.fixture
def served() -> Iterator[tuple[int, Server]]:
    try:
        generator()
    except NoGeneratorError as error:
        pytest.skip(str(error))
    served = Server()
    service, _, method = METHOD.strip("/").partition("/")
    handler = grpc.unary_unary_rpc_method_handler(
        served.answer,
        request_deserializer=pb.AllocateRequest.FromString,
        response_serializer=pb.AllocateResponse.SerializeToString,
    )
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(service, {method: handler}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port, served
    server.stop(0).wait()


def recorded(tmp_path: Path) -> Path:
    requests = [pb.AllocateRequest() for _ in range(8)]
    for number, request in enumerate(requests):
        request.order.id = str(number)
    return record(requests, tmp_path / "requests.bin")


def test_a_closed_loop_sends_every_message_and_tells_refusals_from_answers(
    served: tuple[int, Server], tmp_path: Path
) -> None:
    port, server = served
    load = Load(recorded(tmp_path), duration_s=0.3, warmup_s=0.0, connections=2, streams=3)
    report = run_load(port, load)
    assert set(server.orders) == {str(number) for number in range(8)}
    assert report["due"] == report["answered"] == len(server.orders)
    assert report["ok"]["count"] == report["by_status"]["0"]
    assert report["refused"]["count"] == report["by_status"]["8"]
    refused = sum(int(order) % REFUSE_EVERY == 0 for order in server.orders)
    assert report["by_status"]["8"] == refused
    assert report["broken"] == report["expired"] == report["unanswered"] == 0


def test_an_open_loop_sends_at_its_rate(served: tuple[int, Server], tmp_path: Path) -> None:
    port, _ = served
    load = Load(recorded(tmp_path), duration_s=0.5, warmup_s=0.0, rate_per_s=100.0, deadline_s=5.0)
    report = run_load(port, load)
    assert report["due"] == report["answered"] == pytest.approx(50, abs=2)


def test_clients_that_throttle_do_not_send_what_would_be_refused(
    served: tuple[int, Server], tmp_path: Path
) -> None:
    port, server = served
    server.refuse_every = 1
    load = Load(
        recorded(tmp_path), duration_s=0.5, warmup_s=0.0, rate_per_s=400.0, deadline_s=30.0,
        connections=2, throttle=1.5,
    )  # fmt: skip
    report = run_load(port, load)
    assert report["by_status"] == {"8": report["answered"]}
    assert report["not_sent"]["count"] > 0
    assert report["due"] == report["answered"] + report["not_sent"]["count"]
    assert report["unanswered"] == report["broken"] == 0


def test_calls_to_nobody_are_not_answered(tmp_path: Path, served: tuple[int, Server]) -> None:
    del served  # It says whether there is a generator.
    load = Load(recorded(tmp_path), duration_s=0.3, rate_per_s=20.0, warmup_s=0.0, deadline_s=0.05)
    report = run_load(1, load)
    assert report["answered"] == 0
    assert report["expired"] == report["due"] > 0
