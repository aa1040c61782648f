"""ZIP areas of military mail, which stand for no place.

APO, FPO and DPO codes follow a unit, not a point: mail is handed over at a gateway in the United
States and carried on by the forces. Public data places them at best at a former base, at worst on
the wrong continent, and averaging such points lands in an ocean. So their coordinates count as
unknown here.
"""

from __future__ import annotations

from typing import Final

MILITARY_ZIP3: Final = frozenset(
    {*(f"{number:03d}" for number in range(90, 99)), "340", "962", "963", "964", "965", "966"}
)
"""Europe, Middle East, Africa (090-098); the Americas (340); the Pacific (962-966)."""


def is_military_zip3(zip3: str) -> bool:
    """Tell whether a three-digit ZIP area holds APO, FPO and DPO addresses only."""
    return zip3 in MILITARY_ZIP3
