"""The checkouts of examples/, each as a command, and a server that they can call."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocation.client import Client, Connection
from allocation.server.in_process import server_in_thread
from allocation.server.server import Server
from allocation.v1 import stock_service_pb2 as stock
from tests.allocation.server.samples import network_messages
from tests.architecture.modules import ROOT
from tests.examples.node import built, ran, require_node

Checkout = Callable[..., subprocess.CompletedProcess[str]]

MUGS = 20


def fill(client: Client) -> None:
    """Give a server three locations with mugs at one of them."""
    locations, items = network_messages()
    client.network.PutLocations(locations, timeout=30)
    client.network.PutItems(items, timeout=30)
    rows = [stock.LevelRow(inventory_item_id="mug", location_id="reno")]
    rows[0].quantity.value = str(MUGS)
    header = stock.FeedHeader(kind=stock.FEED_KIND_DELTA)
    header.observed_time.FromDatetime(datetime.now(UTC))
    assert client.stock.set_levels(header, rows, timeout_s=30).accepted_rows == 1


def mugs(client: Client) -> tuple[int, int, int]:
    """Return how many mugs are available, held and committed."""
    request = stock.GetAvailabilityRequest(inventory_item_ids=["mug"])
    (level,) = client.stock.get_availability(request, timeout_s=30).levels
    return (
        int(level.available.value or 0),
        int(level.held.value or 0),
        int(level.committed.value or 0),
    )


@pytest.fixture
def server() -> Iterator[Server]:
    with server_in_thread() as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(Connection(server.address), timeout_s=30) as client:
        fill(client)
        yield client


@pytest.fixture(scope="session")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("typescript"))


@pytest.fixture(params=["python", "typescript"])
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> Checkout:
    """Return the checkout of one language: words, then variables."""
    if request.param == "python":
        command = [sys.executable, str(ROOT / "examples" / "python" / "checkout.py")]
    else:
        program: Path = request.getfixturevalue("javascript")
        command = [require_node(), str(program)]

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return ran([*command, *words], _surroundings() | variables, tmp_path)

    return run


def _surroundings() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SHIPFROM_PROTOS": str(ROOT / "protos"),
    }
