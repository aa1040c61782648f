"""Entries of calls are written the same in the short way and in that of all others."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from allocation.server.log_buffer import BufferedHandler
from allocation.server.logs import JsonFormatter, log_calls

EXTRA = {"method": "/a/B", "code": "OK", "call_id": 'é"\n', "duration_ms": 1.5, "principal": ""}


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> Iterator[logging.Logger]:
    handler = BufferedHandler(stream)
    handler.setFormatter(JsonFormatter())
    parent = logging.getLogger("test.logs")
    parent.setLevel(logging.INFO)
    parent.propagate = False
    parent.handlers = [handler]
    yield parent.getChild("access")
    parent.handlers = []
    handler.close()


def lines(log: logging.Logger, stream: io.StringIO) -> list[dict[str, object]]:
    assert log.parent is not None
    log.parent.handlers[0].flush()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_call_is_written_as_any_other_entry(log: logging.Logger, stream: io.StringIO) -> None:
    log_calls(log, [EXTRA])
    log.info("call", extra=EXTRA)
    shorter, usual = lines(log, stream)
    assert list(shorter) == list(usual)
    for entry in (shorter, usual):
        assert str(entry.pop("time")).endswith("+00:00")
    assert shorter == usual
    assert usual["call_id"] == 'é"\n'


def test_whoever_else_listens_gets_a_record(log: logging.Logger, stream: io.StringIO) -> None:
    heard: list[logging.LogRecord] = []
    other = logging.Handler()
    other.emit = heard.append  # type: ignore[assignment]
    log.addHandler(other)
    try:
        log_calls(log, [EXTRA])
    finally:
        log.removeHandler(other)
    assert vars(heard[0])["method"] == "/a/B"
    assert lines(log, stream)[0]["method"] == "/a/B"


def test_a_filter_is_asked(log: logging.Logger, stream: io.StringIO) -> None:
    def nothing(_: logging.LogRecord) -> bool:
        return False

    log.addFilter(nothing)
    try:
        log_calls(log, [EXTRA])
    finally:
        log.removeFilter(nothing)
    assert lines(log, stream) == []


def test_a_level_above_info_leaves_calls_out(log: logging.Logger, stream: io.StringIO) -> None:
    log.setLevel(logging.WARNING)
    log_calls(log, [EXTRA])
    log.setLevel(logging.NOTSET)
    assert lines(log, stream) == []
