"""A connection to a server that is already running, or to one started for this command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import grpc

from allocation.cli.local_server import local_server
from allocation.cli.rpc_errors import shown_errors
from allocation.v1.allocation_service_pb2_grpc import AllocationServiceStub
from allocation.v1.rule_service_pb2_grpc import RuleServiceStub
from allocation.v1.stock_service_pb2_grpc import StockServiceStub
from routing.v1.network_service_pb2_grpc import NetworkServiceStub

CONNECT_S: Final = 5.0
MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Connection:
    """The services of one server, and its address for messages."""

    target: str
    allocation: AllocationServiceStub
    network: NetworkServiceStub
    stock: StockServiceStub
    rules: RuleServiceStub


@contextmanager
def connect(server: str | None) -> Iterator[Connection]:
    """Connect to ``host:port``, or start a server in this process when `server` is ``None``.

    Raises
    ------
    CommandError
        For whatever the server refuses inside the block, and when there is no server.
    """
    if server is None:
        with local_server() as target, _channel(target) as connection:
            yield connection
    else:
        with _channel(server) as connection:
            yield connection


@contextmanager
def _channel(target: str) -> Iterator[Connection]:
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ]
    with grpc.insecure_channel(target, options=options) as channel, shown_errors(target):
        yield Connection(
            target=target,
            allocation=AllocationServiceStub(channel),
            network=NetworkServiceStub(channel),
            stock=StockServiceStub(channel),
            rules=RuleServiceStub(channel),
        )
