"""Errors of the pure core: an input that cannot mean what it says.

Every error carries *all* problems of its input, each with the path of the
offending value, so that a caller can mend them in one go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One problem of an input.

    Attributes
    ----------
    path
        Where the value stands, in the caller's own terms: ``lines[2].quantity``.
    message
        What is wrong, with the value, then the way out.
    """

    path: str
    message: str

    def under(self, prefix: str) -> Violation:
        """Return the same problem seen from one level further out."""
        return Violation(f"{prefix}.{self.path}" if self.path else prefix, self.message)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class RoutingError(Exception):
    """Base of every error that the pure core raises on purpose."""


class InvalidInputError(RoutingError):
    """An input breaks its contract; ``violations`` names every problem.

    Parameters
    ----------
    violations
        At least one problem, in the order in which they were found.
    """

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        if not self.violations:
            raise ValueError("InvalidInputError needs at least one violation")
        super().__init__("; ".join(str(violation) for violation in self.violations))


def out_of_range(
    figures: Iterable[tuple[str, float, float, float]],
) -> list[Violation]:
    """Return a problem for each (path, value, least, most) that lies outside its bounds."""
    return [
        Violation(path, f"is {value}; it must lie in [{least}, {most}]")
        for path, value, least, most in figures
        if not least <= value <= most
    ]


def raise_if_any(violations: list[Violation]) -> None:
    """Raise `InvalidInputError` with all of `violations` unless there are none."""
    if violations:
        raise InvalidInputError(violations)
