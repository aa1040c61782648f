"""Where output goes: answers to stdout, everything else to stderr; colour only on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PIPED_WIDTH: Final = 160
"""Columns of a table that nobody's terminal limits."""


def answers() -> Console:
    """Return the console for answers; made anew so that it follows a redirected stdout."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH)
    return console


def notes() -> Console:
    """Return the console for progress, warnings and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def note(text: str) -> None:
    """Write a line to stderr as it is, without markup."""
    notes().print(text, markup=False)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr while the block runs, if stderr is a terminal.

    Parameters
    ----------
    title
        What is going on.
    total
        How many steps there are, ``None`` if that is not known.

    Yields
    ------
    Callable
        To be called with the number of steps that are done since the last call.
    """
    console = notes()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task(title, total=total)
        yield lambda steps: bar.advance(task, steps)
