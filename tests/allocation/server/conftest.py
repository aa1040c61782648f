"""A running server with a small network, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from allocation.server.in_process import running_server
from tests.allocation.server.samples import Client, connected


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        yield client
