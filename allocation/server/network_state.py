"""The network at one moment: what planning uses beside what the callers put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from allocation.server.order_size import dearest_parcel
from routing.ids import RateCardId
from routing.network import Network
from routing.v1 import (
    carton_pb2,
    item_pb2,
    location_pb2,
    network_service_pb2,
    rate_card_pb2,
)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkState:
    """One immutable version of the network.

    Attributes
    ----------
    network
        What planning uses.
    locations, items, rate_cards
        The messages by id, as they were put.
    cartons
        The messages by id, as they were put; ``None`` if they never were.
    exchange_rates
        As they were put; ``None`` if they never were.
    zone_charts
        The messages by zone scheme, as they were put.
    transit_tables
        The messages by carrier and service, as they were put.
    location_ids, item_ids, rate_card_ids
        The same ids in order, for listing.
    currencies
        Of the rate cards, as plans see them.
    currency
        That of the network: of its exchange rates, else of all rate cards; ``None`` if that
        is not one.
    dearest_parcel_minor
        No parcel costs more.
    """

    network: Network
    locations: Mapping[str, location_pb2.StockLocation] = field(default_factory=dict)
    items: Mapping[str, item_pb2.InventoryItem] = field(default_factory=dict)
    rate_cards: Mapping[str, rate_card_pb2.RateCard] = field(default_factory=dict)
    zone_charts: Mapping[str, rate_card_pb2.ZoneChart] = field(default_factory=dict)
    transit_tables: Mapping[str, rate_card_pb2.TransitTable] = field(default_factory=dict)
    cartons: Mapping[str, carton_pb2.Carton] | None = None
    exchange_rates: network_service_pb2.PutExchangeRatesRequest | None = None
    location_ids: tuple[str, ...] = field(init=False)
    item_ids: tuple[str, ...] = field(init=False)
    rate_card_ids: tuple[str, ...] = field(init=False)
    currencies: frozenset[str] = field(init=False)
    dearest_parcel_minor: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "location_ids", tuple(sorted(self.locations)))
        object.__setattr__(self, "item_ids", tuple(sorted(self.items)))
        object.__setattr__(self, "rate_card_ids", tuple(sorted(self.rate_cards)))
        codes = frozenset(card.currency for card in self.network.cards.cards)
        object.__setattr__(self, "currencies", codes)
        object.__setattr__(self, "dearest_parcel_minor", dearest_parcel(self.network.cards))

    @property
    def currency(self) -> str | None:
        """That of the network, ``None`` if there is not one."""
        if self.network.exchange is not None:
            return self.network.exchange.currency
        return next(iter(self.currencies)) if len(self.currencies) == 1 else None

    @property
    def version(self) -> int:
        """Grows with every accepted put."""
        return self.network.version

    def carrier_service(self, card_id: RateCardId) -> tuple[str, str] | None:
        """Return carrier and service as they stand on a rate card, ``None`` if it is unknown."""
        card = self.rate_cards.get(card_id)
        return None if card is None else (card.carrier, card.service)

    def rate_card_header(self, card_id: str) -> rate_card_pb2.RateCard:
        """Return a rate card without its steps."""
        card = self.rate_cards[card_id]
        header = rate_card_pb2.RateCard()
        for given, value in card.ListFields():
            if given.name == "steps":
                continue
            if given.is_repeated:
                getattr(header, given.name).extend(value)
            elif given.message_type:
                getattr(header, given.name).CopyFrom(value)
            else:
                setattr(header, given.name, value)
        return header
