"""Server processes for benchmarks: ``shipfrom serve``, as operators run it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple, TextIO

START: Final = "from allocation.cli.app import main; main()"


class ServerProcess(NamedTuple):
    """A running server: ``host:port``, and its process."""

    address: str
    pid: int


@contextmanager
def server_process(arguments: Sequence[str]) -> Iterator[str]:
    """As `serving`, for whoever needs the address only."""
    with serving(arguments) as server:
        yield server.address


@contextmanager
def serving(arguments: Sequence[str]) -> Iterator[ServerProcess]:
    """Run ``shipfrom serve`` with these arguments on a free port.

    Raises
    ------
    RuntimeError
        If it ends before it is ready; the message has its log.
    """
    command = [sys.executable, "-c", START, "serve", "--port", "0", *arguments]
    # A file and no pipe: nobody reads the log of every call, and a full pipe would stop them.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, stderr=log)  # noqa: S603
        try:
            yield ServerProcess(_address(process, log), process.pid)
        finally:
            process.terminate()
            process.wait(timeout=60)


@contextmanager
def server_processes(count: int, arguments: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Run several servers at once, the first one ready before the next one starts."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(server_process(arguments)) for _ in range(count))


def _address(process: subprocess.Popen[bytes], log: TextIO) -> str:
    while True:
        ended = process.poll() is not None
        log.seek(0)
        lines = log.readlines()
        for line in lines:
            if '"ready"' in line and line.endswith("\n"):
                return str(json.loads(line)["address"])
        if ended:
            raise RuntimeError(f"the server ended before it was ready:\n{''.join(lines)}")
        time.sleep(0.05)
