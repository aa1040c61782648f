"""Lane starts: what lanes have in common with all lanes that start at the same locations.

The lanes to most areas start alike, so this is worked out once for all of them, and an order
pays nothing for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId
from routing.lazy import Once
from routing.location_facts import LocationFacts
from routing.network import Network
from routing.sourcing.charges import Charge, parcel_minor, standing_charges, sum_charges
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.portions import THERE_S

Int64 = NDArray[np.int64]

_MOST_LINES: Final = 5
_MOST_KEPT: Final = 10
_BYTES_A_LANE: Final = 400
"""What is kept of a lane's charges, about."""


@dataclass(frozen=True, slots=True, eq=False)
class StandingCharges:
    """What every order of so many lines pays besides parcels: handling, labour, line parts.

    Attributes
    ----------
    charges
        In the order of the cost breakdown.
    shipment_minor, line_minor, unit_minor
        Their sums; see `sum_charges`. They cannot be written to.
    known
        What was worked out from these amounts before.
    """

    charges: tuple[Charge, ...]
    shipment_minor: Int64
    line_minor: Int64
    unit_minor: Int64
    known: Once = field(init=False, default_factory=Once, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class LaneStarts:
    """Lanes ``j`` by location, each location with lanes as one slot ``l``.

    Attributes
    ----------
    locations
        Of the network that the lanes are of.
    location
        int32 ``[j]``: the network's index of where each starts; ascending.
    slot
        int32 ``[j]``: position of its location among those with lanes.
    first
        intp ``[l]``: first lane of each slot.
    place
        intp ``[l]``: the network's index of each slot's location.
    start_s
        int64 ``[l]``: `THERE_S`.
    location_ids
        Of each slot.
    parcel_minor
        int64 ``[j]``: see `routing.sourcing.charges.parcel_minor`.
    known
        What was worked out from all this before.
    """

    locations: LocationFacts
    location: NDArray[np.int32]
    slot: NDArray[np.int32]
    first: NDArray[np.intp]
    place: NDArray[np.intp]
    start_s: Int64
    location_ids: tuple[LocationId, ...]
    parcel_minor: Int64
    known: Once = field(init=False, default_factory=Once, repr=False)
    _standing: dict[tuple[int, int], StandingCharges] = field(
        init=False, default_factory=dict, repr=False
    )

    @property
    def is_everywhere(self) -> bool:
        """Whether every location of the network has lanes."""
        return self.place.size == len(self.locations.ids)

    def standing(self, lines: int, line_part_minor: int) -> StandingCharges:
        """Return what an order of lines in whole units pays on every lane."""
        key = lines, line_part_minor
        known = self._standing.get(key)
        if known is None:
            known = _standing(self, lines, line_part_minor)
            # Penalties change with every edit of the rules, and most orders are small.
            if lines <= _MOST_LINES and len(self._standing) < _MOST_KEPT:
                self._standing[key] = known
        return known


def starts_of(facts: LaneFacts, network: Network) -> LaneStarts:
    """Return where lanes start: the same for all lanes of a network that start alike."""
    return facts.once("starts", lambda: _shared(facts.location, network))


def _shared(location: NDArray[np.int32], network: Network) -> LaneStarts:
    key = "starts", location.tobytes()
    known: LaneStarts | None = network.memo.get(key)
    if known is None:
        known = make_starts(location, network.facts)
        network.memo.put(key, known, location.size * _BYTES_A_LANE)
    return known


def make_starts(location: NDArray[np.int32], locations: LocationFacts) -> LaneStarts:
    """Work out where lanes start.

    Parameters
    ----------
    location
        int32 ``[j]``: the network's index of each lane's location; ascending.
    """
    opens = np.ones(location.size, dtype=np.bool_)
    np.not_equal(location[1:], location[:-1], out=opens[1:])
    place = location[opens].astype(np.intp)
    starts = LaneStarts(
        locations=locations,
        location=location,
        slot=np.cumsum(opens, dtype=np.int32) - np.int32(1),
        first=np.flatnonzero(opens),
        place=place,
        start_s=np.full(place.size, THERE_S, dtype=np.int64),
        location_ids=tuple(locations.ids[each] for each in place.tolist()),
        parcel_minor=parcel_minor(locations)[location],
    )
    for array in (starts.slot, starts.first, starts.place, starts.start_s, starts.parcel_minor):
        array.setflags(write=False)
    return starts


def _standing(starts: LaneStarts, lines: int, line_part_minor: int) -> StandingCharges:
    whole = np.ones(lines, dtype=np.int64)
    charges = standing_charges(starts.location, starts.locations, whole, line_part_minor)
    sums = sum_charges(charges, lines, starts.location.size)
    for array in sums:
        array.setflags(write=False)
    return StandingCharges(charges, *sums)
