"""Threads that move bytes give way to the one that plans, in every process that serves."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from allocation.client import Client, Connection
from allocation.server import thread_priority
from tests.allocation.server.processes.supervised import supervised, wait_for
from tests.allocation.server.server_process import server_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux")


def niceness(pid: int) -> Iterator[tuple[str, int]]:
    """Return name and niceness of each thread of a process but its first, which plans."""
    for each in Path(f"/proc/{pid}/task").iterdir():
        if int(each.name) != pid:
            with suppress(FileNotFoundError, ProcessLookupError):  # It has ended since.
                name = (each / "comm").read_text().strip()
                yield name, os.getpriority(os.PRIO_PROCESS, int(each.name))


def assert_planning_goes_first(pid: int) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, pid) == ours
    wait_for(
        lambda: (
            {nice for name, nice in niceness(pid) if name == "event_engine"} == {min(19, ours + 10)}
        ),
        "threads that give way",
    )
    others = {nice for name, nice in niceness(pid) if name not in {"event_engine", "lifeguard"}}
    assert others <= {ours}


def test_of_a_server_in_one_process(tmp_path: Path) -> None:
    with server_process(f"sqlite://{tmp_path / 'store.db'}") as server:
        assert_planning_goes_first(server.process.pid)


def test_of_a_worker(tmp_path: Path) -> None:
    with supervised(tmp_path, "--workers", "1", "--threads", "1") as server:
        wait_for(lambda: server.saying("worker ready"), "the worker")
        (worker,) = server.workers()
        assert_planning_goes_first(worker)


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOSYS], ids=errno.errorcode.get)
def test_where_it_may_or_can_not_be_changed_the_server_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(number, os.strerror(number))

    with Client(Connection("127.0.0.1:1")):  # Where gRPC is used, its threads are there.
        wait_for(
            lambda: "event_engine" in {name for name, _ in niceness(os.getpid())},
            "gRPC's threads",
        )
        monkeypatch.setattr(os, "setpriority", refuse)
        assert thread_priority.let_planning_go_first() == 0
    assert "threads keep their priority" in caplog.text
