"""Orders so large that their sums would leave 64 bits are refused, never reckoned wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final

from allocation.server.codec.findings import Findings
from allocation.server.codec.kits import Parts, parts_of
from routing.ids import ItemId
from routing.item import InventoryItem
from routing.network import Network
from routing.order import Order, OrderLine
from routing.quantity import E6
from routing.rating.card_book import CardBook
from routing.rating.surcharge import BASIS_POINTS, SurchargeKind
from routing.rules import RuleSet
from routing.rules.deciding import RulesAtTime
from routing.sourcing.charges import parcel_minor
from routing.sourcing.objectives import FARTHEST_KM
from routing.sourcing.policy import NOTHING_OVERRIDDEN, Policy
from routing.sourcing.wait_days import MOST_WAIT_DAYS

MOST_PIECES: Final = 10**13
MOST_WEIGHT_UG: Final = 10**18
MOST_VOLUME_NL: Final = 10**18
MOST_COST_MINOR: Final = 10**17
MOST_LATE_DAYS: Final = 10**5


@dataclass(slots=True)
class OrderSize:
    """Sums over an order, exact.

    Attributes
    ----------
    pieces
        Increments that go into parcels, kits counted by their parts.
    weight_ug, volume_nl
        Of everything.
    value_minor
        What the shopper pays, or the items are worth.
    """

    pieces: int = 0
    weight_ug: int = 0
    volume_nl: int = 0
    value_minor: int = 0


def check_order_size(
    order: Order,
    network: Network,
    rules: RulesAtTime,
    dearest_parcel_minor: int,
    findings: Findings,
) -> None:
    """Refuse an order whose sums could leave 64 bits.

    Parameters
    ----------
    order
        Decoded without problems; items that are unknown are passed over.
    dearest_parcel_minor
        No parcel costs more; see `dearest_parcel`.
    """
    size = size_of(order, network)
    per_piece = dearest_parcel_minor + _dearest_at_places(network) + _most_minor(rules)
    if (
        size.pieces * max(1, per_piece) <= min(MOST_PIECES, MOST_COST_MINOR)
        and size.weight_ug <= MOST_WEIGHT_UG
        and size.volume_nl <= MOST_VOLUME_NL
        and size.value_minor <= MOST_COST_MINOR
    ):
        return
    for value, most, what in (
        (size.pieces, MOST_PIECES, "pieces"),
        (size.weight_ug, MOST_WEIGHT_UG, "micrograms"),
        (size.volume_nl, MOST_VOLUME_NL, "nanolitres"),
        (size.value_minor, MOST_COST_MINOR, "minor units of value"),
        (size.pieces * per_piece, MOST_COST_MINOR, "minor units of possible cost"),
    ):
        if value > most:
            findings.refuse(
                "order.lines",
                f"come to {value} {what}; an order may come to {most}: split it, or lower the "
                "quantities, prices or penalties",
            )


def _dearest_at_places(network: Network) -> int:
    """Return what cartons and locations add to a piece at most; remembered."""
    known: int | None = network.memo.get("dearest_at_places")
    if known is None:
        facts = network.facts
        known = _dearest_carton(network) + sum(
            int(handling.max(initial=0))
            for handling in (
                facts.per_shipment_minor,
                facts.per_line_minor,
                facts.per_unit_minor,
                parcel_minor(facts),
                facts.labour_shipment_minor,
                facts.labour_line_minor,
                facts.labour_unit_minor,
            )
        )
        network.memo.put("dearest_at_places", known, 0)
    return known


def _dearest_carton(network: Network) -> int:
    return max(
        (each.cost_minor + each.void_fill_minor(0) for each in network.carton_sets.cartons),
        default=0,
    )


def _most_minor(rules: RulesAtTime) -> int:
    """Return what penalties and rules add to a piece at most."""
    if rules.overrides is NOTHING_OVERRIDDEN:
        return _most_of_rule_set(rules.rule_set)
    return _most_of(rules.policies(), rules.rule_set)


@lru_cache(maxsize=64)
def _most_of_rule_set(rule_set: RuleSet) -> int:
    return _most_of(rule_set.policies(), rule_set)


def _most_of(policies: Sequence[Policy], rule_set: RuleSet) -> int:
    return (
        max(each.unfilled_unit_minor or 0 for each in policies)
        + max(each.extra_shipment_minor for each in policies)
        + max(each.late_day_minor or 0 for each in policies) * MOST_LATE_DAYS
        + max(each.backorder_unit_minor or 0 for each in policies)
        + max(each.substitute_unit_minor or 0 for each in policies)
        + max(each.backorder_wait_day_minor for each in policies) * MOST_WAIT_DAYS
        + max(each.distance_minor_per_100_km for each in policies) * FARTHEST_KM // 100
        + sum(abs(each.amount_minor) for each in rule_set.rules.priced)
    )


def size_of(order: Order, network: Network) -> OrderSize:
    """Return the sums over the lines that require shipping, every substitute on top."""
    size = OrderSize()
    memo: dict[ItemId, Parts] = {}
    for line in order.lines:
        if line.requires_shipping:
            _add_line(size, line, network, memo)
            for item_id in line.substitute_ids:
                _add_line(size, replace(line, item_id=item_id, components=()), network, memo)
    return size


def dearest_parcel(cards: CardBook) -> int:
    """Return an amount in minor units that no parcel exceeds, all surcharges included."""
    dearest = 0
    for card in cards.cards:
        steps = [step.price_minor for zone in card.rates for step in zone.steps]
        flats = [flat.price_minor for zone in card.rates for flat in zone.cartons]
        base = max(*steps, *flats, card.min_price_minor, 0)
        flat = sum(s.amount for s in card.surcharges if s.kind is SurchargeKind.FLAT)
        points = sum(s.amount for s in card.surcharges if s.kind is SurchargeKind.PERCENT)
        with_flats = base + flat
        dearest = max(dearest, with_flats - (-with_flats * points // BASIS_POINTS))
    return dearest


def _add_line(
    size: OrderSize, line: OrderLine, network: Network, memo: dict[ItemId, Parts]
) -> None:
    item = network.items.get(line.item_id) if line.item_id is not None else None
    units = -(-line.quantity_e6 // E6)
    price = line.unit_price_minor
    if item is not None and item.unit_value_minor is not None:
        price = max(price, item.unit_value_minor)
    size.value_minor += units * price
    if item is not None and not item.is_kit:
        _add_plain(size, line, item, units)
        return
    components = line.components if item is None else item.components
    weight_ug = line.weight_ug or (0 if item is None else item.weight_ug)
    for part_id, required in parts_of(components, network.items, memo).items():
        part = network.items.get(part_id)
        if part is not None:
            _add_part(size, part, units, required)
    size.weight_ug += units * weight_ug


def _add_plain(size: OrderSize, line: OrderLine, item: InventoryItem, units: int) -> None:
    size.pieces += line.quantity_e6 * item.increments_per_unit // E6
    size.weight_ug += units * (item.weight_ug if line.weight_ug is None else line.weight_ug)
    if item.dimensions is not None:
        size.volume_nl += units * item.dimensions.volume_nl


def _add_part(size: OrderSize, part: InventoryItem, units: int, required: Fraction) -> None:
    each = -(-required.numerator // required.denominator)
    size.pieces += units * int(required * part.increments_per_unit)
    size.weight_ug += units * each * part.weight_ug
    if part.dimensions is not None:
        size.volume_nl += units * each * part.dimensions.volume_nl
