"""Servers under measurement: started, found ready, watched for time and memory, ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.compiled_tree import environment_of

READY_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Running:
    """Processes that serve one port.

    Attributes
    ----------
    port
        Of this machine.
    pids
        The processes that serve calls, without one that looks after them.
    start_s
        Seconds from the start of the first to readiness.
    helpers
        Those that look after them.
    """

    port: int
    pids: tuple[int, ...]
    start_s: float
    helpers: tuple[int, ...] = ()

    @property
    def target(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """Processor time that the processes have used so far."""
        return sum(_cpu_s(pid) for pid in self.pids)

    def memory_mb(self) -> float:
        """Resident memory of the processes, what they share counted for each of them."""
        return sum(_status_kb(pid, "VmRSS:") for pid in self.pids) / 1024

    def start_cpu_s(self) -> float:
        """Processor time that all processes have used so far, the helpers included."""
        return sum(map(_cpu_s, (*self.pids, *self.helpers)))

    def proportional_mb(self) -> float:
        """Memory that all processes take together (PSS), the helpers included."""
        return sum(_rollup_kb(pid, "Pss:") for pid in (*self.pids, *self.helpers)) / 1024

    def own_mb(self) -> float:
        """Memory that a serving process has to itself (USS), on average."""
        own = [
            _rollup_kb(pid, "Private_Clean:") + _rollup_kb(pid, "Private_Dirty:")
            for pid in self.pids
        ]
        return sum(own) / len(own) / 1024


@contextmanager
def until_terminated() -> Iterator[None]:
    """Let SIGTERM end the program as Ctrl-C does: what was started is ended, too."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def shipfrom(
    folder: Path, store: str, workers: int, *settings: str, tree: Path | None = None
) -> Iterator[Running]:
    """Run ``shipfrom serve`` on a store; its log goes to a file in `folder`.

    Parameters
    ----------
    tree
        The compiled build to run; ``None``: plain Python, from the checkout.
    """
    begun = time.monotonic()
    log_path = folder / f"serve-{time.monotonic_ns()}.log"
    program = "from allocation.cli.app import main; main()"
    options = ["--port", "0", "--workers", str(workers)]
    # Not as an option: it may hold a password, which the program does not take there.
    environment = {**environment_of(tree), "SHIPFROM_STORE": store}
    for each in ("connection_age_s=3600", "streams=1000", *settings):
        options += ["--set", each]
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", program, "serve", *options], stderr=log, env=environment
        )
    try:
        port = _ready_port(process, log_path)
        start_s = time.monotonic() - begun
        # The one that looks after them has started a template, of which they are copies.
        templates = _children(process.pid) if workers else ()
        pids = sum(map(_children, templates), ()) if workers else (process.pid,)
        helpers = (process.pid, *templates) if workers else ()
        yield Running(port, pids, start_s, helpers)
    finally:
        # Twice: clients are not waited for.
        process.terminate()
        time.sleep(0.2)
        process.terminate()
        process.wait(60)


@contextmanager
def echo(answers: Path, processes: int, *, bare: bool) -> Iterator[Running]:
    """Run echo servers that share a port."""
    begun = time.monotonic()
    started: list[subprocess.Popen[str]] = []
    port = 0
    try:
        for _ in range(processes):
            command = [sys.executable, "-m", "bench.echo_server", str(answers)]
            command += ["--port", str(port), *(["--bare"] if bare else [])]
            process = subprocess.Popen(  # noqa: S603
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            started.append(process)
            if process.stdout is None:
                raise RuntimeError("the echo server has no output")
            port = int(process.stdout.readline())
        yield Running(port, tuple(each.pid for each in started), time.monotonic() - begun)
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(30)
            if process.stdout is not None:
                process.stdout.close()


def _ready_port(process: subprocess.Popen[bytes], log_path: Path) -> int:
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        for line in log_path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("message") == "ready":
                return int(entry["port"])
        time.sleep(0.02)
    raise RuntimeError(f"the server did not become ready: {log_path.read_text(encoding='utf-8')}")


def _children(pid: int) -> tuple[int, ...]:
    content = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return tuple(int(each) for each in content.split())


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status_kb(pid: int, name: str) -> int:
    return _kb(Path(f"/proc/{pid}/status"), name)


def _rollup_kb(pid: int, name: str) -> int:
    return _kb(Path(f"/proc/{pid}/smaps_rollup"), name)


def _kb(path: Path, name: str) -> int:
    lines: Sequence[str] = path.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
