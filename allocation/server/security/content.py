"""Read a file that settings name."""

from __future__ import annotations

from pathlib import Path

from routing.bounded_file import read_bytes


def content_of(path: Path) -> bytes:
    """Return what is in a file.

    Raises
    ------
    ValueError
        With the file and the reason, if it cannot be read: OpenSSL, for one, names no file.
    """
    try:
        return read_bytes(path)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error


def text_of(path: Path) -> str:
    """Return the text in a file; raises as `content_of` does, also if it is not UTF-8."""
    try:
        return content_of(path).decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8 text") from error
