"""Length plus girth, by which carriers measure how bulky a parcel is."""

from __future__ import annotations


def length_plus_girth_um(length_um: int, width_um: int, height_um: int) -> int:
    """Return longest side plus the circumference around the other two, in any order given."""
    longest = max(length_um, width_um, height_um)
    return longest + 2 * (length_um + width_um + height_um - longest)
