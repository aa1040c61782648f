"""Offers: which carrier services each location can ship with, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.ids import CarrierCode, ServiceCode
from routing.location import StockLocation
from routing.order import ServiceLevel
from routing.rating.card_book import CardBook

LEVELS = tuple(ServiceLevel)


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """Carrier services that have a rate card, and where they are offered.

    Attributes
    ----------
    services
        (carrier, service) by name.
    offered
        bool ``[o, l]``.
    level
        int8 ``[o, l]``: index into `LEVELS` of the service level it satisfies there.
    """

    services: tuple[tuple[CarrierCode, ServiceCode], ...]
    offered: NDArray[np.bool_]
    level: NDArray[np.int8]


def make_offers(locations: Sequence[StockLocation], cards: CardBook) -> Offers:
    """Match what locations can ship with against the rate cards there are.

    A location that lists nothing ships with every service; which service level each
    satisfies then, its card in force last says.
    """
    services = tuple(sorted({(card.carrier, card.service) for card in cards.cards}))
    offered = np.zeros((len(services), len(locations)), dtype=np.bool_)
    level = np.full(offered.shape, LEVELS.index(ServiceLevel.STANDARD), dtype=np.int8)
    for card in sorted(cards.cards, key=lambda card: (card.effective_from, card.id)):
        level[services.index((card.carrier, card.service))] = LEVELS.index(card.service_level)
    number = {service: index for index, service in enumerate(services)}
    for place, location in enumerate(locations):
        if not location.carrier_services:
            offered[:, place] = True
        for each in location.carrier_services:
            index = number.get((each.carrier, each.service))
            if index is not None:
                offered[index, place] = True
                level[index, place] = LEVELS.index(each.service_level)
    return Offers(services, offered, level)
