"""Text of the files that a command is given."""

from __future__ import annotations

from pathlib import Path

from allocation.cli.failure import CommandError
from routing.bounded_file import MOST_BYTES, read_text


def text_of(file: Path) -> str:
    """Return the UTF-8 text in a file, with or without a byte order mark.

    Raises
    ------
    CommandError
        If it cannot be read, is larger than any that makes sense, or is no UTF-8 text.
    """
    try:
        return read_text(file, MOST_BYTES)
    except OSError as error:
        raise CommandError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{file}: is no UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
