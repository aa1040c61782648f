"""What a connection has open beyond the limit waits in its client, and is answered in turn."""

from __future__ import annotations

import grpc
import pytest

from allocation.server.in_process import server_in_thread
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2_grpc
from routing.v1 import network_service_pb2_grpc
from tests.allocation.server.samples import allocate_request, network_messages

STREAMS = 2
CALLS = 100


@pytest.mark.parametrize("retries", [0, 1], ids=["no retries", "gRPC's own retries"])
def test_calls_beyond_the_limit_of_a_connection_are_answered_in_turn(retries: int) -> None:
    """gRPC by itself counts calls until Python lets go of them, and refused most of these."""
    options = [("grpc.enable_retries", retries), ("grpc.use_local_subchannel_pool", 1)]
    with (
        server_in_thread(ServerSettings(port=0, streams=STREAMS)) as server,
        grpc.insecure_channel(server.address, options=options) as channel,
    ):
        locations, items = network_messages()
        network = network_service_pb2_grpc.NetworkServiceStub(channel)
        network.PutLocations(locations, timeout=60)
        network.PutItems(items, timeout=60)
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        calls = [stub.Allocate.future(allocate_request(), timeout=60) for _ in range(CALLS)]
        assert [call.result().plan.order_id for call in calls] == ["order-1"] * CALLS
