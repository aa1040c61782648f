"""Locations whose day is full: lines that wait for supply leave on another day all the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.carriage import Carriage
from routing.sourcing.eligibility import Candidates, location_verdicts
from routing.sourcing.lane_verdicts import explain_age, lane_eligibility, somewhere
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.policy import Policy
from routing.sourcing.portions import THERE_S
from routing.sourcing.room import Room
from routing.sourcing.verdict import Verdict

Int8 = NDArray[np.int8]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class FullDays:
    """What a full day keeps from leaving now, and not from leaving later.

    Attributes
    ----------
    later
        int8 ``[n, all locations]``: verdicts as they are on days of which nothing is taken.
    only_now
        bool ``[n, all locations]``: pairs that only the day itself is in the way of.
    """

    later: Int8
    only_now: Bool

    def eligible(self, now: Bool, later: Bool, start_s: Int64) -> Bool:
        """Return bool ``[n, j]``: each lane by the verdicts of the day on which it starts.

        Parameters
        ----------
        now, later
            bool ``[n, j]``: by the verdicts of either.
        start_s
            int64 ``[j]``: see `Waves`.
        """
        found: Bool = np.where(start_s == THERE_S, now, later)
        return found

    def tell(self, verdicts: Int8, facts: LaneFacts, eligible: Bool) -> None:
        """Write down for each pair that a full day is about whether it can ship later."""
        able = somewhere(eligible, facts, verdicts.shape)
        verdicts[self.only_now] = np.where(able, Verdict.ELIGIBLE, Verdict.CAPACITY)[self.only_now]


def _full_days(now: Int8, later: Int8) -> FullDays | None:
    """Return what differs between today's verdicts and later ones; ``None`` if nothing does."""
    only_now = (now == Verdict.CAPACITY) & (later == Verdict.ELIGIBLE)
    return FullDays(later, only_now) if only_now.any() else None


def verdicts_by_day(
    among: Candidates, room: Room, *, may_wait: bool
) -> tuple[Int8, FullDays | None]:
    """Return the verdicts of today, and what is otherwise for what waits and leaves later."""
    verdicts = location_verdicts(among, room)
    if not (may_wait and room.days):
        return verdicts, None
    later = location_verdicts(among, room.of_other_days())
    return verdicts, _full_days(verdicts, later)


def some_day(verdicts: Int8, full: FullDays | None) -> Int8:
    """Return the verdicts of the day on which most can ship."""
    return verdicts if full is None else full.later


def explain_shares(
    verdicts: Int8,
    full: FullDays | None,
    facts: LaneFacts,
    eligible: Bool,
) -> None:
    """Say where no lane is left once it is known which units each of them can take."""
    if full is not None:
        full.tell(verdicts, facts, eligible)
    explain_age(verdicts, facts, eligible)


def eligible_by_day(
    verdicts: Int8,
    full: FullDays | None,
    found: Carriage,
    late: Int64,
    policy: Policy,
) -> Bool:
    """Return bool ``[n, j]``: the lane may carry the line on the day on which it leaves."""
    eligible = lane_eligibility(verdicts, found.facts, found.takes, late, policy)
    if full is None or found.waves is None:
        return eligible
    later = lane_eligibility(full.later, found.facts, found.takes, late, policy)
    eligible = full.eligible(eligible, later, found.waves.start_s)
    full.tell(verdicts, found.facts, eligible)
    return eligible
