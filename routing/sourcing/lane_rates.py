"""Which card and tariff each lane is priced by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.network import Network
from routing.order import Order
from routing.promise.promise import NEVER
from routing.rating.address_kind import AddressKind
from routing.rating.fold import fold
from routing.rating.rate_card import Pricing, RateCard
from routing.rating.tariff import Tariff
from routing.rating.zones import RateZone, ZoneArray
from routing.sourcing.rate_area import DeliveryAreas, address_kinds, delivery_areas

_PREFERRED_PRICING = (Pricing.CONTRACT, Pricing.COMMERCIAL, Pricing.LIST, Pricing.RETAIL)

Int32 = NDArray[np.int32]
_T = TypeVar("_T")
_Rate = tuple[RateCard | None, Tariff | None]


def best_card(network: Network, offer: int, on: date) -> RateCard | None:
    """Return the card that prices an offer on a ship date: the merchant's own terms first."""
    cards = network.cards.in_force(*network.offers.services[offer], on)
    return min(cards, key=lambda card: _PREFERRED_PRICING.index(card.pricing), default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Cards and tariffs of lanes, each distinct one looked up once.

    Attributes
    ----------
    card, tariff
        int32 ``[lane]``: indices into `cards` and `tariffs`; -1 where there is no price.
    """

    card: Int32
    tariff: Int32
    cards: tuple[RateCard, ...]
    tariffs: tuple[Tariff, ...]

    @classmethod
    def of(
        cls,
        order: Order,
        network: Network,
        offer: NDArray[np.intp],
        zone: ZoneArray,
        ship: Int32,
    ) -> Rated:
        """Return what prices each lane that ships on a day: none if it never does."""
        keys = (ship.astype(np.int64) << 32) | (offer.astype(np.int64) << 16) | zone
        distinct, lanes = np.unique(keys, return_inverse=True)
        card_of = np.full(distinct.size, -1, dtype=np.int32)
        tariff_of = np.full(distinct.size, -1, dtype=np.int32)
        cards, tariffs = _Numbered[RateCard](), _Numbered[Tariff]()
        areas = delivery_areas(network, order.destination)
        kinds = address_kinds(order.destination)
        for index, key in enumerate(distinct.tolist()):
            ship_day = key >> 32
            if ship_day >= NEVER:
                continue
            asked = _Asked(
                (key >> 16) & 0xFFFF,
                RateZone(key & 0xFFFF),
                ship_day,
                order.destination.residential,
                areas,
                kinds,
            )
            card, tariff = asked.rate(network)
            if card is not None and tariff is not None:
                card_of[index], tariff_of[index] = cards.number(card), tariffs.number(tariff)
        return cls(card_of[lanes], tariff_of[lanes], tuple(cards.values), tuple(tariffs.values))


class _Asked(NamedTuple):
    """What decides a price list: equal ones have the same."""

    offer: int
    zone: RateZone
    ship_day: int
    residential: bool
    areas: DeliveryAreas
    kinds: frozenset[AddressKind]

    def rate(self, network: Network) -> _Rate:
        """Return card and tariff; nothing if there is no price."""
        found: _Rate | None = network.memo.get(self)
        if found is None:
            found = self._find(network)
            network.memo.put(self, found, 0)
        return found

    def _find(self, network: Network) -> _Rate:
        ship_date = date.fromordinal(self.ship_day)
        card = best_card(network, self.offer, ship_date)
        rates = None if card is None else card.rates_of(self.zone)
        if card is None or rates is None or card.not_to & self.kinds:
            return None, None
        if not (rates.steps or network.carton_sets):
            return None, None
        areas = dict(self.areas).get(card.id, frozenset[str]())
        residential = self.residential
        return card, fold(card, self.zone, ship_date, residential=residential, areas=areas)


class _Numbered(Generic[_T]):
    """Different objects in the order in which they came."""

    def __init__(self) -> None:
        self.values: list[_T] = []
        self._numbers: dict[int, int] = {}

    def number(self, value: _T) -> int:
        """Return the position of a value by identity, adding it if it is new."""
        number = self._numbers.setdefault(id(value), len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number
