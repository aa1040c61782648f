"""Whether solids fit, by trying every whole position: the oracle for small whole sides.

With whole sides every packing can be pushed to whole positions, so trying them all is
trying everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from routing.parcels.fit.solids import Placement, Sides, Solid

Cell = tuple[int, int, int]


def fits_somehow(room: Sides, solids: list[Solid]) -> bool:
    """Say whether all solids fit into the room together."""
    solids = sorted(
        (solid for solid in solids if solid.is_known), key=lambda solid: -solid.volume_um3
    )
    if sum(solid.volume_um3 for solid in solids) > room[0] * room[1] * room[2]:
        return False
    return _place(room, solids, frozenset())


def _place(room: Sides, solids: list[Solid], taken: frozenset[Cell]) -> bool:
    if not solids:
        return True
    for cells in _ways(room, solids[0]):
        if not cells & taken and _place(room, solids[1:], taken | cells):
            return True
    return False


def _ways(room: Sides, solid: Solid) -> Iterator[frozenset[Cell]]:
    for dx, dy, dz in solid.turned():
        for x, y, z in product(
            range(room[0] - dx + 1), range(room[1] - dy + 1), range(room[2] - dz + 1)
        ):
            yield frozenset(product(range(x, x + dx), range(y, y + dy), range(z, z + dz)))


def faults(
    room: Sides, solids: list[Solid], counts: list[int], placed: tuple[Placement, ...]
) -> str:
    """Return what is wrong with placements, empty if nothing is."""
    for piece, (solid, count) in enumerate(zip(solids, counts, strict=True)):
        if solid.is_known and sum(each.piece == piece for each in placed) != count:
            return f"piece {piece} is not there {count} times"
    for each in placed:
        if each.sides_um not in solids[each.piece].turned():
            return f"{each} is not a way to turn {solids[each.piece]}"
        for at, side, most in zip(each.at_um, each.sides_um, room, strict=True):
            if at < 0 or at + side > most:
                return f"{each} is not inside"
    for index, one in enumerate(placed):
        for two in placed[:index]:
            if all(
                one.at_um[a] < two.at_um[a] + two.sides_um[a]
                and two.at_um[a] < one.at_um[a] + one.sides_um[a]
                for a in range(3)
            ):
                return f"{one} and {two} overlap"
    return ""
