"""How long a store keeps what is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from allocation.ledger.retention import Kept
from allocation.low_stock.demand import WINDOW_DAYS
from routing.errors import Violation, out_of_range, raise_if_any

MOST_DAYS: Final = 36_500

LEAST_ENTRIES_DAYS: Final = 30
"""Figures that are fed may be as late as that: what happened since has to be known one by one."""


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """Days after which old rows are let go of; 0 keeps them for ever.

    Attributes
    ----------
    answers_days
        First answers to calls with a `request_id`. A repeat that comes later is a call of its
        own, so this is to be longer than any caller goes on trying.
    decisions_days
        Records from which plans are replayed and explained, and versions of the network that
        no record needs. The record of a plan that holds or commits stock stays.
    plans_days
        Plans after all of their stock has left, was given back or has run out. At least as long
        as answers are kept, and as demand is looked at for what runs low.
    entries_days
        Entries of levels. The newest of the old ones of a level then stands for all of them,
        so that levels still add up to their entries; history begins with it. At least 30: a
        figure that was observed before must not be fed any more.
    every_s
        Seconds between two passes over the store, whatever the number of processes.

    Raises
    ------
    routing.errors.InvalidInputError
        With every setting out of range.
    """

    answers_days: int = 30
    decisions_days: int = 90
    plans_days: int = 400
    entries_days: int = 400
    every_s: float = 21_600.0

    def __post_init__(self) -> None:
        found = out_of_range(
            (
                ("answers_days", self.answers_days, 0, MOST_DAYS),
                ("decisions_days", self.decisions_days, 0, MOST_DAYS),
                ("plans_days", self.plans_days, 0, MOST_DAYS),
                ("entries_days", self.entries_days, 0, MOST_DAYS),
                ("every_s", self.every_s, 1, 604_800),
            )
        )
        if 0 < self.entries_days < LEAST_ENTRIES_DAYS:
            message = (
                f"is {self.entries_days}; it must be 0, or at least {LEAST_ENTRIES_DAYS}, so that "
                "figures that come late can be taken"
            )
            found.append(Violation("entries_days", message))
        least = max(WINDOW_DAYS, self.answers_days or MOST_DAYS)
        if not found and 0 < self.plans_days < least:
            message = (
                f"is {self.plans_days}; it must be 0, or at least {least}: answers are kept for "
                f"{self.answers_days or 'all'} days, and demand is that of {WINDOW_DAYS} days"
            )
            found.append(Violation("plans_days", message))
        raise_if_any(found)

    def age_of(self, kept: Kept) -> timedelta | None:
        """Return how long something is kept; ``None``: for ever."""
        days = {
            Kept.ANSWERS: self.answers_days,
            Kept.DECISIONS: self.decisions_days,
            Kept.PLANS: self.plans_days,
            Kept.ENTRIES: self.entries_days,
        }[kept]
        return timedelta(days=days) if days else None
