"""What a decoder found: problems that refuse a message, and warnings that do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from allocation.errors import InvalidRequestError
from routing.errors import InvalidInputError, Violation

MOST_VIOLATIONS: Final = 1_000
MOST_WARNINGS: Final = 100
_SHOWN_CHARS: Final = 40

T = TypeVar("T")


class Findings:
    """Collects problems and warnings while decoding goes on.

    Attributes
    ----------
    violations
        The first `MOST_VIOLATIONS` problems, in the order in which they were found.
    warnings
        The first `MOST_WARNINGS` sentences about what was accepted but deserves a look.
    """

    __slots__ = ("_more_violations", "_more_warnings", "violations", "warnings")

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.warnings: list[str] = []
        self._more_violations = 0
        self._more_warnings = 0

    def refuse(self, path: str, message: str) -> None:
        """Add a problem of the value at `path`."""
        if len(self.violations) < MOST_VIOLATIONS:
            self.violations.append(Violation(path, message))
        else:
            self._more_violations += 1

    def warn(self, sentence: str) -> None:
        """Add a warning; the same sentence counts once."""
        if sentence in self.warnings:
            return
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(sentence)
        else:
            self._more_warnings += 1

    def build(self, path: str, make: Callable[[], T]) -> T | None:
        """Return what `make` makes, or take over its problems and return ``None``."""
        try:
            return make()
        except InvalidInputError as error:
            for violation in error.violations:
                inner = violation.under(path) if path else violation
                self.refuse(inner.path, inner.message)
        return None

    def all_warnings(self) -> tuple[str, ...]:
        """Return the warnings; the last one counts those that were left out."""
        more = self._more_warnings
        return (*self.warnings, f"and {more} more warnings") if more else tuple(self.warnings)

    def raise_if_refused(self) -> None:
        """Raise `InvalidRequestError` with every problem unless there are none."""
        if self._more_violations:
            self.violations.append(
                Violation("", f"{self._more_violations} more problems are not listed")
            )
            self._more_violations = 0
        if self.violations:
            raise InvalidRequestError(self.violations)


def shown(value: str) -> str:
    """Return a value as it may stand in a message: quoted, and cut when it is long."""
    return repr(value) if len(value) <= _SHOWN_CHARS else f"{value[:_SHOWN_CHARS]!r}..."
