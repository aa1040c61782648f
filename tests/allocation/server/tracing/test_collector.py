"""Spans over real HTTP: they arrive, and a collector that is away hurts nobody."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from allocation.server.in_process import running_server
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.server.tracing.open import open_tracing
from allocation.server.tracing.settings import TracingSettings
from tests.allocation.server.samples import allocate_request, connected


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """Run a collector; yields its URL and what it got."""
    import gzip  # noqa: PLC0415

    got: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            got.append(ExportTraceServiceRequest.FromString(content))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", got
        server.shutdown()


def tracing_to(endpoint: str) -> ServerSettings:
    return ServerSettings(port=0, tracing=TracingSettings(endpoint, share=1.0, service_name="eu"))


async def test_spans_arrive_at_the_collector_by_the_end() -> None:
    with collector() as (endpoint, got):
        async with running_server(tracing_to(endpoint)) as server, connected(server) as client:
            await client.put_network()
            await client.allocation.Allocate(allocate_request())
        resources = [each for request in got for each in request.resource_spans]
    attributes = {each.key: each.value.string_value for each in resources[0].resource.attributes}
    assert attributes["service.name"] == "eu"
    names = {span.name for each in resources for scope in each.scope_spans for span in scope.spans}
    assert {"allocation.v1.AllocationService/Allocate", "decode", "optimize", "verify"} <= names


@pytest.mark.filterwarnings("default")
async def test_a_collector_that_is_away_hinders_neither_calls_nor_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}/v1/traces"
    async with running_server(tracing_to(endpoint)) as server, connected(server) as client:
        await client.put_network()
        for _ in range(20):
            await client.allocation.Allocate(allocate_request())


async def test_without_opentelemetry_the_server_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [each for each in sys.modules if each.startswith("allocation.server.tracing.obs")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    settings = TracingSettings(endpoint="http://127.0.0.1:4318/v1/traces")
    with pytest.raises(StartError, match=r"shipfrom\[otel\]"):
        open_tracing(settings, lambda: 0.0)
    server = Server(ServerSettings(port=0, tracing=settings))
    with pytest.raises(StartError):
        await server.start()
