from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from allocation.server.log_buffer import BufferedHandler
from allocation.server.logs import JsonFormatter


class Stream(io.StringIO):
    """Counts how often it is written to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def log(stream: Stream) -> Iterator[logging.Logger]:
    handler = BufferedHandler(stream)
    logger = logging.getLogger("test.log_buffer")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)
    handler.close()


def wait_for(condition) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_entries_come_out_in_order_and_share_writes(log: logging.Logger, stream: Stream) -> None:
    for number in range(100):
        log.info("entry %d", number)
    wait_for(lambda: stream.getvalue().count("\n") == 100)
    assert stream.getvalue().splitlines() == [f"entry {number}" for number in range(100)]
    assert stream.writes < 100


def test_a_warning_comes_out_at_once_with_all_before_it(
    log: logging.Logger, stream: Stream
) -> None:
    log.info("first")
    log.warning("second")
    log.handlers[0].flush()
    assert stream.getvalue() == "first\nsecond\n"


def test_no_entry_is_lost_or_torn_between_threads(log: logging.Logger, stream: Stream) -> None:
    def write(name: int) -> None:
        for number in range(300):
            log.info("%d-%d", name, number)

    threads = [Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(lambda: stream.getvalue().count("\n") == 1_200)
    expected = {f"{name}-{number}" for name in range(4) for number in range(300)}
    assert set(stream.getvalue().splitlines()) == expected


def test_what_the_collector_finds_may_say_something_at_any_moment() -> None:
    program = (
        "import gc, sys\n"
        "log = logging.getLogger('allocation.server')\n"
        "class Found:\n"
        "    def __init__(self): self.me = self\n"
        "    def __del__(self): log.warning('found')\n"
        "def work():\n"
        "    for number in range(5_000):\n"
        "        Found()\n"
        "        log.info('entry')\n"
        # So that it is found by any thread, and in the middle of anything.
        "gc.set_threshold(5)\n"
        "sys.setswitchinterval(1e-6)\n"
        "threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join(30)\n"
        "print('stuck' if any(each.is_alive() for each in threads) else 'fine', flush=True)\n"
        "os._exit(0)\n"
    )
    start = "import logging, os, threading\nfrom allocation.server import logs\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{start}logs.configure('INFO')\n{program}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    assert done.stdout == "fine\n"


def test_a_stream_that_is_gone_ends_no_call(log: logging.Logger, stream: Stream) -> None:
    stream.close()
    log.warning("nobody reads this")


def test_what_waits_is_written_when_the_program_ends() -> None:
    assert said("logging.getLogger('allocation.server').info('last words')")[0]["message"] == (
        "last words"
    )


def said(program: str, level: str = "INFO") -> list[dict[str, Any]]:
    """Return what a program writes to standard error, every line of which has to be an entry."""
    start = (
        "import logging, threading, warnings\n"
        f"from allocation.server import logs\nlogs.configure({level!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", start + program], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stderr.split("\n") if line]


def test_who_changed_what_is_written_whatever_the_level() -> None:
    program = (
        "logging.getLogger('allocation.server').info('left out')\n"
        "logging.getLogger('allocation.server.audit').info('change')\n"
    )
    assert [each["message"] for each in said(program, "CRITICAL")] == ["change"]


def test_what_libraries_and_ended_threads_say_is_an_entry_like_any_other() -> None:
    program = (
        "logging.getLogger('some.library').info('left out')\n"
        "logging.getLogger('some.library').error('two\\nlines')\n"
        "warnings.warn('old')\n"
        "thread = threading.Thread(target=lambda: 1 / 0, name='worker')\n"
        "thread.start()\nthread.join()\n"
    )
    library, warned, ended = said(program)
    assert (library["logger"], library["message"]) == ("some.library", "two\nlines")
    assert "old" in warned["message"]
    assert (ended["message"], ended["thread_name"]) == ("a thread ended", "worker")
    assert "ZeroDivisionError" in ended["traceback"]


def test_what_callers_send_that_is_no_text_stays_out_of_the_log() -> None:
    program = (
        "from grpc._cython import cygrpc\n"
        "log = logging.getLogger('grpc._cython.cygrpc')\n"
        "log.error('Invalid encoding on %s', b'Bearer secret')\n"
        "log.error('something else')\n"
    )
    assert [each["message"] for each in said(program)] == ["something else"]


@pytest.mark.parametrize("odd", ["\u202eabc", "\x9b31m", "\x7f", "\u2028", "\ud800", "\x1b[31m"])
def test_what_a_terminal_would_obey_is_escaped_and_read_back_as_it_was(odd: str) -> None:
    (line,) = JsonFormatter().lines(0, "INFO", "x", "é", [{"call_id": odd}])
    assert line.isprintable()
    assert json.loads(line)["call_id"] == odd
