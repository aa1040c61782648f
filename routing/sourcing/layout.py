"""Layout: the lanes of a problem, the slots they leave from, and what stock these draw on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId
from routing.network import Network
from routing.quick import quick
from routing.sourcing.feeds import Feed
from routing.sourcing.holdings import Holdings
from routing.sourcing.lane_sheet import MOST_IDLE
from routing.sourcing.lane_starts import LaneStarts, make_starts, starts_of
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.needs import by_origins
from routing.sourcing.portions import THERE_S
from routing.sourcing.shares import Shares, make_slots, make_supply, stock_rows
from routing.sourcing.supply import Supply
from routing.sourcing.usable import find_usable
from routing.sourcing.waves import Waves

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

MOST_LINES_WITH_IDLE: Final = 5
"""See `allocation.optimize.few_lines`."""


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What the problem's lanes, locations and items stand for.

    Attributes
    ----------
    kept
        intp ``[j]``: number of each lane among those it was made from; ``None``: all of them.
    facts
        Of the lanes, by slot.
    slot
        int32 ``[j]``: ascending.
    place
        intp ``[l]``: the network's index of each slot's location; ascending.
    start_s
        int64 ``[l]``: when each slot can begin; `THERE_S` for now.
    use, available
        int64 ``[n, k]`` and ``[k, l]``.
    item
        Index of the order's item of each row ``k``.
    supply
        ``None`` when slots and lines share nothing beyond `available`.
    starts
        Where the lanes start, if every location is one slot.
    """

    kept: NDArray[np.intp] | None
    facts: LaneFacts
    slot: NDArray[np.int32]
    place: NDArray[np.intp]
    start_s: Int64
    use: Int64
    available: Int64
    item: tuple[int, ...]
    supply: Supply | None = None
    starts: LaneStarts | None = None

    @property
    def location_rank(self) -> NDArray[np.int32]:
        """int32 ``[j]``: by preference, equal for all slots of a location."""
        if self.supply is None:
            return self.slot
        rank = np.unique(self.place, return_inverse=True)[1].astype(np.int32)
        ranks: NDArray[np.int32] = rank[self.slot]
        return ranks

    def location_ids(self, network: Network) -> tuple[LocationId, ...]:
        """Return the location of each slot."""
        if self.starts is not None:
            return self.starts.location_ids
        return tuple(network.facts.ids[place] for place in self.place.tolist())

    @property
    def later(self) -> NDArray[np.bool_]:
        """Bool ``[j]``: the lane leaves once supply has come."""
        waits: NDArray[np.bool_] = self.start_s[self.slot] > THERE_S
        return waits


def plain_layout(
    facts: LaneFacts,
    eligible: Bool,
    use: Int64,
    available: Int64,
    network: Network,
    *,
    positions_count: bool,
) -> Layout:
    """Return one slot per location with lanes.

    Lanes that may carry nothing are left out where they would be many, or make a search
    longer. A small order is solved sooner than they are sorted out.

    Parameters
    ----------
    facts
        All lanes, by location.
    eligible
        bool ``[n, j]``: what they may carry.
    available
        int64 ``[items, all locations]``.
    positions_count
        Whether something is minimised that depends on how many locations there are.
    """
    kept = None
    if positions_count or len(facts) > MOST_IDLE or eligible.shape[0] > MOST_LINES_WITH_IDLE:
        kept = np.flatnonzero(eligible.any(axis=0))
        facts = facts.only(kept)
    starts = (
        starts_of(facts, network) if kept is None else make_starts(facts.location, network.facts)
    )
    return Layout(
        kept=kept,
        facts=facts,
        slot=starts.slot,
        place=starts.place,
        start_s=starts.start_s,
        use=use,
        available=available if starts.is_everywhere else available[:, starts.place],
        item=tuple(range(use.shape[1])),
        starts=starts,
    )


def share_out(holdings: Holdings, waves: Waves, feeds: Sequence[Feed]) -> Shares:
    """Return who can use which portion on which lane."""
    holdings = replace(holdings, classes=by_origins(holdings.classes, feeds))
    return Shares(
        holdings,
        tuple(
            find_usable(each, holdings.portions, holdings.columns, waves)
            for each in holdings.classes
        ),
    )


def shared_layout(
    shares: Shares, waves: Waves, kept: NDArray[np.intp], use: Int64, free: Sequence[int]
) -> Layout:
    """Return a slot for each location, start and set of portions.

    Parameters
    ----------
    waves
        All lanes.
    free
        Items that are not looked at.
    """
    own, mine = waves.only(kept), shares.only(kept, len(waves.facts))
    slots = make_slots(own, mine.variety(kept.size))
    rows = stock_rows(mine, slots, use, free)
    return Layout(
        kept=kept[slots.rank],
        facts=own.facts.only(slots.rank),
        slot=slots.of_lane,
        place=slots.place,
        start_s=slots.start_s,
        use=rows.use,
        available=rows.available,
        item=rows.item,
        supply=make_supply(mine, slots, use, free),
    )
