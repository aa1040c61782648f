"""The short texts that every form of output shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from allocation.cli.money_text import amount_of, amount_text, date_text, money_text, quantity_text
from allocation.v1 import shipment_pb2
from allocation.v1.cost_pb2 import CostBreakdown
from allocation.v1.plan_pb2 import Plan
from allocation.v1.proof_pb2 import Proof, ProofStatus, SolveLimit
from allocation.v1.shipment_pb2 import Shipment
from allocation.v1.unfilled_pb2 import UnfilledLine, UnfilledReason
from routing.v1.order_pb2 import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Words:
    """What an order's lines and the locations are called.

    Attributes
    ----------
    wanted
        By line id: the SKU or item asked for.
    locations
        By location id: the name for people; an id that is missing stands for itself.
    """

    wanted: Mapping[str, str]
    locations: Mapping[str, str]

    @classmethod
    def of(cls, order: Order, locations: Mapping[str, str]) -> Words:
        """Return the words for one order."""
        return cls({line.id: _wanted(line) for line in order.lines}, locations)

    def location(self, location_id: str) -> str:
        """Return what people call a location."""
        return self.locations.get(location_id, location_id)

    def line(self, line_id: str, quantity: str) -> str:
        """Return ``LINE-2 (4 x SKU-88)``, or ``LINE-2 (4)`` where nobody knows what it asks for."""
        wanted = self.wanted.get(line_id)
        return f"{line_id} ({quantity} x {wanted})" if wanted else f"{line_id} ({quantity})"

    def contents(self, plan: Plan, shipment: Shipment) -> str:
        """Return the lines, or parts of lines, that a shipment carries."""
        return " and ".join(
            self.line(line.line_id, quantity_text(part.quantity))
            for line in plan.lines
            for part in line.parts
            if part.shipment_number == shipment.number
        )


def _wanted(line: OrderLine) -> str:
    parts = "+".join(component.inventory_item_id for component in line.components)
    return line.sku or line.inventory_item_id or parts


def cost_by_kind(cost: CostBreakdown) -> Mapping[str, Decimal]:
    """Return the terms of a cost added up by what comes before the colon, zeros left out."""
    kinds: dict[str, Decimal] = {}
    for term in cost.terms:
        kind = term.name.partition(":")[0]
        kinds[kind] = kinds.get(kind, Decimal(0)) + amount_of(term.amount)
    return {kind: amount for kind, amount in kinds.items() if amount}


def cost_words(cost: CostBreakdown) -> str:
    """Return ``7.10 = postage 5.60 + handling 1.50``."""
    currency = cost.total.currency_code
    terms = [
        f"{'- ' if amount < 0 else '+ '}{kind} {amount_text(abs(amount), currency)}"
        for kind, amount in cost_by_kind(cost).items()
    ]
    return f"{money_text(cost.total)} = {' '.join(terms).removeprefix('+ ')}".removesuffix(" = ")


def carrier_words(shipment: Shipment) -> str:
    """Return ``usps ground-advantage, zone 4, 2 parcels``, or where it is collected."""
    service = shipment.carrier_service
    if shipment.kind == shipment_pb2.SHIPMENT_KIND_PICKUP:
        return "collected there"
    if shipment.kind == shipment_pb2.SHIPMENT_KIND_TRANSFER:
        return f"transfer, collected at {shipment.to_location_id}"
    parcels = sum(max(1, parcel.count) for parcel in shipment.parcels)
    count = f"{parcels} parcel{'' if parcels == 1 else 's'}"
    merged = ", ".join(leg.from_location_id for leg in shipment.legs)
    told = f", merged with {merged}" if merged else ""
    return f"{service.carrier} {service.service}, zone {shipment.rate_zone}, {count}{told}"


def distance_words(shipment: Shipment) -> str:
    """Return ``812 km``, or that the distance is not known."""
    if not shipment.HasField("distance_m"):
        return "distance unknown"
    return f"{(shipment.distance_m + 500) // 1000} km"


def delivery_words(shipment: Shipment) -> str:
    """Return the range of delivery dates."""
    if not shipment.HasField("latest_delivery_date"):
        return "nobody knows when"
    first = date_text(shipment.earliest_delivery_date)
    last = date_text(shipment.latest_delivery_date)
    return last if first == last else f"{first} to {last}"


def proof_words(proof: Proof) -> str:
    """Return what is proven about the cost, in one sentence."""
    solver = f" ({proof.solver})" if proof.solver else ""
    if proof.status == ProofStatus.PROOF_STATUS_OPTIMAL:
        return f"proven: {_proven_words(proof)}{solver}"
    limit = SolveLimit.Name(proof.limit).removeprefix("SOLVE_LIMIT_").lower()
    stopped = "" if proof.limit == SolveLimit.SOLVE_LIMIT_UNSPECIFIED else f"; limited by {limit}"
    return (
        f"not proven: at most {money_text(proof.gap)} ({proof.gap_ppm / 10_000:.2f} %) "
        f"above the cheapest allowed plan{solver}{stopped}"
    )


_FILLING = "unfilled"
_COST = "cost"


def _proven_words(proof: Proof) -> str:
    """Say what nothing beats: the cost, or first the objectives that come before it."""
    names = [tier.name for tier in proof.tiers if tier.name != _FILLING]
    before = names[: names.index(_COST)] if _COST in names else names
    if not before:
        return "no allowed plan costs less"
    return f"no allowed plan is better by {', then '.join([*before, _COST])}"


def unfilled_words(unfilled: UnfilledLine, words: Words) -> str:
    """Return what is left out, why, and what it would take."""
    reason = UnfilledReason.Name(unfilled.reason).removeprefix("UNFILLED_REASON_").lower()
    line = words.line(unfilled.line_id, quantity_text(unfilled.quantity))
    detail = unfilled.detail or f"unfilled, {reason.replace('_', ' ')}"
    return f"{line}: {detail}{_joined('; it would take: ', unfilled.remedies)}"


def _joined(head: str, texts: Iterable[str]) -> str:
    text = "; ".join(texts)
    return f"{head}{text}" if text else ""
