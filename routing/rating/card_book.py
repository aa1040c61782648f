"""Card books: all rate cards a merchant ships with, each in force when it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.rating.rate_card import RateCard


@dataclass(frozen=True, slots=True)
class CardBook:
    """Several rate cards of which at most one per carrier, service and pricing is in force.

    Attributes
    ----------
    cards
        Ids unique; order does not matter.

    Raises
    ------
    routing.errors.InvalidInputError
        With every repeated id and every pair of cards whose dates overlap.
    """

    cards: tuple[RateCard, ...]
    _with_areas: tuple[RateCard, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        raise_if_any([*self._repeated_ids(), *self._overlaps()])
        listed = tuple(card for card in self.cards if card.areas)
        object.__setattr__(self, "_with_areas", listed)

    @property
    def with_areas(self) -> tuple[RateCard, ...]:
        """Cards that list delivery areas."""
        return self._with_areas

    def card(self, card_id: RateCardId) -> RateCard | None:
        """Return the card with that id, ``None`` if there is none."""
        return next((card for card in self.cards if card.id == card_id), None)

    def in_force(
        self, carrier: CarrierCode, service: ServiceCode, on: date
    ) -> tuple[RateCard, ...]:
        """Return the cards that price a parcel of that service shipped on that date.

        One per pricing (a carrier may have a commercial and a retail list in force at the
        same time), in order of pricing; empty if the book has none.
        """
        found = [
            card
            for card in self.cards
            if card.carrier == carrier and card.service == service and card.in_force(on)
        ]
        return tuple(sorted(found, key=lambda card: card.pricing.value))

    def _repeated_ids(self) -> Iterator[Violation]:
        ids = [card.id for card in self.cards]
        for card_id in sorted({each for each in ids if ids.count(each) > 1}):
            yield Violation(f"rate_card[{card_id}]", f"appears {ids.count(card_id)} times")

    def _overlaps(self) -> Iterator[Violation]:
        by_start = sorted(self.cards, key=lambda card: (card.effective_from, card.id))
        for earlier, later in combinations(by_start, 2):
            if _list_of(earlier) == _list_of(later) and earlier.in_force(later.effective_from):
                until = earlier.effective_to or "further notice"
                yield Violation(
                    f"rate_card[{later.id}]",
                    f"is in force from {later.effective_from}, but {earlier.id} still is until "
                    f"{until}; end {earlier.id} the day before",
                )


def _list_of(card: RateCard) -> tuple[str, str, str]:
    return card.carrier, card.service, card.pricing.value
