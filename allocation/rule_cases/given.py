"""What a case gives, as the engine wants it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from allocation.engine_api import PlanningRequest
from allocation.rule_cases.given_schema import CaseItem, CaseLocation, CaseNetwork, CaseOptions
from allocation.rule_cases.schema import Case
from routing.geo.postal import load_postal_index
from routing.ids import ItemId, LineId, LocationId, OrderId
from routing.item import BackorderPolicy, InventoryItem
from routing.location import HandlingCost, LocationKind, StockLocation
from routing.network import Network, make_network
from routing.order import Destination, Order, OrderLine, ServiceLevel
from routing.quantity import E6
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.load_zones import shipped_zone_bands
from routing.rating.zone_resolver import ZoneResolver
from routing.rules import RuleSet
from routing.rules.knobs import knobs_of
from routing.sourcing.policy import Overrides
from routing.sourcing.stock import InlineStockView

BUDGET_S = 2.0
UG_PER_G = 1_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """A case without its rule set.

    Attributes
    ----------
    now
        When the order comes and is decided.
    line_ids
        What expectations call the lines, in the order's sequence.
    """

    order: Order
    network: Network
    stock: InlineStockView
    overrides: Overrides
    now: datetime
    line_ids: tuple[str, ...]

    def under(
        self, rule_set: RuleSet, *, explain: bool = True, ask_about: Iterable[LocationId] = ()
    ) -> PlanningRequest:
        """Return what the engine is asked: what checkout would ask."""
        return PlanningRequest(
            request_id="",
            order=self.order,
            network=self.network,
            stock=self.stock,
            policy=rule_set.at(self.now, self.overrides),
            decision_time=self.now,
            budget_s=BUDGET_S,
            explain=explain,
            ask_about=tuple(ask_about),
        )


def given_by(case: Case, network: Network, now: datetime) -> Given:
    """Return what a case gives.

    Parameters
    ----------
    now
        Of the file, for cases without a time of their own.
    """
    moment = case.now or now
    order = case.order
    place = load_postal_index().lookup(order.country, order.postal_code)
    lines = tuple(
        OrderLine(
            id=LineId(line.id or line.item),
            quantity_e6=line.units * E6,
            item_id=ItemId(line.item),
            unit_price_minor=line.unit_price_minor,
            tags=frozenset(line.tags),
            group=line.group,
            pickup_location_id=None
            if line.pickup_location is None
            else LocationId(line.pickup_location),
        )
        for line in order.lines
    )
    return Given(
        order=Order(
            id=OrderId(case.name),
            placed_time=moment,
            destination=Destination(
                country=order.country,
                postal_code=order.postal_code,
                coordinates=None if place is None else place.coordinates,
                residential=order.residential,
            ),
            lines=lines,
            channel=order.channel,
            tags=frozenset(order.tags),
            service_level=ServiceLevel(order.service_level),
            deliver_by=order.deliver_by,
        ),
        network=network,
        stock=InlineStockView(
            {
                ItemId(item): {LocationId(at): units for at, units in levels.items()}
                for item, levels in case.stock.items()
            }
        ),
        overrides=_overrides(case.options),
        now=moment,
        line_ids=tuple(line.id for line in lines),
    )


def network_of(given: CaseNetwork) -> Network:
    """Return the network of a cases file, with the example rate cards.

    Raises
    ------
    routing.errors.InvalidInputError
        When ids or SKUs repeat.
    """
    cards, resolvers = _rates()
    return make_network(
        [_location(each) for each in given.locations],
        [_item(each) for each in given.items],
        cards,
        resolvers,
        shipped_transit(),
    )


@cache
def _rates() -> tuple[CardBook, dict[str, ZoneResolver]]:
    bands = shipped_zone_bands()
    return CardBook(shipped_cards()), {name: ZoneResolver(each) for name, each in bands.items()}


def _location(given: CaseLocation) -> StockLocation:
    place = load_postal_index().lookup(given.country, given.postal_code)
    return StockLocation(
        id=LocationId(given.id),
        name=given.id,
        kind=LocationKind(given.kind),
        country=given.country,
        postal_code=given.postal_code,
        region=given.region,
        coordinates=None if place is None else place.coordinates,
        tz="UTC" if place is None or place.tz is None else place.tz,
        tags=frozenset(given.tags),
        channels=frozenset(given.channels),
        markets=frozenset(given.markets),
        rank=given.rank,
        pickup=given.pickup,
        handling=HandlingCost(
            per_shipment_minor=given.per_shipment_minor,
            per_line_minor=given.per_line_minor,
            per_unit_minor=given.per_unit_minor,
        ),
    )


def _item(given: CaseItem) -> InventoryItem:
    return InventoryItem(
        id=ItemId(given.id),
        sku=given.sku,
        weight_ug=given.weight_g * UG_PER_G,
        tags=frozenset(given.tags),
        unit_value_minor=given.unit_value_minor,
        ship_alone=given.ship_alone,
        backorder_policy=BackorderPolicy(given.backorder),
    )


def _overrides(given: CaseOptions) -> Overrides:
    return Overrides(
        **{name: value for name, _, value in knobs_of(given.cost, given.split)},
        allowed_location_ids=frozenset(map(LocationId, given.allowed_locations)),
        excluded_location_ids=frozenset(map(LocationId, given.excluded_locations)),
    )
