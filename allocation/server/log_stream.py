"""Writing the log, for which readers may have no time."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator, Sequence
from typing import Final, TextIO

PIECE_BYTES: Final = 4_096
"""What a pipe takes in one go once it takes anything (POSIX calls it PIPE_BUF)."""


class LogStream:
    """Where the log goes, written to past Python's own buffer.

    A thread that waits in the middle of a write would keep the lock of that buffer, for which
    the whole process would wait when it ends. Lines are written together as far as no line of
    another process can come between their parts.

    Parameters
    ----------
    stream
        Standard error, or what has no descriptor and so never lets anybody wait.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        try:
            self._descriptor = stream.fileno()
        except (OSError, ValueError, AttributeError):
            self._descriptor = -1

    def write(self, lines: Sequence[str], patience_s: float | None = None) -> bool:
        """Write lines.

        Parameters
        ----------
        lines
            Without their ends.
        patience_s
            How long to wait until a reader has made room; ``None`` for ever.

        Returns
        -------
        bool
            Whether all of them were written.
        """
        try:
            if self._descriptor < 0:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()
                return True
            return all(self._written(each, patience_s) for each in _together(lines))
        except (OSError, ValueError):
            # Nobody reads the log any more; serving goes on.
            return False

    def _written(self, content: bytes, patience_s: float | None) -> bool:
        left = memoryview(content)
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        while left:
            if not poll.poll(None if patience_s is None else patience_s * 1_000):
                return False
            left = left[os.write(self._descriptor, left[:PIECE_BYTES]) :]
        return True


def _together(lines: Sequence[str]) -> Iterator[bytes]:
    """Yield lines as bytes, as many together as make a piece."""
    piece = b""
    for line in lines:
        content = line.encode(errors="backslashreplace") + b"\n"
        if piece and len(piece) + len(content) > PIECE_BYTES:
            yield piece
            piece = b""
        piece += content
    yield piece
