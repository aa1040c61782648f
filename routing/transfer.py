"""Transfers: what a location can send on to another one, for collection or to be merged there."""

from __future__ import annotations

from dataclasses import dataclass

from routing.errors import Violation, raise_if_any
from routing.ids import LocationId

MAX_TRANSIT_DAYS = 60


@dataclass(frozen=True, slots=True)
class TransferRoute:
    """A way from one location to another.

    Attributes
    ----------
    transit_days
        Days from leaving to arriving, in [0, 60].
    per_transfer_minor, per_unit_minor
        What it costs, each >= 0: once, and for each line unit.
    """

    to_location_id: LocationId
    transit_days: int = 0
    per_transfer_minor: int = 0
    per_unit_minor: int = 0

    def __post_init__(self) -> None:
        problems = [
            Violation(name, f"is {amount}; a cost cannot be negative")
            for name, amount in (
                ("per_transfer", self.per_transfer_minor),
                ("per_unit", self.per_unit_minor),
            )
            if amount < 0
        ]
        if not 0 <= self.transit_days <= MAX_TRANSIT_DAYS:
            message = f"is {self.transit_days}; it must lie in [0, {MAX_TRANSIT_DAYS}]"
            problems.append(Violation("transit_days", message))
        raise_if_any(problems)
