"""However many events gRPC has, the loop is woken for all of them at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
from grpc import aio

from allocation.server import event_loop
from allocation.server.event_loop import ServerEventLoop


class PollerCompletionQueue:
    """Reads as gRPC's does: one byte each time."""

    def __init__(self, woken: socket.socket) -> None:
        self._woken = woken
        self.times = 0

    def handle_events(self) -> None:
        self._woken.recv(1)
        self.times += 1


async def turn_often() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("written", [1, 2, 100])
def test_what_was_written_since_is_taken_in_at_once(written: int) -> None:
    wake, woken = socket.socketpair()
    reader = PollerCompletionQueue(woken)
    with wake, woken, asyncio.Runner(loop_factory=ServerEventLoop) as runner:
        runner.get_loop().add_reader(woken, reader.handle_events)
        wake.send(b"1" * written)
        runner.run(turn_often())
        assert reader.times == 1
        wake.send(b"1")
        runner.run(turn_often())
        assert reader.times == 2
        runner.get_loop().remove_reader(woken)


def test_other_readers_find_all_that_was_sent() -> None:
    ours, theirs = socket.socketpair()
    found = []
    with ours, theirs, asyncio.Runner(loop_factory=ServerEventLoop) as runner:
        runner.get_loop().add_reader(theirs, lambda: found.append(theirs.recv(2)))
        ours.send(b"abcd")
        runner.run(turn_often())
        runner.get_loop().remove_reader(theirs)
    assert found == [b"ab", b"cd"]


def test_the_installed_grpc_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    recognised = []
    drain = event_loop._draining

    def draining(woken: socket.socket, callback: Callable[..., Any]) -> Callable[..., Any]:
        recognised.append(callback)
        return drain(woken, callback)

    monkeypatch.setattr(event_loop, "_draining", draining)

    async def serve() -> None:
        server = aio.server()
        await server.start()
        await server.stop(0)

    with asyncio.Runner(loop_factory=ServerEventLoop) as runner:
        runner.run(serve())
    assert len(recognised) == 1
