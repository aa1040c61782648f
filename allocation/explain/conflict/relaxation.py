"""A request without some of the obstacles that its lines meet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocation.engine_api import PlanningRequest
from allocation.obstacle import ObstacleKind
from routing.ids import ItemId, LineId, LocationId, LotId
from routing.item import ItemTracking
from routing.location_facts import UNLIMITED, LocationFacts
from routing.network import Network
from routing.order import Order
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import NamedRule, Ruling
from routing.sourcing.stock import LotStock, StockDetail, StockDetails, StockView

KNOBS: Mapping[ObstacleKind, Mapping[str, Any]] = {
    ObstacleKind.MAX_SHIPMENTS: {"max_shipments": None},
    ObstacleKind.WHOLE_LINES: {"line_split": True},
    ObstacleKind.SHIP_COMPLETE: {"ship_complete": False},
    ObstacleKind.LEAST_SHIPMENT: {"min_shipment_minor": 0, "min_shipment_units": 0},
    ObstacleKind.REQUESTED_LOCATIONS: {
        "allowed_location_ids": frozenset(),
        "excluded_location_ids": frozenset(),
    },
}
"""What taking an obstacle away does to the knobs of a policy."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One obstacle to take away.

    Attributes
    ----------
    name
        Of the rule or the item; empty for the other kinds.
    """

    kind: ObstacleKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Where facts about locations and stock are otherwise.

    Attributes
    ----------
    places
        bool ``[all locations]``.
    line_ids
        Lines that obstacles of lines are taken away from.
    extra
        Increments of each item to add.
    """

    places: NDArray[np.bool_]
    line_ids: frozenset[LineId]
    extra: Mapping[ItemId, int]


def relaxed(
    request: PlanningRequest, without: Collection[Relaxation], where: Where
) -> PlanningRequest:
    """Return the request as it would be without some obstacles."""
    kinds = {each.kind for each in without}
    rules = {each.name for each in without if each.kind is ObstacleKind.RULE}
    items = {ItemId(each.name) for each in without if each.kind is ObstacleKind.STOCK}
    changes = {key: value for kind in kinds for key, value in KNOBS.get(kind, {}).items()}
    return replace(
        request,
        order=_order(request.order, kinds, where),
        network=_network(request.network, kinds, where, request.order.channel),
        stock=_stock(request, items, where),
        policy=RelaxedPolicy(request.policy.without(rules), changes),
    )


@dataclass(frozen=True, slots=True)
class RelaxedPolicy:
    """A policy with some knobs turned, whatever the order: a `PolicySource`."""

    source: PolicySource
    changes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """See `PolicySource.name`."""
        return self.source.name

    def decide(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[Policy, Ruling]:
        """See `PolicySource.decide`."""
        policy, ruling = self.source.decide(order, lines, network)
        # Without a price for what stays unfilled, filling comes first.
        return replace(policy, unfilled_unit_minor=None, **self.changes), ruling

    def restrictions(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[NamedRule, ...]:
        """See `PolicySource.restrictions`."""
        return self.source.restrictions(order, lines, network)

    def without(self, names: Collection[str]) -> RelaxedPolicy:
        """See `PolicySource.without`."""
        return replace(self, source=self.source.without(names))


@dataclass(frozen=True, slots=True)
class MoreStock:
    """A picture of stock with more of some items at some locations: a `StockView`."""

    base: StockView
    extra: Mapping[ItemId, int]
    places: frozenset[LocationId]
    tracking: Mapping[ItemId, ItemTracking]
    version: int = 0

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """See `StockView.matrix`."""
        available, stocked = self.base.matrix(item_ids, location_ids)
        here = np.array([each in self.places for each in location_ids], dtype=np.bool_)
        for row, item_id in enumerate(item_ids):
            if item_id in self.extra:
                available[row, here] += self.extra[item_id]
                stocked[row, here] = True
        return available, stocked

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """See `StockView.details`: what is added of a tracked item is a fresh lot, or serials."""
        found = {item: dict(places) for item, places in self.base.details(item_ids).items()}
        for item in self.extra.keys() & frozenset(item_ids):
            row = found.setdefault(item, {})
            for place in self.places:
                row[place] = _more(row.get(place, StockDetail()), self.tracking, item, self.extra)
        return found


def _more(
    detail: StockDetail,
    tracking: Mapping[ItemId, ItemTracking],
    item: ItemId,
    extra: Mapping[ItemId, int],
) -> StockDetail:
    if tracking[item] is ItemTracking.LOT:
        return replace(detail, lots=(*detail.lots, LotStock(LotId("(more)"), extra[item])))
    if tracking[item] is ItemTracking.SERIAL:
        fresh = tuple(f"(more {number})" for number in range(extra[item]))
        return replace(detail, serials=(*detail.serials, *fresh))
    return detail


def _order(order: Order, kinds: Collection[ObstacleKind], where: Where) -> Order:
    lines = order.lines
    nobody: frozenset[LocationId] = frozenset()
    if ObstacleKind.REQUESTED_LOCATIONS in kinds:
        lines = tuple(
            replace(each, allowed_location_ids=nobody, excluded_location_ids=nobody)
            if each.id in where.line_ids
            else each
            for each in lines
        )
    if ObstacleKind.GROUP in kinds:
        lines = tuple(
            replace(each, group=None) if each.id in where.line_ids else each for each in lines
        )
    deliver_by = None if ObstacleKind.DELIVER_BY in kinds else order.deliver_by
    return replace(order, lines=lines, deliver_by=deliver_by)


def _network(
    network: Network, kinds: Collection[ObstacleKind], where: Where, channel: str | None
) -> Network:
    facts: LocationFacts = network.facts
    here = where.places
    if ObstacleKind.NOT_OPEN in kinds:
        facts = replace(facts, open=facts.open | here)
    if ObstacleKind.CHANNEL in kinds:
        facts = replace(facts, served_channels={channel: facts.serves(channel) | here})
    if ObstacleKind.CAPACITY in kinds:
        facts = replace(
            facts,
            capacity_orders=np.where(here, UNLIMITED, facts.capacity_orders),
            capacity_lines=np.where(here, UNLIMITED, facts.capacity_lines),
            capacity_units=np.where(here, UNLIMITED, facts.capacity_units),
        )
    return network if facts is network.facts else replace(network, facts=facts)


def _stock(request: PlanningRequest, items: Collection[ItemId], where: Where) -> StockView:
    extra = {item: where.extra[item] for item in items if item in where.extra}
    if not extra:
        return request.stock
    places = frozenset(
        request.network.locations[place].id for place in np.flatnonzero(where.places).tolist()
    )
    tracking = {item: request.network.items[item].tracking for item in extra}
    return MoreStock(request.stock, extra, places, tracking, request.stock.version)
