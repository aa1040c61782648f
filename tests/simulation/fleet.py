"""Server processes that are really killed, and the database under them."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

Call = dict[str, Any]
Answer = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
MOST_WAIT_S = 120


class Server(Protocol):
    """A process that answers calls, whatever they travel by."""

    under_way: dict[int | str, Call]

    def send(self, call: Call) -> None:
        """Ask for something; the answer comes later, if at all."""

    def kill(self) -> list[Call]:
        """Kill it at once; return what it has not answered."""

    def close(self) -> None:
        """Let it finish."""


Answers = queue.SimpleQueue[tuple[Server, Answer]]


class Worker:
    """A ledger in a process; what is under way when it is killed has to be asked for again.

    Parameters
    ----------
    arguments
        Where the ledger is, as `worker` takes it.
    """

    MODULE = "tests.simulation.worker"

    def __init__(self, arguments: list[str], answers: Answers) -> None:
        self._answers = answers
        self.under_way: dict[int | str, Call] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.MODULE, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, call: Call) -> None:
        """Ask for something; the answer comes later, if at all."""
        self.under_way[call["id"]] = call
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()

    def kill(self) -> list[Call]:
        """Kill it at once; return what it has not answered."""
        self._process.send_signal(signal.SIGKILL)
        self._end()
        assert self._process.returncode == -signal.SIGKILL
        return list(self.under_way.values())

    def close(self) -> None:
        """Let it finish."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._end()
        assert self._process.returncode == 0

    def _end(self) -> None:
        self._process.wait(60)
        self._reader.join(60)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):
                self._answers.put((self, json.loads(line)))


class Fleet:
    """Some servers on one store.

    Parameters
    ----------
    start
        Starts one, which puts its answers into a queue.
    size
        How many there are.
    """

    def __init__(self, start: Callable[[Answers], Server], size: int) -> None:
        self._start = start
        self.answers: Answers = queue.SimpleQueue()
        self.servers: list[Server] = []
        try:
            for _ in range(size):
                self.servers.append(start(self.answers))
        except BaseException:
            self.close()
            raise

    def take_answers(self) -> list[tuple[Call, Answer]]:
        """Return what has been answered by now."""
        found = []
        while not self.answers.empty():
            found.append(self._answered(*self.answers.get()))
        return found

    def wait_for_answer(self) -> tuple[Call, Answer]:
        """Wait for the next answer."""
        return self._answered(*self.answers.get(timeout=MOST_WAIT_S))

    @property
    def under_way(self) -> int:
        """Calls that are not answered yet."""
        return sum(len(server.under_way) for server in self.servers)

    def kill(self, number: int) -> tuple[list[tuple[Call, Answer]], list[Call]]:
        """Kill a server and start another; return last answers and what was not answered."""
        victim = self.servers[number]
        unanswered_at_kill = victim.kill()
        answered = self.take_answers()
        done = {call["id"] for call, _ in answered}
        self.servers[number] = self._start(self.answers)
        return answered, [call for call in unanswered_at_kill if call["id"] not in done]

    def close(self) -> None:
        """Let all of them finish."""
        for server in self.servers:
            server.close()

    def _answered(self, server: Server, answer: Answer) -> tuple[Call, Answer]:
        return server.under_way.pop(answer["id"]), answer
