"""Log entries on their way out: several share one write."""

from __future__ import annotations

import atexit
import logging
from threading import Event, RLock, Thread
from typing import Final, TextIO

FLUSH_EVERY_S: Final = 0.1
_MOST_WAITING: Final = 512


class BufferedHandler(logging.Handler):
    """Writes entries within a tenth of a second, warnings and worse at once.

    A write of its own for every entry would cost each call as much as its answer. What is
    waiting is written when the program ends, but not when it is killed.

    Parameters
    ----------
    stream
        Where entries go, one a line.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: list[str] = []
        self._some = Event()
        self._writing = RLock()
        self._closed = False
        self._thread = Thread(target=self._flush_again_and_again, name="log", daemon=True)
        self._thread.start()
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an entry; write all if it is urgent or there are many."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  # as every handler: a bad entry must not end a call
            self.handleError(record)
            return
        self.put(line)
        if record.levelno >= logging.WARNING:
            self.flush()

    def put(self, *lines: str) -> None:
        """Keep entries as they are to be written."""
        with self._writing:
            self._lines += lines
        if len(self._lines) >= _MOST_WAITING:
            self.flush()
        elif not self._some.is_set():
            self._some.set()

    def flush(self) -> None:
        """Write what is waiting."""
        with self._writing:
            lines, self._lines = self._lines, []
            if lines:
                try:
                    self._stream.write("\n".join(lines) + "\n")
                    self._stream.flush()
                except (OSError, ValueError):
                    # Nobody reads the log any more; serving goes on.
                    return

    def close(self) -> None:
        """Write what is waiting and stop."""
        self._closed = True
        self._some.set()
        self.flush()
        atexit.unregister(self.flush)
        super().close()

    def _flush_again_and_again(self) -> None:
        pause = Event()
        while not self._closed:
            self._some.wait()
            pause.wait(FLUSH_EVERY_S)
            self._some.clear()
            self.flush()
