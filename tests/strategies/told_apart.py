"""Orders over stock that is told apart: lots, supply to come, limits, several lines of an item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from routing.ids import ItemId, LocationId, LotId
from routing.item import BackorderPolicy, InventoryItem, ItemTracking, PickOrder
from routing.location import StockLocation
from routing.network import Network
from routing.order import Order
from routing.rules import parse_rule_set
from routing.sourcing.policy import Overrides, Policy, PolicySource
from routing.sourcing.stock import IncomingStock, InlineStockView, LotStock, StockDetail
from routing.transfer import TransferRoute
from tests.networks import E6, NOW, item, kit, line, location, network, order
from tests.strategies.draws import Draws, SeededDraws, chance, pick

_PLACES = ("newark", "dallas", "reno")
_SHOP = LocationId("newark")


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that is planned with."""

    order: Order
    network: Network
    stock: InlineStockView
    policy: PolicySource


_EXPIRY: Final = """
version: 1
expiry:
  - {name: old-first, steps: [{over_days: 4, unit_minor: 90}, {over_days: 9, unit_minor: 400}]}
"""
"""Prices that often send a lot from elsewhere."""


def random_case(seed: int, kind: str) -> Case:
    """Return the case of a seed.

    Parameters
    ----------
    kind
        ``"lots"``, ``"backorders"``, ``"kits"``, ``"ways"`` (collected, sent on and merged) or
        ``"mixed"``.
    """
    draws = SeededDraws(seed)
    items = [_item(draws, name, kind) for name in ("abcd" if kind == "ways" else "ab")]
    if kind in ("kits", "mixed"):
        items.append(kit("k", a=draws.integer(1, 2), b=1))
    places = [location(name) for name in _PLACES[: 3 if kind == "ways" else draws.integer(1, 3)]]
    if kind == "ways":
        places = [_with_ways(draws, each) for each in places]
    names = [str(each.id) for each in items]
    most = 2 if kind == "mixed" else 4
    lines = [
        line(number, pick(draws, names), draws.integer(1, most), **_line(draws, kind))
        for number in range(1, draws.integer(2, 4))
    ]
    deliver_by = NOW.date() + timedelta(days=12) if chance(draws, 20) else None
    knobs = Overrides(
        line_split=chance(draws, 50),
        extra_shipment_minor=pick(draws, (0, 300)),
        max_shipments=pick(draws, (None, None, 1, 2)),
        backorder_unit_minor=pick(draws, (None, 25)),
        backorder_wait_day_minor=pick(draws, (0, 40)),
        ship_complete=chance(draws, 10),
    )
    asked = replace(order(lines), deliver_by=deliver_by)
    stock = _stock(draws, items, places, kind)
    policy: PolicySource = knobs.over(Policy())
    if kind in ("lots", "mixed") and chance(draws, 40):
        policy = parse_rule_set(_EXPIRY, file_name="expiry.yaml").at(NOW, knobs)
    return Case(asked, network(items, places), stock, policy)


def _with_ways(draws: Draws, place: StockLocation) -> StockLocation:
    if place.id == _SHOP:
        return replace(place, pickup=True, merges=chance(draws, 80))
    costs = pick(draws, (0, 100, 600)), pick(draws, (0, 50))
    return replace(place, transfers=(TransferRoute(_SHOP, draws.integer(0, 3), *costs),))


def _item(draws: Draws, name: str, kind: str) -> InventoryItem:
    made = item(name, draws.integer(1, 9))
    if kind in ("lots", "mixed"):
        made = replace(
            made,
            tracking=ItemTracking.LOT,
            pick_order=pick(draws, tuple(PickOrder)),
            min_shelf_life_days=pick(draws, (0, 0, 2)),
        )
    if kind in ("backorders", "mixed"):
        made = replace(
            made,
            backorder_policy=pick(draws, (BackorderPolicy.ALLOW, BackorderPolicy.DENY)),
            backorder_limit_e6=pick(draws, (None, draws.integer(0, 5) * E6)),
            lead_time_days=pick(draws, (None, 15)),
            release_time=NOW + timedelta(days=9) if chance(draws, 10) else None,
        )
    return made


def _line(draws: Draws, kind: str) -> dict[str, object]:
    changes: dict[str, object] = {}
    if kind == "ways" and chance(draws, 25):
        changes["pickup_location_id"] = _SHOP
    if kind in ("lots", "mixed"):
        changes["min_shelf_life_days"] = pick(draws, (0, 0, 3, 6))
        if chance(draws, 20):
            changes["lot_ids"] = frozenset({LotId("lot-0"), LotId("lot-1")})
    if kind in ("backorders", "mixed") and chance(draws, 40):
        changes["backorder_policy"] = pick(draws, tuple(BackorderPolicy))
    return changes


def _stock(
    draws: Draws, items: list[InventoryItem], places: list[StockLocation], kind: str
) -> InlineStockView:
    levels: dict[ItemId, dict[LocationId, int]] = {}
    details: dict[ItemId, dict[LocationId, StockDetail]] = {}
    for each in items:
        if each.is_kit:
            continue
        for place in places:
            lots = _lots(draws) if each.tracking is ItemTracking.LOT else ()
            amount = sum(one.increments for one in lots) if lots else draws.integer(-2, 3)
            if kind == "ways":
                amount = draws.integer(1, 4) if chance(draws, 35) else 0
            supply = tuple(
                IncomingStock(draws.integer(1, 5), NOW + timedelta(days=draws.integer(-1, 12)))
                for _ in range(draws.integer(0, 1 + (kind == "backorders")))
            )
            levels.setdefault(each.id, {})[place.id] = amount
            details.setdefault(each.id, {})[place.id] = StockDetail(lots=lots, incoming=supply)
    return InlineStockView(levels, level_details=details)


def _lots(draws: Draws) -> tuple[LotStock, ...]:
    return tuple(
        LotStock(
            LotId(f"lot-{number}"),
            draws.integer(1, 4),
            NOW.date() + timedelta(days=draws.integer(2, 14)) if chance(draws, 80) else None,
            NOW.date() - timedelta(days=draws.integer(0, 9)),
        )
        for number in range(draws.integer(0, 3))
    )
