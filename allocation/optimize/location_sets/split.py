"""A division of the demand over places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What each place ships, and the scalar of everything together.

    Attributes
    ----------
    parts
        Place, and units of each atom.
    scalar
        At prices as known so far: a lower bound until the parcels are packed.
    bound
        No division over these places undercuts it, at prices as known so far.
    """

    parts: tuple[tuple[int, tuple[int, ...]], ...]
    scalar: int
    bound: int
