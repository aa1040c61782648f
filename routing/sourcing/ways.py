"""Ways: lanes that do not simply lead from a location's stock to the shopper's door."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.feeds import Feed

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

DOOR: Final = -1
NO_CARD: Final = -1
NO_FEED: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Where lanes lead and what feeds them; arrays of length ``j``.

    Attributes
    ----------
    to
        int32: index of the location where the shopper collects, or `DOOR`.
    feed
        int32: index into `feeds` for a lane from a hub, or `NO_FEED`.
    leg_minor, leg_unit_minor
        int64: what a transfer to `to` costs, once and for each line unit.
    feeds
        How hubs are fed.
    """

    to: Int32
    feed: Int32
    leg_minor: Int64
    leg_unit_minor: Int64
    feeds: tuple[Feed, ...] = ()

    def only(self, keep: NDArray[np.intp]) -> Ways:
        """Return some of the lanes, in the order given."""
        return replace(
            self,
            to=self.to[keep],
            feed=self.feed[keep],
            leg_minor=self.leg_minor[keep],
            leg_unit_minor=self.leg_unit_minor[keep],
        )


def fed_ways(lanes: int, feed: int, feeds: tuple[Feed, ...]) -> Ways:
    """Return the ways of so many lanes to the door that are fed in one way."""
    nothing = np.zeros(lanes, dtype=np.int64)
    return Ways(
        to=np.full(lanes, DOOR, dtype=np.int32),
        feed=np.full(lanes, feed, dtype=np.int32),
        leg_minor=nothing,
        leg_unit_minor=nothing,
        feeds=feeds,
    )


def joined_ways(parts: list[Ways]) -> Ways:
    """Put ways one after the other; those with feeds have the same ones."""
    return Ways(
        to=np.concatenate([part.to for part in parts]),
        feed=np.concatenate([part.feed for part in parts]),
        leg_minor=np.concatenate([part.leg_minor for part in parts]),
        leg_unit_minor=np.concatenate([part.leg_unit_minor for part in parts]),
        feeds=next((part.feeds for part in parts if part.feeds), ()),
    )
