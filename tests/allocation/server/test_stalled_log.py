"""Whatever reads the log may take its time: nothing waits for it, and what is missing is told."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, TextIO

import grpc
import pytest

from allocation.server.log_buffer import BufferedHandler, UnbufferedHandler
from allocation.server.logs import JsonFormatter
from allocation.v1 import allocation_service_pb2_grpc
from routing.v1 import network_service_pb2_grpc
from tests.allocation.server.samples import allocate_request, network_messages

PIPE_BYTES = 4_096
ENTRY = "x" * 99
START = "from allocation.cli.app import main; main()"


@contextmanager
def narrow_pipe() -> Iterator[tuple[TextIO, TextIO]]:
    """Yield both ends of a pipe that is soon full."""
    read_fd, write_fd = os.pipe()
    fcntl.fcntl(read_fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    with os.fdopen(read_fd) as reader, os.fdopen(write_fd, "w") as writer:
        yield reader, writer


def logger_of(handler: logging.Handler) -> logging.Logger:
    handler.setFormatter(JsonFormatter())
    made = logging.getLogger("test.stalled_log")
    made.setLevel(logging.INFO)
    made.propagate = False
    made.handlers = [handler]
    return made


def test_entries_without_room_are_dropped_and_the_log_says_how_many() -> None:
    with narrow_pipe() as (reader, writer):
        handler = BufferedHandler(writer, most_chars=100_000)
        log = logger_of(handler)
        for number in range(2_000):
            log.info("entry", extra={"number": number})
        assert handler.dropped > 0
        found: list[dict[str, Any]] = []
        reading = Thread(target=lambda: found.extend(map(json.loads, reader)))
        reading.start()
        handler.flush()
        log.info("later")
        handler.close()
        writer.close()
        reading.join(30)
    kept = [each["number"] for each in found if each["message"] == "entry"]
    assert kept == sorted(kept)
    (gap,) = (each for each in found if each["message"].startswith("log entries were dropped"))
    assert gap["count"] == handler.dropped == 2_000 - len(kept)
    assert found[-1]["message"] == "later"


def test_calls_leave_room_for_warnings_and_for_who_changed_what() -> None:
    with narrow_pipe() as (reader, writer), closing(BufferedHandler(writer, 100_000)) as handler:
        for _ in range(2_000):
            handler.put(ENTRY)
        dropped = handler.dropped
        assert dropped > 0
        for _ in range(100):
            logger_of(handler).warning("urgent")
        assert handler.dropped == dropped
        Thread(target=reader.read).start()
        handler.flush()
        writer.close()


def test_without_a_thread_an_entry_that_waits_too_long_is_left_out() -> None:
    with narrow_pipe() as (reader, writer):
        log = logger_of(UnbufferedHandler(writer, patience_s=0.05))
        log.info("first")
        log.info(ENTRY * 50)
        log.info("third")
        writer.close()
        assert json.loads(reader.readline())["message"] == "first"
        assert "third" not in reader.read()


@pytest.mark.parametrize("options", [[], ["--workers", "1"]], ids=["alone", "workers"])
def test_a_server_whose_log_nobody_reads_answers_and_ends(
    tmp_path: Path, options: list[str]
) -> None:
    store = f"sqlite:{tmp_path / 'shipfrom.db'}"
    command = [sys.executable, "-c", START, "serve", "--port", "0", "--store", store, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        fcntl.fcntl(process.stderr.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        try:
            entries = map(json.loads, process.stderr)
            ready = next(each for each in entries if each["message"] == "ready")
            with grpc.insecure_channel(f"127.0.0.1:{ready['port']}") as channel:
                network = network_service_pb2_grpc.NetworkServiceStub(channel)
                locations, items = network_messages()
                network.PutLocations(locations, timeout=60)
                network.PutItems(items, timeout=60)
                service = allocation_service_pb2_grpc.AllocationServiceStub(channel)
                # Their entries have many times the room of the pipe.
                for _ in range(200):
                    assert service.Allocate(allocate_request(), timeout=60).plan.shipments
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
