"""How a command fails: one exception that knows what to say and which exit code to give."""

from __future__ import annotations

from collections.abc import Iterable

from allocation.cli.exit_codes import ExitCode


class CommandError(Exception):
    """Ends a command with a message instead of a traceback.

    Parameters
    ----------
    message
        What is wrong, then the way out.
    code
        The exit code to end with.
    details
        Every single problem, with its place; shown one per line under the message.
    """

    def __init__(
        self,
        message: str,
        code: ExitCode = ExitCode.INVALID_INPUT,
        details: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = tuple(details)

    def text(self) -> str:
        """Return the message and its details as lines."""
        return "\n".join([f"error: {self.message}", *(f"  {each}" for each in self.details)])


class InvalidInputFileError(CommandError):
    """A file cannot be used; `details` names every problem in it."""

    def __init__(self, name: str, details: Iterable[str]) -> None:
        found = tuple(details)
        super().__init__(f"{name}: {len(found)} problem(s)", ExitCode.INVALID_INPUT, found)
