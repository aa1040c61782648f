"""A running server with a small network, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc
import pytest

from allocation.server.in_process import running_server
from tests.allocation.server.samples import Client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, grpc.aio.insecure_channel(server.address) as channel:
        client = Client(server, channel)
        await client.put_network()
        yield client
