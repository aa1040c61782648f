"""Conditions of readiness, and what was found of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a server needs to do its work.

    Attributes
    ----------
    name
        A word or two: ``"store"``.
    problem
        What is wrong; empty if nothing is.
    """

    name: str
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Report:
    """What was found at one moment.

    Attributes
    ----------
    live
        Whether the process does anything at all; if not, only a restart helps.
    conditions
        All of them; the server is ready if they hold.
    """

    live: bool
    conditions: tuple[Condition, ...]

    @property
    def failed(self) -> tuple[Condition, ...]:
        """Conditions that do not hold."""
        return tuple(each for each in self.conditions if not each.holds)

    @property
    def ready(self) -> bool:
        """Whether the server can do its work."""
        return self.live and not self.failed
