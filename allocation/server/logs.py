"""Log entries as one JSON object per line."""

from __future__ import annotations

import json
import logging
import sys
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
        entry: dict[str, object] = {
            "time": self._time(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return _encode(entry)

    def _time(self, created: float) -> str:
        """Return a time in UTC to the millisecond; entries of one second share the work."""
        second, part = divmod(int(created * 1_000), 1_000)
        if second != self._second:
            moment = datetime.fromtimestamp(second, UTC)
            self._second, self._second_text = second, moment.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._second_text}.{part:03d}+00:00"


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
