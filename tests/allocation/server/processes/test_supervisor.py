"""Real processes: serving, replaced, killed and ended, under calls that must not fail."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Self

import grpc
import pytest

from allocation.v1 import allocation_service_pb2_grpc
from routing.v1 import network_service_pb2 as net
from routing.v1 import network_service_pb2_grpc
from tests.allocation.server.processes.supervised import WAIT_S, supervised, wait_for
from tests.allocation.server.samples import allocate_request, network_messages


@dataclass
class Caller:
    """Calls again and again over connections of its own, and counts what fails."""

    target: str
    answered: int = 0
    errors: list[str] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        self._threads = [Thread(target=self._call) for _ in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        options = [("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(self.target, options=options) as channel:
            stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
            while not self._stop.is_set():
                try:
                    answer = stub.Allocate(allocate_request(), timeout=30)
                    assert answer.plan.shipments
                    self.answered += 1
                except grpc.RpcError as error:
                    self.errors.append(str(error))


def put_network(target: str) -> None:
    with grpc.insecure_channel(target) as channel:
        stub = network_service_pb2_grpc.NetworkServiceStub(channel)
        locations, items = network_messages()
        stub.PutLocations(locations, timeout=30)
        stub.PutItems(items, timeout=30)


def items_seen_by(target: str) -> int:
    """Ask over a new connection, which any of the workers may get."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(target, options=options) as channel:
        stub = network_service_pb2_grpc.NetworkServiceStub(channel)
        return len(stub.ListItems(net.ListItemsRequest(), timeout=30).items)


def test_workers_are_replaced_and_killed_and_no_call_fails_but_those_of_the_killed(
    tmp_path: Path,
) -> None:
    quick = ["--threads", "1", "--set", "connection_age_s=0.7"]
    with supervised(tmp_path, "--workers", "2", *quick) as server:
        wait_for(lambda: server.saying("ready") or server.process.poll() is not None, "ready")
        target = f"127.0.0.1:{server.port}"
        put_network(target)
        # What one worker was given, all have.
        wait_for(lambda: all(items_seen_by(target) == 4 for _ in range(40)), "the network")
        first = server.workers()
        assert len(first) == 2

        with Caller(target) as caller:
            wait_for(lambda: caller.answered > 20, "answers")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: server.saying("restarted"), "the restart")
            before = caller.answered
            wait_for(lambda: caller.answered > before + 20, "answers of the new workers")
        assert caller.errors == []
        assert not server.workers() & first
        assert server.metric("shipfrom_workers") == 2
        # Counts of the workers that are gone are still there.
        assert server.metric("shipfrom_plans_total") >= caller.answered

        victim = min(server.workers())
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: server.saying("a worker ended"), "the end")
        wait_for(lambda: server.metric("shipfrom_workers") == 2, "another worker")
        assert victim not in server.workers()
        assert items_seen_by(target) == 4

        last = server.workers()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(WAIT_S) == 0
        wait_for(lambda: server.saying("stopped"), "the last word")
        assert all(not Path(f"/proc/{pid}").exists() for pid in last)


def test_workers_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "--workers", "1", "--threads", "1") as server:
        wait_for(lambda: server.saying("ready"), "ready")
        workers = server.workers()
        server.process.kill()
        wait_for(lambda: all(not Path(f"/proc/{pid}").exists() for pid in workers), "their end")


def test_workers_outlive_their_template_and_another_one_takes_its_place(tmp_path: Path) -> None:
    with supervised(tmp_path, "--workers", "1", "--threads", "1") as server:
        wait_for(lambda: server.saying("ready"), "ready")
        target = f"127.0.0.1:{server.port}"
        # Put after the template was loaded: workers that it forks later have to catch up.
        put_network(target)
        (template,), (worker,) = server.templates(), server.workers()
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: server.saying("a worker ended"), "the end")
        assert server.saying("a worker ended")[0]["exit_code"] == -signal.SIGKILL
        wait_for(lambda: len(server.saying("worker ready")) == 2, "another worker")
        assert items_seen_by(target) == 4

        (second,) = server.workers()
        os.kill(template, signal.SIGKILL)
        wait_for(lambda: server.saying("the template ended"), "the end of the template")
        assert items_seen_by(target) == 4
        wait_for(lambda: server.templates() - {template}, "another template")
        os.kill(second, signal.SIGKILL)
        wait_for(lambda: len(server.saying("worker ready")) == 3, "a worker of the other template")
        assert items_seen_by(target) == 4
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(WAIT_S) == 0


def test_a_template_that_hangs_is_found_out_and_replaced(tmp_path: Path) -> None:
    with supervised(tmp_path, "--workers", "1", "--threads", "1") as server:
        wait_for(lambda: server.saying("ready"), "ready")
        (template,), (worker,) = server.templates(), server.workers()
        os.kill(template, signal.SIGSTOP)
        os.kill(worker, signal.SIGKILL)
        # Without a word from the template.
        wait_for(lambda: server.saying("a worker ended"), "the end of the worker")
        wait_for(lambda: len(server.saying("worker ready")) == 2, "a worker of another template")
        assert server.saying("a template hangs")
        assert server.templates().isdisjoint({template})
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(WAIT_S) == 0


def test_settings_that_workers_cannot_use_replace_nobody(tmp_path: Path) -> None:
    principals = tmp_path / "principals.toml"
    config = tmp_path / "shipfrom.toml"
    config.write_text("threads = 1\n")
    with supervised(tmp_path, "--workers", "1", "--config", str(config)) as server:
        wait_for(lambda: server.saying("ready"), "ready")
        (template,), (worker,) = server.templates(), server.workers()
        config.write_text(f"threads = 1\n[security]\nprincipals_file = '{principals}'\n")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.saying("not restarted"), "the refusal")
        wait_for(lambda: server.templates() == {template}, "the end of the new template")
        assert server.workers() == {worker}
        # Whoever is started later is like those that serve.
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: len(server.saying("worker ready")) == 2, "another worker")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--store", "memory"], "workers do not share a store in memory"),
        (["--set", "security.principals_file=/nowhere.toml"], "could not be loaded"),
        (
            [f"--set=security.tls_{each}_file=/nowhere.pem" for each in ("certificate", "key")],
            "first worker could not start",
        ),
    ],
)
def test_what_keeps_workers_from_starting_is_told(
    tmp_path: Path, options: list[str], says: str
) -> None:
    with supervised(tmp_path, "--workers", "2", *options) as server:
        assert server.process.wait(WAIT_S) == 3
        wait_for(lambda: server.saying("cannot start"), "the reason")
        assert says in server.saying("cannot start")[-1]["problem"]
