"""Log entries as one JSON object per line."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from allocation.server.log_buffer import BufferedHandler, UnbufferedHandler
from allocation.server.log_line import json_lines

# What every record carries anyway; whatever else it has was given as `extra`.
_STANDARD: Final = frozenset(
    vars(logging.LogRecord("", 0, "", 0, "", None, None)).keys() | {"message", "asctime"}
)


LOG: Final = logging.getLogger("allocation.server")

AUDIT: Final = logging.getLogger("allocation.server.audit")
"""Who changed what: written whatever the level of the others."""

_GRPC: Final = "grpc._cython.cygrpc"
_OF_CALLERS: Final = ("Invalid encoding on", "ExecuteBatchError raised in core")


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message, extras and the traceback, if there is one."""

    def __init__(self) -> None:
        super().__init__()
        self._latest = -1, ""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            extra["traceback"] = self.formatException(record.exc_info)
        message = record.getMessage()
        return self.lines(record.created, record.levelname, record.name, message, [extra])[0]

    def lines(
        self,
        created: float,
        level: str,
        logger: str,
        message: str,
        extras: Sequence[Mapping[str, object]],
    ) -> list[str]:
        """Return one line of JSON for each; `created` is in seconds since 1970."""
        head = {
            "time": self._time(created),
            "level": level,
            "logger": logger,
            "message": message,
        }
        return json_lines(head, extras)

    def _time(self, created: float) -> str:
        """Return a time in UTC to the millisecond; entries of one second share the work."""
        second, part = divmod(int(created * 1_000), 1_000)
        # Of one piece: threads may format at the same time.
        known, text = self._latest
        if second != known:
            text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._latest = second, text
        return f"{text}.{part:03d}+00:00"


def log_calls(logger: logging.Logger, extras: Sequence[Mapping[str, object]]) -> None:
    """Log "call" at INFO for each, as ``logger.info`` does, in a fraction of the time if it can.

    That is where the server's own handler alone gets the logger's entries, as `configure` leaves
    it: then no records are made, only to be taken apart again.
    """
    if not logger.isEnabledFor(logging.INFO):
        return
    handler = _only_handler(logger)
    if handler is not None and isinstance(handler.formatter, JsonFormatter):
        handler.put(*handler.formatter.lines(time.time(), "INFO", logger.name, "call", extras))
        return
    for extra in extras:
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
    """Write the server's log to standard error, and what others say there in the same form.

    Parameters
    ----------
    level
        Least level of the server's own entries. Entries of the audit log are written anyway, and
        warnings and errors of the libraries.
    buffered
        Several entries share a write, for which there is a thread.
    """
    handler = BufferedHandler(sys.stderr) if buffered else UnbufferedHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    for old in LOG.handlers:
        old.close()
    LOG.handlers = [handler]
    LOG.setLevel(level)
    LOG.propagate = False
    AUDIT.setLevel(logging.INFO)
    logging.getLogger().handlers = [handler]
    logging.getLogger(_GRPC).addFilter(is_ours_to_know)
    logging.captureWarnings(capture=True)
    threading.excepthook = _tell_of_thread


def dropped_count() -> int:
    """Return how many entries were dropped so far, since nobody read those before them."""
    return sum(each.dropped for each in LOG.handlers if isinstance(each, BufferedHandler))


def is_ours_to_know(record: logging.LogRecord) -> bool:
    """Leave out what gRPC's loop says of callers.

    That is tokens that are no text, word for word, and answers that nobody waits for any more.
    """
    return not str(record.msg).startswith(_OF_CALLERS)


def _tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    """Log what ended a thread; Python itself would write it in a form of its own."""
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = None if ended.thread is None else ended.thread.name
        LOG.error("a thread ended", exc_info=ended.exc_value, extra={"thread_name": name})
