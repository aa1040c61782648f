"""What the exit code of every command means: one table, shown by ``--help`` and by the docs."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """The exit codes; `MEANINGS` says what each stands for."""

    OK = 0
    INCOMPLETE = 1
    USAGE = 2
    INVALID_INPUT = 3
    UNREACHABLE = 4
    INTERNAL = 5
    INTERRUPTED = 130


MEANINGS: Final = {
    ExitCode.OK: "done, and completely",
    ExitCode.INCOMPLETE: "done, but not all of it: units unfilled, nothing to offer, rows skipped, "
    "a case that fails",
    ExitCode.USAGE: "wrong options or arguments",
    ExitCode.INVALID_INPUT: "a file, a setting or a request that cannot be used as it is",
    ExitCode.UNREACHABLE: "no answer in time from the server: try again",
    ExitCode.INTERNAL: "a fault of the program or the server",
    ExitCode.INTERRUPTED: "stopped with Ctrl-C",
}


def epilog() -> str:
    """Return the table as text for the foot of a help page."""
    rows = [f"{code.value:<3}  {meaning}" for code, meaning in MEANINGS.items()]
    # A line of its own with \b keeps the line breaks.
    return "\b\nExit codes:\n" + "\n".join(f"  {row}" for row in rows)
