"""Log entries on their way out: a thread writes them, so that no call waits for their reader."""

from __future__ import annotations

import logging
import time
from threading import Event, Lock, Thread
from typing import Final, TextIO

from allocation.server.log_stream import LogStream

FLUSH_EVERY_S: Final = 0.1
MOST_CHARS: Final = 8 << 20
"""Some 25,000 entries of calls: what a busy server says in several seconds."""
_MANY_CHARS: Final = 1 << 17
_LAST_WORDS_S: Final = 1.0
_SHARE_OF_CALLS: Final = 0.75
"""Of what may wait; the rest is for warnings, and for who changed what."""


class BufferedHandler(logging.Handler):
    """Writes entries within a tenth of a second, warnings and worse at once.

    A write of its own for every entry would cost each call as much as its answer. Entries wait
    for as long as whoever reads the log has no time; those for which there is no room are
    dropped and counted, and the log says so where they are missing. What is waiting is written
    when the program ends, if the reader takes it within a second, but not when it is killed.

    Parameters
    ----------
    stream
        Where entries go, one a line.
    most_chars
        What may wait at most.
    """

    def __init__(self, stream: TextIO, most_chars: int = MOST_CHARS) -> None:
        super().__init__()
        self.dropped = 0
        self._stream = LogStream(stream)
        self._most_chars = most_chars
        self._lines: list[str] = []
        self._chars = 0
        self._told_dropped = 0
        self._guard = Lock()
        self._some, self._hurry, self._idle = Event(), Event(), Event()
        self._idle.set()
        self._closed = False
        self._thread = Thread(target=self._write_again_and_again, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an entry; if it is urgent, it is written soon."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  # as every handler: a bad entry must not end a call
            self.handleError(record)
            return
        self._keep((line,), self._most_chars)
        if record.levelno >= logging.WARNING:
            self._hurry.set()

    def put(self, *lines: str) -> None:
        """Keep entries of calls as they are to be written."""
        self._keep(lines, int(self._most_chars * _SHARE_OF_CALLS))

    def flush(self) -> None:
        """Wait until everything is written, but not for long."""
        if self._thread.is_alive():
            self._hurry.set()
            self._some.set()
            self._idle.wait(_LAST_WORDS_S)

    def close(self) -> None:
        """Write what is waiting and stop."""
        self.flush()
        self._closed = True
        self._some.set()
        self._hurry.set()
        super().close()

    def _keep(self, lines: tuple[str, ...], most_chars: int) -> None:
        chars = sum(map(len, lines))
        with self._guard:
            if self._chars + chars > most_chars:
                self.dropped += len(lines)
                return
            self._lines += lines
            self._chars += chars
            self._idle.clear()
        if self._chars > _MANY_CHARS and not self._hurry.is_set():
            self._hurry.set()
        if not self._some.is_set():
            self._some.set()

    def _write_again_and_again(self) -> None:
        while not self._closed:
            self._some.wait()
            self._hurry.wait(FLUSH_EVERY_S)
            self._some.clear()
            self._hurry.clear()
            self._write()

    def _write(self) -> None:
        with self._guard:
            lines, self._lines = self._lines, []
            chars = self._chars
            missing, self._told_dropped = self.dropped - self._told_dropped, self.dropped
        if missing:
            lines.append(self._told(missing))
        if lines:
            self._stream.write(lines)
        with self._guard:
            self._chars -= chars
            if not self._lines:
                self._idle.set()

    def _told(self, missing: int) -> str:
        """Return the entry that stands for those that were dropped."""
        record = logging.makeLogRecord(
            {
                "name": "allocation.server",
                "levelno": logging.WARNING,
                "levelname": "WARNING",
                "msg": "log entries were dropped, for which its reader had no time",
                "created": time.time(),
                "count": missing,
            }
        )
        return self.format(record)


class UnbufferedHandler(logging.Handler):
    """Writes each entry as it comes, without a thread.

    Parameters
    ----------
    stream
        Where entries go, one a line.
    patience_s
        An entry that has to wait longer for its reader is left out.
    """

    def __init__(self, stream: TextIO, patience_s: float = _LAST_WORDS_S) -> None:
        super().__init__()
        self._stream = LogStream(stream)
        self._patience_s = patience_s

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  # as above
            self.handleError(record)
            return
        self._stream.write((line,), self._patience_s)
