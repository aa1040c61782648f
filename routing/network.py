"""The network: locations, items and rates as one immutable, versioned value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from routing.carton import Carton
from routing.carton_sets import CartonSets, make_carton_sets
from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, ItemId, LocationId, ServiceCode
from routing.item import InventoryItem
from routing.location import StockLocation
from routing.location_facts import LocationFacts, make_facts
from routing.memo import Memo
from routing.offers import Offers, make_offers
from routing.promise.schedules import LocationSchedules
from routing.rating.card_book import CardBook
from routing.rating.exchange import ExchangeTable
from routing.rating.transit import TransitTable
from routing.rating.zone_place import ZoneOrigins, ZonePlace
from routing.rating.zone_resolver import ZoneResolver

MAX_KIT_DEPTH = 4
_MEMO_BYTES = 64 << 20
"""One sheet of lanes takes 30 to 50 bytes per lane, and 100 per location for prices where there
are few lanes: at 100 locations with two services those of every three-digit ZIP area fit, at 1,000
about 500 of them. Beside them are distances, 8 bytes per location, and what usual orders to one
place share, 8 bytes per location and lane and 4,000 for the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Everything that changes slowly; build it with `make_network`.

    Attributes
    ----------
    locations
        By (rank, id): the order in which ties are broken.
    origins
        The same locations as arrays, for rate zones and distances.
    schedules
        When they ship.
    facts
        Their other attributes as arrays.
    offers
        What they can ship with.
    items, item_id_by_sku
        Items and kits by id, and ids by SKU.
    cards
        Rate cards.
    zone_resolvers
        By zone scheme.
    transit
        By (carrier, service).
    exchange
        The currency that costs are compared in, with exchange rates; ``None``: everything
        is in one currency.
    listed_cards
        The rate cards in the currencies they are published in; `cards` are all in one.
    carton_sets
        Cartons, and which location has which; no cartons: things are sent as they are.
    version
        Grows with every change that a server accepts.
    memo
        Remembers what follows from everything here but the items and the version.
    """

    locations: tuple[StockLocation, ...]
    origins: ZoneOrigins
    schedules: LocationSchedules
    facts: LocationFacts
    offers: Offers
    location_index: Mapping[LocationId, int]
    items: Mapping[ItemId, InventoryItem]
    item_id_by_sku: Mapping[str, ItemId]
    cards: CardBook
    zone_resolvers: Mapping[str, ZoneResolver]
    transit: Mapping[tuple[CarrierCode, ServiceCode], TransitTable]
    carton_sets: CartonSets
    listed_cards: CardBook
    exchange: ExchangeTable | None = None
    version: int = 0
    memo: Memo[Any] = field(default_factory=lambda: Memo(_MEMO_BYTES), repr=False)

    @property
    def hubs(self) -> tuple[int, ...]:
        """Indices of the locations that merge what comes from others."""
        return self.facts.hubs

    def item(self, item_id: ItemId) -> InventoryItem | None:
        """Return an item or kit, or ``None``."""
        return self.items.get(item_id)

    def with_locations(self, locations: Iterable[StockLocation]) -> Network:
        """Return the network with other locations and everything else the same."""
        ordered, index = _ordered(locations)
        return replace(
            self,
            locations=ordered,
            location_index=index,
            origins=ZoneOrigins.of([_place(each) for each in ordered]),
            schedules=_schedules(ordered),
            facts=make_facts(ordered, self.exchange),
            offers=make_offers(ordered, self.cards),
            carton_sets=make_carton_sets(self.carton_sets.cartons, ordered),
            memo=Memo(_MEMO_BYTES),
        )

    def with_exchange(self, exchange: ExchangeTable | None) -> Network:
        """Return the network with other exchange rates and everything else the same.

        Raises
        ------
        InvalidInputError
            With every card and location in a currency without a rate.
        """
        cards = _in_one_currency(self.listed_cards, exchange)
        return replace(
            self,
            exchange=exchange,
            cards=cards,
            facts=make_facts(self.locations, exchange),
            memo=Memo(_MEMO_BYTES),
        )

    def with_cartons(self, cartons: Iterable[Carton]) -> Network:
        """Return the network with these cartons and everything else the same.

        Raises
        ------
        InvalidInputError
            If cartons repeat, or a location names one that is not among them.
        """
        return replace(
            self,
            carton_sets=make_carton_sets(cartons, self.locations),
            memo=Memo(_MEMO_BYTES),
        )

    def with_items(self, items: Iterable[InventoryItem]) -> Network:
        """Return the network with items added or replaced.

        Raises
        ------
        InvalidInputError
            If SKUs repeat or kits are circular, too deep or incomplete.
        """
        merged = dict(self.items) | {item.id: item for item in items}
        _check_items(merged)
        return replace(
            self, items=MappingProxyType(merged), item_id_by_sku=_by_sku(merged.values())
        )


def make_network(
    locations: Iterable[StockLocation],
    items: Iterable[InventoryItem],
    cards: CardBook,
    zone_resolvers: Mapping[str, ZoneResolver],
    transit: Iterable[TransitTable],
    version: int = 0,
    cartons: Iterable[Carton] = (),
    exchange: ExchangeTable | None = None,
) -> Network:
    """Put a network together and check what its parts say of each other.

    Raises
    ------
    InvalidInputError
        With every repeated id or SKU, unknown or circular kit component, rate
        card without a zone scheme, carrier service nobody has a card for, and unknown
        carton of a location, and currency without an exchange rate.
    """
    location_list = list(locations)
    item_list = list(items)
    by_id = {item.id: item for item in item_list}
    problems = _repeated("locations", [location.id for location in location_list])
    problems += _repeated("items", [item.id for item in item_list])
    problems += [
        Violation(
            f"rate_cards[{card.id}].zone_scheme",
            f"is {card.zone_scheme!r}; known are {', '.join(sorted(zone_resolvers)) or 'none'}",
        )
        for card in cards.cards
        if card.zone_scheme not in zone_resolvers
    ]
    raise_if_any(problems)
    _check_items(by_id)
    ordered, index = _ordered(location_list)
    listed, cards = cards, _in_one_currency(cards, exchange)
    return Network(
        locations=ordered,
        origins=ZoneOrigins.of([_place(each) for each in ordered]),
        schedules=_schedules(ordered),
        facts=make_facts(ordered, exchange),
        offers=make_offers(ordered, cards),
        location_index=index,
        items=MappingProxyType(by_id),
        item_id_by_sku=_by_sku(item_list),
        cards=cards,
        zone_resolvers=MappingProxyType(dict(zone_resolvers)),
        transit=MappingProxyType({(table.carrier, table.service): table for table in transit}),
        carton_sets=make_carton_sets(cartons, ordered),
        listed_cards=listed,
        exchange=exchange,
        version=version,
    )


def _in_one_currency(cards: CardBook, exchange: ExchangeTable | None) -> CardBook:
    if exchange is None:
        return cards
    raise_if_any(
        [
            Violation(
                f"rate_cards[{card.id}].currency",
                f"is {card.currency}, and there is no rate to {exchange.currency}; put one",
            )
            for card in cards.cards
            if not exchange.knows(card.currency)
        ]
    )
    return CardBook(tuple(exchange.convert_card(card) for card in cards.cards))


def _ordered(
    locations: Iterable[StockLocation],
) -> tuple[tuple[StockLocation, ...], Mapping[LocationId, int]]:
    ordered = tuple(sorted(locations, key=lambda location: (location.rank, location.id)))
    index = {location.id: number for number, location in enumerate(ordered)}
    return ordered, MappingProxyType(index)


def _schedules(ordered: Sequence[StockLocation]) -> LocationSchedules:
    return LocationSchedules(
        [location.calendar for location in ordered],
        [location.tz for location in ordered],
        [location.downtimes for location in ordered],
    )


def _place(location: StockLocation) -> ZonePlace:
    return ZonePlace(location.country or "", location.postal_code, location.coordinates)


def _repeated(path: str, ids: Sequence[str]) -> list[Violation]:
    seen: set[str] = set()
    problems = []
    for number, each in enumerate(ids):
        if each in seen:
            problems.append(Violation(f"{path}[{number}].id", f"{each!r} appears twice; keep one"))
        seen.add(each)
    return problems


def _by_sku(items: Iterable[InventoryItem]) -> Mapping[str, ItemId]:
    return MappingProxyType({item.sku: item.id for item in items if item.sku is not None})


def _check_items(items: Mapping[ItemId, InventoryItem]) -> None:
    problems = []
    owner: dict[str, ItemId] = {}
    for item in items.values():
        if item.sku is not None and owner.setdefault(item.sku, item.id) != item.id:
            problems.append(
                Violation(
                    f"items[{item.id}].sku",
                    f"{item.sku!r} also names {owner[item.sku]!r}; a SKU names one item",
                )
            )
        for number, component in enumerate(item.components):
            if component.item_id not in items:
                problems.append(
                    Violation(
                        f"items[{item.id}].components[{number}]",
                        f"item {component.item_id!r} is unknown; put it first",
                    )
                )
    problems += [problem for item in items.values() for problem in _depth_problems(item, items)]
    raise_if_any(problems)


def _depth_problems(item: InventoryItem, items: Mapping[ItemId, InventoryItem]) -> list[Violation]:
    level = [component.item_id for component in item.components]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_KIT_DEPTH:
            return [
                Violation(
                    f"items[{item.id}].components",
                    f"nest deeper than {MAX_KIT_DEPTH} or contain themselves; flatten the kit",
                )
            ]
        level = sorted(
            {c.item_id for each in set(level) if each in items for c in items[each].components}
        )
    return []
