"""A server that answers recorded plans: what the stack itself costs.

``python -m bench.echo_server FILE [--port N] [--bare]`` parses requests and serializes answers
as the real one does and does nothing in between. ``--bare`` leaves out what happens around calls
in ShipFrom's own server (ids, permission, log, metrics): gRPC and protobuf are all there is.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import grpc
from grpc import aio

from allocation.server import logs
from allocation.server.accepting import Acceptors, can_accept_many
from allocation.server.edge import make_interceptor, make_server
from allocation.server.environment import default_environment
from allocation.server.handlers import Handlers
from allocation.server.intake import Intake
from allocation.server.metrics.metrics import Metrics
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb

SERVICE: Final = "allocation.v1.AllocationService"


def echo_methods(recorded: list[bytes]) -> dict[str, Any]:
    """Return what answers Allocate with one recorded plan after the other.

    Each is parsed from its bytes anew: protobuf keeps nothing of an earlier serialization,
    and a real answer is a new message, too.
    """
    rest = cycle(recorded)

    async def allocate(request: pb.AllocateRequest, context: Any) -> pb.AllocateResponse:
        if not request.order.lines:
            raise ValueError(f"a request without lines came to {context}")
        return pb.AllocateResponse.FromString(next(rest))

    method = grpc.unary_unary_rpc_method_handler(
        allocate,
        request_deserializer=pb.AllocateRequest.FromString,
        response_serializer=pb.AllocateResponse.SerializeToString,
    )
    return {"Allocate": method}


def read_answers(path: Path) -> list[bytes]:
    """Return recorded answers, as `bench.service_scene.record` writes messages."""
    content, at, found = path.read_bytes(), 0, []
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        found.append(content[at + 4 : at + 4 + size])
        at += 4 + size
    return found


async def serve(recorded: list[bytes], port: int, *, bare: bool) -> None:
    """Serve until SIGTERM."""
    settings = ServerSettings(port=port, share_port=True, connection_age_s=3_600, streams=1_000)
    interceptor = make_interceptor(settings, default_environment(), (Metrics(),))
    server = (
        aio.server(options=[("grpc.so_reuseport", 1)])
        if bare
        else make_server(settings, interceptor)
    )
    methods = echo_methods(recorded)
    handlers = Handlers(server, registered=not bare and can_accept_many())
    handlers.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    handlers.add_registered_method_handlers(SERVICE, methods)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await server.start()
    Acceptors(server, interceptor, Intake()).start(handlers.by_method)
    print(bound, flush=True)
    await stop.wait()
    await server.stop(0)


def main() -> int:
    """Run the server; its port is the first line of output."""
    parser = argparse.ArgumentParser(description="Answer recorded plans.")
    parser.add_argument("answers", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bare", action="store_true")
    options = parser.parse_args()
    logs.configure("INFO")
    asyncio.run(serve(read_answers(options.answers), options.port, bare=options.bare))
    return 0


if __name__ == "__main__":
    sys.exit(main())
