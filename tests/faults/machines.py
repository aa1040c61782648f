"""Faults of the machine and its processes: killed, replaced, a clock that jumps."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from allocation.client import Client, Connection
from allocation.server.environment import default_environment, utc_now
from tests.allocation.server.processes.supervised import Supervised, supervised, wait_for
from tests.faults.result import Result
from tests.faults.running import again_for, file_store, in_thread, judged, stock_up
from tests.faults.shop import Shop, losses

SHOPPERS: Final = 4
QUICK: Final = ("--workers", "2", "--threads", "1", "--set", "connection_age_s=1")


def _ready(server: Supervised) -> Connection:
    wait_for(lambda: server.saying("ready") or server.process.poll() is not None, "ready")
    connection = Connection(f"127.0.0.1:{server.port}")
    stock_up(connection)
    time.sleep(1.5)  # Until every worker has what one was given.
    return connection


def worker_killed(folder: Path, seconds: float) -> Result:
    """Kill one worker after the other with SIGKILL."""
    with supervised(folder, *QUICK) as server:
        connection = _ready(server)

        def strike() -> None:
            shop.wait_for(30)
            served = len(server.saying("worker ready"))
            os.kill(min(server.workers()), signal.SIGKILL)
            wait_for(lambda: len(server.saying("worker ready")) > served, "another worker")
            shop.wait_for(30)

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        return judged("worker killed", connection, shop)


def rolling_restart(folder: Path, seconds: float) -> Result:
    """Replace all workers with SIGHUP, again and again.

    A call that meets the end of its connection may have to be repeated; there are many such
    moments here, as connections live for a second.
    """
    with supervised(folder, *QUICK) as server:
        connection = _ready(server)
        restarts = 0

        def strike() -> None:
            nonlocal restarts
            shop.wait_for(20)
            server.process.send_signal(signal.SIGHUP)
            restarts += 1
            wait_for(lambda: len(server.saying("restarted")) == restarts, "the restart")

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        assert set(shop.told.repeated) <= {"UNAVAILABLE"}, shop.told.repeated
        return judged("rolling restart", connection, shop)


class Clock:
    """A wall clock that can be moved."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return utc_now() + self.ahead


def clock_step(folder: Path, seconds: float) -> Result:
    """Move the clock two hours on and back again: holds that ran out say so, nothing else fails."""
    clock = Clock()
    environment = replace(default_environment(), now=clock.now)
    with in_thread(file_store(folder), environment) as server:
        connection = Connection(server.address)

        def strike() -> None:
            shop.wait_for(20)
            clock.ahead = timedelta(hours=2)
            shop.wait_for(20)
            clock.ahead = timedelta()
            shop.wait_for(20)
            clock.ahead = timedelta(hours=-2)
            shop.wait_for(20)
            clock.ahead = timedelta()

        expected = frozenset({"PLAN_EXPIRED"})
        with Shop(connection, SHOPPERS, expected=expected).open() as shop:
            again_for(seconds, strike)
        clock.ahead = timedelta(hours=5)
        with Client(connection, timeout_s=30) as client:
            # By now every hold has run out; what was committed has not.
            assert not losses(client, shop.told, expired=True)
        return judged("clock step of two hours, both ways", connection, shop, expired=True)
