"""What an optimizer answers: an allocation, its value, and what is proven of it."""

from __future__ import annotations

from dataclasses import dataclass

from routing.enums import KeyEnum
from routing.parcels.packing import PackedParcel
from routing.quick import quick


class ProofStatus(KeyEnum):
    """How much is known about an allocation's value."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


class Rung(KeyEnum):
    """Which step of the ladder found the allocation, or proved it best."""

    GREEDY = "greedy"
    EXACT_SETS = "exact_sets"
    LOCATION_SETS = "location_sets"
    OR_TOOLS = "or_tools"


class SolveLimit(KeyEnum):
    """What kept the search from proving more."""

    NONE = "none"
    TIME = "time"
    SIZE = "size"
    GREEDY_ONLY = "greedy_only"


@quick
@dataclass(frozen=True, slots=True)
class Shipment:
    """What leaves one location on one lane.

    Attributes
    ----------
    lane
        Index of the lane.
    quantities
        (line index, increments >= 1), lines ascending.
    parcels
        Pieces (see ``Pieces``) by parcel; together exactly the quantities.
    """

    lane: int
    quantities: tuple[tuple[int, int], ...]
    parcels: tuple[PackedParcel, ...]


@dataclass(frozen=True, slots=True, order=True)
class Pick:
    """Units of a portion (see ``Supply``) that a line takes in the shipment on a lane."""

    lane: int
    line: int
    portion: int
    units: int


@quick
@dataclass(frozen=True, slots=True)
class Allocation:
    """Where every increment goes: shipments by ascending lane, and the rest.

    ``unfilled[i]`` increments of line ``i`` are left out. `picks` has a portion for every
    unit taken, sorted; it is empty for a problem without ``Supply``.
    """

    shipments: tuple[Shipment, ...]
    unfilled: tuple[int, ...]
    picks: tuple[Pick, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Solution:
    """An allocation with its value and proof.

    Attributes
    ----------
    values
        Value of each tier of the problem.
    bounds
        Lexicographic lower bound: no allowed allocation has a lexicographically
        smaller vector of values. Equal to `values` when OPTIMAL.
    cost_minor
        Landed cost: shipments, penalties for further shipments and for unfilled units.
    cost_bound_minor
        No allowed allocation with the same values in the tiers before the first
        one that counts cost costs less.
    solver
        Which algorithm, for people.
    """

    allocation: Allocation
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    cost_minor: int
    cost_bound_minor: int
    status: ProofStatus
    rung: Rung
    solver: str
    limit: SolveLimit = SolveLimit.NONE
