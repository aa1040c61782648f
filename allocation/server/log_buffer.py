"""Log entries on their way out: a thread writes them, so that no call waits for their reader."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from threading import Condition, RLock, Thread
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
        self._hurry = self._closed = False
        # Whoever has the lock may take it again: what the collector finds just then, or a signal,
        # may have something to say. An `Event` would wait for itself.
        self._state = Condition(RLock())
        self._thread = Thread(target=self._write_again_and_again, name="log", daemon=True)
        self._thread.start()

    def handle(self, record: logging.LogRecord) -> bool:
        """Keep an entry if no filter is against it; see `emit`.

        Without the lock of the base class, which others would take in another order.
        """
        passed: bool | logging.LogRecord = self.filter(record)
        if passed:
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an entry; if it is urgent, it is written soon."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  # as every handler: a bad entry must not end a call
            self.handleError(record)
            return
        self._keep((line,), self._most_chars, urgent=record.levelno >= logging.WARNING)

    def put(self, *lines: str) -> None:
        """Keep entries of calls as they are to be written."""
        self._keep(lines, int(self._most_chars * _SHARE_OF_CALLS))

    def flush(self) -> None:
        """Wait until everything is written, but not for long."""
        if not self._thread.is_alive():
            return
        with self._state:
            self._be_quick()
            self._state.wait_for(lambda: not self._chars, _LAST_WORDS_S)

    def close(self) -> None:
        """Write what is waiting and stop."""
        self.flush()
        with self._state:
            self._closed = True
            self._state.notify_all()
        super().close()

    def _keep(self, lines: Sequence[str], most_chars: int, *, urgent: bool = False) -> None:
        chars = _chars_of(lines)
        with self._state:
            if self._chars + chars > most_chars:
                self.dropped += len(lines)
                return
            is_first = not self._lines
            self._lines += lines
            self._chars += chars
            if urgent or self._chars > _MANY_CHARS:
                self._be_quick()
            elif is_first:
                self._state.notify_all()

    def _be_quick(self) -> None:
        """Have what waits written without waiting for more."""
        if not self._hurry:
            self._hurry = True
            self._state.notify_all()

    def _write_again_and_again(self) -> None:
        goes_on = True
        while goes_on:
            with self._state:
                self._state.wait_for(lambda: self._lines or self._closed)
                self._state.wait_for(lambda: self._hurry or self._closed, FLUSH_EVERY_S)
                goes_on, self._hurry = not self._closed, False
                lines, self._lines = self._lines, []
                missing, self._told_dropped = self.dropped - self._told_dropped, self.dropped
            self._write(lines, missing)
            with self._state:
                self._chars -= _chars_of(lines)
                self._state.notify_all()

    def _write(self, lines: Sequence[str], missing: int) -> None:
        if missing:
            lines = (*lines, self._told(missing))
        if lines:
            self._stream.write(lines)

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


def _chars_of(lines: Sequence[str]) -> int:
    """Return how many characters lines have, with their ends."""
    return sum(map(len, lines)) + len(lines)


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
