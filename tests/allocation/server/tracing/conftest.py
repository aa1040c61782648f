"""Servers whose spans stay in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.server.tracing import open as tracing_open
from allocation.server.tracing.settings import TracingSettings
from tests.allocation.server.samples import Client, connected

ENDPOINT = "http://127.0.0.1:4318/v1/traces"


class Spans:
    """What a server exported; complete once it has ended."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    def all(self) -> list[ReadableSpan]:
        """Return every span."""
        return list(self.exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        """Return the spans of a name."""
        return [span for span in self.all() if span.name == name]

    def of_calls(self) -> list[ReadableSpan]:
        """Return the spans of calls other than those that fill the network."""
        return [
            span
            for span in self.all()
            if "rpc.method" in (span.attributes or {}) and "NetworkService" not in span.name
        ]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Spans:
    found = Spans()
    monkeypatch.setattr(tracing_open, "make_exporter", lambda _: found.exporter)
    return found


Traced = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def traced(spans: Spans) -> Traced:
    """Return what runs a server that traces a share of its calls."""

    @asynccontextmanager
    async def run(share: float = 1.0, **settings: Any) -> AsyncIterator[Client]:
        tracing = TracingSettings(endpoint=ENDPOINT, share=share)
        chosen = ServerSettings(port=0, tracing=tracing, **settings)
        async with running_server(chosen) as server, connected(server) as client:
            await client.put_network()
            yield client

    return run
