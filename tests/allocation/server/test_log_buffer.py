from __future__ import annotations

import io
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from allocation.server.log_buffer import BufferedHandler


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


def test_a_stream_that_is_gone_ends_no_call(log: logging.Logger, stream: Stream) -> None:
    stream.close()
    log.warning("nobody reads this")


def test_what_waits_is_written_when_the_program_ends() -> None:
    program = (
        "from allocation.server import logs\nimport logging\nlogs.configure('INFO')\n"
        "logging.getLogger('allocation.server').info('last words')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert '"message": "last words"' in done.stderr
