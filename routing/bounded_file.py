"""Contents of files that people name: one that never ends is refused while there is memory."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 512 << 20
"""Several times what a feed of a million levels takes."""

_BLOCK_BYTES: Final = 1 << 20


class FileTooLargeError(OSError):
    """A file has more bytes than somebody wants to read, or is a device that never ends."""


def read_bytes(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return what is in a file.

    Parameters
    ----------
    path
        A file, a pipe or a device.
    most_bytes
        How much is read at most.

    Raises
    ------
    FileTooLargeError
        If there is more; no more memory than that was taken.
    OSError
        If it cannot be read.
    """
    blocks: list[bytes] = []
    left = most_bytes
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            left -= len(block)
            if left < 0:
                raise FileTooLargeError(errno.EFBIG, _too_large(most_bytes), str(path))
            blocks.append(block)
    return b"".join(blocks)


def read_text(path: Path, most_bytes: int = MOST_BYTES) -> str:
    """Return the UTF-8 text in a file, with line ends as Python has them and without a mark.

    Raises
    ------
    UnicodeDecodeError
        If it is something else.
    OSError
        As `read_bytes` does.
    """
    text = read_bytes(path, most_bytes).decode("utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _too_large(most_bytes: int) -> str:
    return f"it has more than {most_bytes >> 20:,} MiB; split it, or check that it is the right one"
