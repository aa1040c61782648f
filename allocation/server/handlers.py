"""The methods of a server, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import grpc
from grpc import aio


class Handlers:
    """Stands for a server where generated code adds services to it, and keeps their methods.

    Parameters
    ----------
    server
        That is to have the services.
    registered
        Whether gRPC is told of the methods in advance, so that acceptors can take on their calls;
        else its own loop takes on every call, and finds its method by name. Told of the
        methods, that loop would look at all of them whenever a call comes.

    Attributes
    ----------
    by_method
        Those that are registered, by full name.
    """

    def __init__(self, server: aio.Server, *, registered: bool) -> None:
        self._server = server
        self._registered = registered
        self.by_method: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Add handlers that are asked for each call whether it is theirs."""
        if not self._registered:
            self._server.add_generic_rpc_handlers(tuple(handlers))

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """Add handlers; the same are among the generic ones."""
        if self._registered:
            self._server.add_registered_method_handlers(service, dict(handlers))
            self.by_method |= {f"/{service}/{name}": each for name, each in handlers.items()}

    def as_server(self) -> aio.Server:
        """Return what stands for the server."""
        return cast("aio.Server", self)
