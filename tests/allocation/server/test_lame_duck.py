"""Clients leave a server that is about to end, without losing a call."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from grpc import aio

from allocation.server.ending import Ending
from allocation.server.in_process import running_server
from allocation.server.lame_duck import lose_connections
from allocation.server.settings import ServerSettings
from routing.errors import InvalidInputError
from routing.v1 import network_service_pb2 as net
from routing.v1 import network_service_pb2_grpc

SETTINGS = ServerSettings(port=0, share_port=True, connection_age_s=0.5)


async def test_without_clients_there_is_nothing_to_wait_for() -> None:
    async with running_server(replace(SETTINGS, connection_age_s=3_600)) as server:
        await asyncio.wait_for(server.lose_connections(asyncio.Event()), 10)


async def test_who_hurries_waits_for_no_client() -> None:
    hurry = asyncio.Event()
    async with (
        running_server(replace(SETTINGS, connection_age_s=3_600)) as server,
        aio.insecure_channel(server.address) as channel,
    ):
        stub = network_service_pb2_grpc.NetworkServiceStub(channel)
        await stub.ListItems(net.ListItemsRequest(), timeout=20)
        leaving = asyncio.ensure_future(server.lose_connections(hurry))
        await asyncio.sleep(0.3)
        assert not leaving.done()
        hurry.set()
        await asyncio.wait_for(leaving, 10)


async def test_a_client_that_does_not_leave_is_waited_for_no_longer_than_the_age() -> None:
    async with running_server(replace(SETTINGS, connection_age_s=3_600)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        await reader.read(1)
        begun = time.monotonic()
        await lose_connections(server.port, 0.2, time.monotonic, hurry=asyncio.Event())
        assert time.monotonic() - begun >= 1
        writer.close()


def test_asking_twice_or_insisting_means_to_hurry() -> None:
    twice, once, insisting = Ending(), Ending(), Ending()
    once.ask()
    assert (once.stop.is_set(), once.hurry.is_set()) == (True, False)
    twice.ask()
    twice.ask()
    insisting.insist()
    for ending in (twice, insisting):
        assert ending.stop.is_set()
        assert ending.hurry.is_set()


@pytest.mark.parametrize("age_s", [0, 100_000])
def test_ages_out_of_range_are_refused(age_s: float) -> None:
    with pytest.raises(InvalidInputError, match="connection_age_s"):
        replace(SETTINGS, connection_age_s=age_s)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_waiting_keeps_no_file_open() -> None:
    async with running_server(replace(SETTINGS, connection_age_s=3_600)) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        before = open_files()
        await lose_connections(server.port, 0.1, time.monotonic, hurry=asyncio.Event())
        assert open_files() <= before + 1
        writer.close()


LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit(1)
"""


async def test_locks_on_files_are_kept(tmp_path: Path) -> None:
    """SQLite's among them: without its locks, workers that were replaced broke their store."""
    path = tmp_path / "store.db"
    path.touch()
    with path.open("r+b") as file, socket.create_server(("127.0.0.1", 0)) as listener:
        fcntl.lockf(file, fcntl.LOCK_EX)
        port, never = listener.getsockname()[1], asyncio.Event()
        await lose_connections(port, 0.0, time.monotonic, hurry=never)
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", LOCK, str(path)], timeout=60, check=False
        )
        assert done.returncode == 1
        # What was looked at is still its owner's.
        assert listener.fileno() >= 0
        assert os.fstat(listener.fileno())


async def test_who_waits_to_be_accepted_is_accepted_before_nobody_listens_any_more() -> None:
    hurry = asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            # A clock that stands still: there is always time.
            leaving = asyncio.ensure_future(lose_connections(port, 1.0, lambda: 0.0, hurry=hurry))
            await asyncio.sleep(0.05)
            accepted, _ = listener.accept()
            async with asyncio.timeout(30):
                listens = True
                while listens:
                    await asyncio.sleep(0.01)
                    listens = bool(listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
            with accepted:
                accepted.sendall(b"served")
                assert client.recv(6) == b"served"
            hurry.set()
            await asyncio.wait_for(leaving, 30)


async def test_a_listener_that_accepts_nobody_is_not_waited_for_without_end() -> None:
    seconds = count(step=0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            leaving = lose_connections(port, 0.0, lambda: next(seconds), hurry=asyncio.Event())
            await asyncio.wait_for(leaving, 30)
            assert not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
