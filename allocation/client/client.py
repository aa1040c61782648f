"""A client of one server, or of several behind one name."""

from __future__ import annotations

from typing import Final, Self

from allocation.client.allocation_calls import AllocationCalls
from allocation.client.caller import Caller
from allocation.client.connection import Connection
from allocation.client.retries import Retries
from allocation.client.stock_calls import StockCalls
from allocation.client.throttle import Throttling
from allocation.v1.rule_service_pb2_grpc import RuleServiceStub
from routing.v1.network_service_pb2_grpc import NetworkServiceStub

DEFAULT_TIMEOUT_S: Final = 2.0
DEFAULT_THROTTLING: Final = Throttling()


class Client:
    """Calls a server; safe to use from many threads. Close it, or use it in ``with``.

    Parameters
    ----------
    connection
        Where the server is, and who calls.
    timeout_s
        Seconds for a call with all its attempts, unless a call says otherwise.
    retries
        When to make a call again.
    throttling
        When calls to plan are not even sent, as the server refuses too many of them: never,
        while it refuses none. ``None``: all are sent.

    Attributes
    ----------
    allocation, stock
        The services that checkouts and warehouses use.
    network, rules
        Stubs of the other two, for tools: without retries; give every call a timeout.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        retries: Retries | None = None,
        throttling: Throttling | None = DEFAULT_THROTTLING,
    ) -> None:
        self._channel = connection.open()
        caller = Caller(timeout_s, retries or Retries(), throttling)
        self.allocation = AllocationCalls(self._channel, caller)
        self.stock = StockCalls(self._channel, caller)
        self.network = NetworkServiceStub(self._channel)
        self.rules = RuleServiceStub(self._channel)

    def close(self) -> None:
        """Close the connection; calls under way end with an error."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
