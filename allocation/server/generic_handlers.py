"""Services are found by name, one for all methods: gRPC is told of no method in advance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import grpc
from grpc import aio


class _GenericHandlers:
    """Takes the handlers of a service, and not the list of its methods.

    gRPC keeps one call open for every method that it knows in advance, and looks through all of
    them whenever a call comes: with 40 methods, that costs as much again as the call itself. And
    as it accepts one call of a method at a time, calls would wait where nobody can refuse them.

    Parameters
    ----------
    server
        That is to have the service.
    """

    def __init__(self, server: aio.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Add handlers that are asked for each call whether it is theirs."""
        self._server.add_generic_rpc_handlers(tuple(handlers))

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """Do nothing: the same handlers are among the generic ones."""


def by_name_only(server: aio.Server) -> aio.Server:
    """Return what stands for a server where generated code adds services to it."""
    return cast("aio.Server", _GenericHandlers(server))
