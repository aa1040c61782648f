"""Letting go of what nobody needs any more, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

Place = tuple[str, ...]
"""Where a page ended, in the order of its table; empty: before the first row."""

DecisionPlace = tuple[int, str]
"""Where a page of decisions ended, in the order of time: microseconds and plan id."""


class Kept(Enum):
    """What is forgotten by age.

    ANSWERS
        First answers to requests: a repeat is then a request of its own.
    DECISIONS
        What plans were made of; that of a plan that still holds or commits stock stays.
    PLANS
        Plans of which all that was held has left, was given back or has run out.
    ENTRIES
        All but the newest old entry of each level, which then stands for all of them: levels
        still add up to their entries.
    """

    ANSWERS = "answers"
    DECISIONS = "decisions"
    PLANS = "plans"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of a page.

    Attributes
    ----------
    count
        Rows that are gone.
    after
        Where the next page begins; ``None``: that was the last one.
    """

    count: int
    after: Place | None


class Retention(Protocol):
    """Forgets in a store on disk; every call is one short write. Safe to use from many processes.

    Every method may raise `LedgerUnavailableError`.
    """

    def begin(self, *, now: datetime, every: timedelta, network_version: int) -> int | None:
        """Begin a pass, unless some process began one less than `every` ago.

        Returns
        -------
        int or None
            The version that the network had when the pass before this one began, 0 before
            the first; ``None``: there is no pass to be made.
        """
        ...

    def forget(self, kept: Kept, *, before: datetime, after: Place, limit: int) -> Forgotten:
        """Look at up to `limit` rows and let go of those that are over since `before`.

        No more than `limit` rows go, whatever they are, but for what belongs to plans.
        """
        ...

    def forget_network(self, *, below: int, after: Place, limit: int) -> Forgotten:
        """Let go of what no version of the network from `below` on has.

        `limit` is that of locations, items and the like that are looked at.
        """
        ...

    def oldest_decisions(
        self, *, within: timedelta, after: DecisionPlace | None, limit: int
    ) -> tuple[Sequence[bytes], DecisionPlace | None]:
        """Return records of decisions that were made up to `within` after the oldest one.

        Parameters
        ----------
        after
            Where the page before ended; ``None``: from the first on.

        Returns
        -------
        tuple
            Up to `limit` records, and where the page ended; ``None``: it was the last one.
        """
        ...

    def contents(self) -> Sequence[bytes]:
        """Return the digests of contents that records share; see `decisions.Decisions`."""
        ...

    def forget_contents(self, digests: Sequence[bytes]) -> int:
        """Let go of contents; return how many are gone."""
        ...
