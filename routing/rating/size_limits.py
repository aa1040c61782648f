"""Whether one piece fits what a rate card accepts as a parcel."""

from __future__ import annotations

from enum import Enum

from routing.rating.girth import length_plus_girth_um
from routing.rating.rate_card import RateCard


class SizeLimit(Enum):
    """A limit of a rate card that a piece can break."""

    WEIGHT = "WEIGHT"
    LENGTH = "LENGTH"
    LENGTH_PLUS_GIRTH = "LENGTH_PLUS_GIRTH"


def broken_limits(
    card: RateCard, length_um: int, width_um: int, height_um: int, weight_ug: int
) -> tuple[SizeLimit, ...]:
    """Return every limit of `card` that a piece breaks; exactly at a limit is within it.

    Parameters
    ----------
    card
        The rate card.
    length_um, width_um, height_um
        Sides of the piece in any order, micrometres, 0 or more (0: not known, cannot break).
    weight_ug
        Actual weight of the piece, micrograms.
    """
    longest = max(length_um, width_um, height_um)
    around = length_plus_girth_um(length_um, width_um, height_um)
    broken: list[SizeLimit] = []
    if weight_ug > card.max_weight_ug:
        broken.append(SizeLimit.WEIGHT)
    if card.max_length_um is not None and longest > card.max_length_um:
        broken.append(SizeLimit.LENGTH)
    if card.max_length_plus_girth_um is not None and around > card.max_length_plus_girth_um:
        broken.append(SizeLimit.LENGTH_PLUS_GIRTH)
    return tuple(broken)


def fits(card: RateCard, length_um: int, width_um: int, height_um: int, weight_ug: int) -> bool:
    """Say whether a piece breaks no limit of `card`; see `broken_limits`."""
    return not broken_limits(card, length_um, width_um, height_um, weight_ug)
