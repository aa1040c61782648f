"""Servers for faults: in a thread of this process, or processes of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from allocation.client import Client, Connection
from allocation.server.environment import Environment
from allocation.server.in_process import server_in_thread
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from tests.faults.result import Result
from tests.faults.shop import Shop, losses, stocked


@contextmanager
def in_thread(
    store: str, environment: Environment | None = None, **settings: Any
) -> Iterator[Server]:
    """Run a server in a thread, with stock."""
    chosen = ServerSettings(port=0, store=store, grace_s=5.0, **settings)
    with server_in_thread(chosen, environment) as server:
        if "security" not in settings:
            stock_up(Connection(server.address))
        yield server


def stock_up(connection: Connection) -> None:
    """Give a server its stock."""
    with Client(connection, timeout_s=30) as client:
        stocked(client)


def judged(fault: str, connection: Connection, shop: Shop, *, expired: bool = False) -> Result:
    """Return what is left of what the shoppers were told."""
    with Client(connection, timeout_s=30) as client:
        return Result(fault, shop.told, tuple(losses(client, shop.told, expired=expired)))


def file_store(folder: Path) -> str:
    """Return the address of a store in a folder."""
    return f"sqlite:{folder / 'shipfrom.db'}"


def again_for(seconds: float, strike: Callable[[], None]) -> int:
    """Strike again and again for some seconds, at least once; return how often."""
    end_s, strikes = time.monotonic() + seconds, 0
    while not strikes or time.monotonic() < end_s:
        strike()
        strikes += 1
    return strikes
