"""Log entries as one JSON object per line."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from allocation.server.log_buffer import BufferedHandler

# What every record carries anyway; whatever else it has was given as `extra`.
_STANDARD: Final = frozenset(
    vars(logging.LogRecord("", 0, "", 0, "", None, None)).keys() | {"message", "asctime"}
)


LOG: Final = logging.getLogger("allocation.server")

_encode: Final = json.JSONEncoder(default=str, ensure_ascii=False).encode


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message, extras and the traceback, if there is one."""

    def __init__(self) -> None:
        super().__init__()
        self._second, self._second_text = -1, ""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            extra["traceback"] = self.formatException(record.exc_info)
        return self.line(record.created, record.levelname, record.name, record.getMessage(), extra)

    def line(
        self, created: float, level: str, logger: str, message: str, extra: Mapping[str, object]
    ) -> str:
        """Return one line of JSON; `created` is in seconds since 1970."""
        entry = {
            "time": self._time(created),
            "level": level,
            "logger": logger,
            "message": message,
            **extra,
        }
        return _encode(entry)

    def _time(self, created: float) -> str:
        """Return a time in UTC to the millisecond; entries of one second share the work."""
        second, part = divmod(int(created * 1_000), 1_000)
        if second != self._second:
            moment = datetime.fromtimestamp(second, UTC)
            self._second, self._second_text = second, moment.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._second_text}.{part:03d}+00:00"


def log_call(logger: logging.Logger, extra: Mapping[str, object]) -> None:
    """Log "call" at INFO, as ``logger.info`` does, in a third of the time if it can.

    That is where the server's own handler alone gets the logger's entries, as `configure` leaves
    it: then no record is made, only to be taken apart again.
    """
    if not logger.isEnabledFor(logging.INFO):
        return
    handler = _only_handler(logger)
    if handler is not None and isinstance(handler.formatter, JsonFormatter):
        created = time.time()
        handler.put(handler.formatter.line(created, "INFO", logger.name, "call", extra))
        return
    # Without looking up which line of the program this is.
    record = logger.makeRecord(
        logger.name, logging.INFO, "", 0, "call", (), None, extra=dict(extra)
    )
    logger.handle(record)


def _only_handler(logger: logging.Logger) -> BufferedHandler | None:
    """Return the handler of a logger's entries if it is ours, and there is no other, nor filter."""
    found: BufferedHandler | None = None
    each: logging.Logger | None = logger
    while each is not None:
        for handler in each.handlers:
            if found is not None or type(handler) is not BufferedHandler or handler.filters:
                return None
            found = handler
        each = each.parent if each.propagate else None
    return None if logger.filters or logger.disabled else found


def configure(level: str, *, buffered: bool = True) -> None:
    """Write the server's log to standard error.

    Parameters
    ----------
    buffered
        Several entries share a write, for which there is a thread.
    """
    handler = BufferedHandler(sys.stderr) if buffered else logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    for old in LOG.handlers:
        old.close()
    LOG.handlers = [handler]
    LOG.setLevel(level)
    LOG.propagate = False
