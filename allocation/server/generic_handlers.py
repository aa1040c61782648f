"""Services are found by name: gRPC is told of few methods in advance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import grpc
from grpc import aio


class GenericHandlers:
    """Takes the handlers of services, and not the list of their methods, but for some.

    gRPC keeps one call open for every method that it knows in advance, and looks through all of
    them whenever a call comes: with 40 methods, that costs as much again as the call itself.

    Parameters
    ----------
    server
        That is to have the services.
    known
        Full names of methods that it is to know all the same.

    Attributes
    ----------
    handlers
        Those of the methods that it knows, by full name.
    """

    def __init__(self, server: aio.Server, known: Collection[str] = ()) -> None:
        self._server = server
        self._known = known
        self.handlers: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Add handlers that are asked for each call whether it is theirs."""
        self._server.add_generic_rpc_handlers(tuple(handlers))

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """Tell the server of those that it is to know; the same are among the generic ones."""
        known = {
            name: handler
            for name, handler in handlers.items()
            if f"/{service}/{name}" in self._known
        }
        if known:
            self._server.add_registered_method_handlers(service, known)
            self.handlers |= {f"/{service}/{name}": handler for name, handler in known.items()}

    def as_server(self) -> aio.Server:
        """Return what stands for the server where generated code adds services to it."""
        return cast("aio.Server", self)
