"""`shipfrom serve` as a process, with what it logs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from tests.allocation.server.metrics.test_metrics import free_port

WAIT_S = 60.0


def wait_for(condition: Any, what: str) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def children(pid: int) -> set[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return {int(each) for each in found.stdout.split()}


@dataclass
class Supervised:
    """A supervisor with its workers, and what it has logged."""

    process: subprocess.Popen[str]
    metrics_port: int
    entries: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            try:
                self.entries.append(json.loads(line))
            except ValueError:
                self.entries.append({"message": line})

    def saying(self, message: str) -> list[dict[str, Any]]:
        return [entry for entry in list(self.entries) if entry.get("message") == message]

    @property
    def port(self) -> int:
        return int(self.saying("ready")[0]["port"])

    def templates(self) -> set[int]:
        return children(self.process.pid)

    def workers(self) -> set[int]:
        return set[int]().union(*(children(each) for each in self.templates()))

    def metric(self, name: str) -> float:
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            text = answer.read().decode()
        return sum(
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith((f"{name} ", f"{name}{{"))
        )


@contextmanager
def supervised(folder: Path, *options: str, store: str = "") -> Iterator[Supervised]:
    """Run `shipfrom serve`, on a SQLite file in a folder unless another store is named."""
    port = free_port()
    command = [sys.executable, "-c", "from allocation.cli.app import main; main()", "serve"]
    store = store or f"sqlite://{folder / 'store.db'}"
    process = subprocess.Popen(
        [*command, "--port", "0", "--store", store, "--set", f"metrics.port={port}", *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    found = Supervised(process, port)
    reader = Thread(target=found.read, daemon=True)
    reader.start()
    try:
        yield found
    finally:
        process.terminate()
        process.wait(WAIT_S)
        reader.join(WAIT_S)
        if process.stderr is not None:
            process.stderr.close()
