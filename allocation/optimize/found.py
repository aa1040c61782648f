"""What the search over the set tables finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One shipment: a lane and the number of the vector it carries."""

    lane: int
    vector: int


@dataclass(frozen=True, slots=True)
class Found:
    """A plan of whole shipments.

    Attributes
    ----------
    parts
        Shipments, each at a location of its own.
    left_out
        Units of each atom left out.
    bound
        Scalar that no allowed allocation undercuts.
    value
        Scalar of this allocation; equal to `bound` when proven best.
    """

    parts: tuple[Part, ...]
    left_out: tuple[int, ...]
    bound: int
    value: int
