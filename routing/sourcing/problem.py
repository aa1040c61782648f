"""The sourcing problem of one order, as dense integer arrays.

Lines ``i`` in ``range(n)``, items ``k``, stock locations ``l``, lanes ``j``. A
*lane* is one location with one carrier service to this order's destination.
Locations are numbered in order of preference (rank, then id): the smaller
index wins every tie, which makes the answer unique. One stock location may be
numbered more than once, as several *slots*, each of which ships at most once; what
they share is in `Supply`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.ids import ItemId, LineId, LocationId
from routing.parcels.boxing import Boxing
from routing.quick import quick
from routing.rating.tariff import Tariff
from routing.sourcing.supply import Supply
from routing.sourcing.tier import Tier
from routing.sourcing.usual_order import UsualOrder

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

NO_LIMIT = int(np.iinfo(np.int64).max // 8)


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What is wanted; arrays of length ``n`` unless stated.

    Attributes
    ----------
    ids
        The order's line ids, in the order's order.
    demand
        int64, increments of the line, at least 1.
    use
        int64 ``[n, k]``: increments of item ``k`` that one increment of line
        ``i`` takes. A kit line takes several items; they leave together.
    group
        int32: lines with the same number >= 0 leave one location together, or
        none of them does; -1 is no group.
    value_minor
        int64: value of one increment, for the least value of a shipment.
    choice
        int32: of lines with the same number >= 0, which have the same id, one takes the
        place of all: the others want nothing. The first one is preferred; leaving out
        counts the same for all of them. -1 is no choice; ``None`` when there is none at all.
    """

    ids: tuple[LineId, ...]
    demand: Int64
    use: Int64
    group: Int32
    value_minor: Int64
    choice: Int32 | None = None

    def __len__(self) -> int:
        return len(self.ids)


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """What goes into parcels; arrays of length ``p``.

    A plain line increment is one piece. A kit is one piece when one parcel
    can take it whole on every lane, else one piece per component unit.

    Attributes
    ----------
    line
        int32: line that the piece belongs to.
    per_increment
        int64: pieces of this type in one increment of the line.
    weight_ug, volume_nl
        int64: of one piece; 0 when unknown.
    alone
        bool: the piece travels in a parcel of its own.
    item
        int32: index of the item, or -1 when the piece is the whole line unit.
    boxing
        Sizes of the pieces and the cartons there are; needed by tariffs with packagings,
        ``None`` where there are none.
    """

    line: Int32
    per_increment: Int64
    weight_ug: Int64
    volume_nl: Int64
    alone: Bool
    item: Int32
    boxing: Boxing | None = None


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """How things can travel; arrays of length ``j`` unless stated.

    Attributes
    ----------
    location
        int32: index of the location the lane starts at; ascending.
    tariff
        int32: index into `tariffs`.
    tariffs
        Distinct tariffs (card, rate zone, date and destination folded in).
    shipment_minor
        int64: once per shipment: handling, soft amounts, lateness.
    parcel_minor
        int64: once per parcel, besides the tariff.
    line_minor
        int64 ``[n, j]``: once per line on the lane.
    unit_minor
        int64 ``[n, j]``: per increment.
    eligible
        bool ``[n, j]``: every hard rule passed.
    delivery_day
        int32: proleptic ordinal of the latest delivery date.
    distance_m
        int64: to the destination; ``UNKNOWN_DISTANCE_M`` when unknown.
    """

    location: Int32
    tariff: Int32
    tariffs: tuple[Tariff, ...]
    shipment_minor: Int64
    parcel_minor: Int64
    line_minor: Int64
    unit_minor: Int64
    eligible: Bool
    delivery_day: Int32
    distance_m: Int64

    def __len__(self) -> int:
        return int(self.location.shape[0])


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What no plan may break.

    Attributes
    ----------
    line_split
        Whether increments of one line may leave several locations.
    max_shipments
        Most shipments, at least 1; ``NO_LIMIT`` if unlimited.
    ship_complete
        Everything or nothing.
    min_shipment_minor
        Least value of each shipment of a plan that has more than one (see
        ``Lines.value_minor``); 0 for none. A plan with one shipment is free of it.
    min_shipment_units
        Least increments of each shipment of a plan that has more than one; 0 for none.
    location_lines, location_units
        int64 ``[l]``: most lines and increments a location still takes today.
    """

    line_split: bool
    max_shipments: int
    ship_complete: bool
    min_shipment_minor: int
    min_shipment_units: int
    location_lines: Int64
    location_units: Int64


@quick
@dataclass(frozen=True, slots=True, eq=False)
class SourcingProblem:
    """Everything an optimizer may know about one order.

    Attributes
    ----------
    lines, pieces, lanes, limits
        See there.
    item_ids
        Items, index ``k``.
    location_ids
        Locations that may ship anything at all, index ``l``, best rank first.
    available
        int64 ``[k, l]``: increments that may be promised, never negative,
        after holds, safety stock and unusable lots.
    extra_shipment_minor
        Added for every shipment after the first.
    unfilled_minor
        int64 ``[n]``: money penalty per unfilled increment; part of the cost.
    tiers
        At least one objective, most important first.
    supply
        What lines and slots draw on together, beyond `available`; ``None`` when
        `available` and `limits` say everything, as for most orders.
    usual
        The same once more in short, if the order is a usual one; ``None`` if it is not.
    """

    lines: Lines
    pieces: Pieces
    lanes: Lanes
    limits: Limits
    item_ids: tuple[ItemId, ...]
    location_ids: tuple[LocationId, ...]
    available: Int64
    extra_shipment_minor: int
    unfilled_minor: Int64
    tiers: tuple[Tier, ...]
    supply: Supply | None = None
    usual: UsualOrder | None = None

    @property
    def n_locations(self) -> int:
        """Number of locations."""
        return len(self.location_ids)

    def buildable(self) -> Int64:
        """Return int64 ``[n, l]``: increments of each line that its items suffice for, alone."""
        counts = np.full((len(self.lines), self.n_locations), NO_LIMIT, dtype=np.int64)
        for line, item in zip(*np.nonzero(self.lines.use), strict=True):
            np.minimum(
                counts[line],
                self.available[item] // self.lines.use[line, item],
                out=counts[line],
            )
        return counts
