"""A connection to a server that is already running, or to one started for this command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from allocation import client
from allocation.cli.failure import CommandError
from allocation.cli.local_server import local_server
from allocation.cli.rpc_errors import shown_errors
from allocation.v1.allocation_service_pb2_grpc import AllocationServiceStub
from allocation.v1.rule_service_pb2_grpc import RuleServiceStub
from allocation.v1.stock_service_pb2_grpc import StockServiceStub
from routing.v1.network_service_pb2_grpc import NetworkServiceStub

CONNECT_S: Final = 5.0


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

    Variables say how to be sure of the server, and who calls; see
    `allocation.client.Connection.from_environment`.

    Raises
    ------
    CommandError
        For whatever the server refuses inside the block, and when there is no server.
    """
    if server is None:
        with local_server() as target, _connected(client.Connection(target)) as connection:
            yield connection
    else:
        with _connected(client.Connection.from_environment(server, os.environ)) as connection:
            yield connection


@contextmanager
def _connected(connection: client.Connection) -> Iterator[Connection]:
    target = connection.target
    try:
        opened = connection.open()
    except OSError as error:
        raise CommandError(f"{error.filename}: cannot be read: {error.strerror}") from error
    with opened as channel, shown_errors(target):
        yield Connection(
            target=target,
            allocation=AllocationServiceStub(channel),
            network=NetworkServiceStub(channel),
            stock=StockServiceStub(channel),
            rules=RuleServiceStub(channel),
        )
