"""From a solution's numbers to a plan's shipments, parcels, costs and reservations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np

from allocation.chosen import chosen_lines
from allocation.optimize.solution import Allocation, Shipment, Solution
from allocation.plan import (
    CostBreakdown,
    LinePart,
    ParcelContent,
    PlanLine,
    PlannedParcel,
    PlannedShipment,
    Proof,
    Reservation,
    TierProof,
)
from allocation.reserve import make_reservations
from routing.carton import Carton
from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.network import Network
from routing.offers import LEVELS
from routing.order import Order
from routing.parcels.packing import NO_PACKAGING, PackedParcel
from routing.promise.promise import NEVER, NEVER_S
from routing.quantity import Quantity
from routing.rating.explain import BASE_TERM, CARTON_TERM, VOID_FILL_TERM, bill_parcel
from routing.rating.packaging import NO_CARTON
from routing.rating.zones import RateZone
from routing.sourcing.build import Sourcing
from routing.sourcing.rate_area import delivery_areas

_TERMS: Final = {
    BASE_TERM: "postage",
    CARTON_TERM: "packing:carton",
    VOID_FILL_TERM: "packing:void_fill",
}
"""Terms of a parcel's bill that are not surcharges, as the cost breakdown calls them."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders answers to one sourcing problem."""

    order: Order
    network: Network
    sourcing: Sourcing

    def shipments(self, allocation: Allocation) -> tuple[PlannedShipment, ...]:
        """Return the shipments of an allocation, numbered from 1 by location preference."""
        return tuple(
            self._shipment(number, shipment)
            for number, shipment in enumerate(allocation.shipments, start=1)
        )

    def cost(self, allocation: Allocation, shipments: tuple[PlannedShipment, ...]) -> CostBreakdown:
        """Return the landed cost by term: all shipments, then penalties."""
        total = CostBreakdown()
        for shipment in shipments:
            total += shipment.cost
        problem = self.sourcing.problem
        further = max(0, len(shipments) - 1) * problem.extra_shipment_minor
        unfilled = int(problem.unfilled_minor @ np.array(allocation.unfilled, dtype=np.int64))
        penalties = [("penalty:extra_shipment", further), ("penalty:unfilled", unfilled)]
        return total + CostBreakdown(tuple(term for term in penalties if term[1]))

    def lines(self, allocation: Allocation) -> tuple[PlanLine, ...]:
        """Return every line that requires shipping, in the order's own sequence."""
        parts = self._parts(allocation)
        chosen = chosen_lines(self.sourcing, allocation)
        return tuple(
            self._line(chosen[asked.id], parts) for asked in self.order.lines if asked.id in chosen
        )

    def _line(self, number: int, parts: list[list[LinePart]]) -> PlanLine:
        line = self.sourcing.lines[number]
        substitute = line.item_id if line.substitute_rank and parts[number] else None
        return PlanLine(line.id, line.quantity(line.demand), tuple(parts[number]), substitute)

    def reservations(self, allocation: Allocation) -> tuple[Reservation, ...]:
        """Return the rows that the backend writes, by line, part, item and portion."""
        return make_reservations(self.order, self.network, self.sourcing, allocation)

    def proof(self, solution: Solution) -> Proof:
        """Return the solution's proof in the contract's terms."""
        tiers = self.sourcing.problem.tiers
        return Proof(
            status=solution.status,
            objective_minor=solution.cost_minor,
            lower_bound_minor=solution.cost_bound_minor,
            rung=solution.rung,
            solver=solution.solver,
            limit=solution.limit,
            tiers=tuple(
                TierProof(tier.name, value, bound)
                for tier, value, bound in zip(tiers, solution.values, solution.bounds, strict=True)
            ),
        )

    def _parts(self, allocation: Allocation) -> list[list[LinePart]]:
        parts: list[list[LinePart]] = [[] for _ in self.sourcing.lines]
        waiting = {
            (pick.lane, pick.line) for pick in allocation.picks if self.sourcing.waits(pick.portion)
        }
        for number, shipment in enumerate(allocation.shipments, start=1):
            place = int(self.sourcing.facts.location[shipment.lane])
            for line, increments in shipment.quantities:
                parts[line].append(
                    LinePart(
                        self.network.locations[place].id,
                        self.sourcing.lines[line].quantity(increments),
                        number,
                        backordered=(shipment.lane, line) in waiting,
                    )
                )
        return parts

    def _shipment(self, number: int, shipment: Shipment) -> PlannedShipment:
        facts = self.sourcing.facts
        lane = shipment.lane
        place, offer = int(facts.location[lane]), int(facts.offer[lane])
        card = facts.cards[int(facts.card[lane])]
        carrier, service = self.network.offers.services[offer]
        parcels = tuple(self._parcel(lane, parcel) for parcel in shipment.parcels)
        cost = CostBreakdown()
        for parcel in parcels:
            cost += parcel.cost.times(parcel.count)
        distance_m = int(self.sourcing.distance_m[place])
        dated = self.sourcing.is_dated(lane)
        return PlannedShipment(
            number=number,
            location_id=self.network.locations[place].id,
            carrier=carrier,
            service=service,
            service_level=LEVELS[int(self.network.offers.level[offer, place])],
            rate_zone=int(facts.zone[lane]),
            rate_card_id=card.id,
            rate_card_effective_from=card.effective_from,
            parcels=parcels,
            ship_date=_day(int(facts.ship[lane])) if dated else None,
            earliest_delivery_date=_day(int(facts.earliest[lane])),
            latest_delivery_date=_day(int(facts.latest[lane])),
            distance_m=None if distance_m >= UNKNOWN_DISTANCE_M else distance_m,
            cost=cost + self._charges(shipment),
            cutoff_time=_time(int(facts.cutoff_s[lane])),
        )

    def _charges(self, shipment: Shipment) -> CostBreakdown:
        terms = (
            (each.name, each.amount_minor(shipment.lane, shipment.quantities))
            for each in self.sourcing.charges
        )
        return CostBreakdown(tuple(term for term in terms if term[1]))

    def _parcel(self, lane: int, parcel: PackedParcel) -> PlannedParcel:
        facts, pieces = self.sourcing.facts, self.sourcing.problem.pieces
        card = facts.cards[int(facts.card[lane])]
        carton = self._carton(lane, parcel)
        weight_ug = sum(int(pieces.weight_ug[piece]) * number for piece, number in parcel.pieces)
        volume_nl = sum(int(pieces.volume_nl[piece]) * number for piece, number in parcel.pieces)
        areas = dict(delivery_areas(self.network, self.order.destination))
        bill = bill_parcel(
            card,
            RateZone(int(facts.zone[lane])),
            date.fromordinal(int(facts.ship[lane])),
            residential=self.order.destination.residential,
            weight_ug=weight_ug,
            volume_nl=volume_nl,
            areas=areas.get(card.id, frozenset()),
            carton=carton,
            sides_um=self._sides_um(parcel),
        )
        if bill is None:
            raise ValueError(f"rate card {card.id} has no price for a parcel it was chosen for")
        named = [(_TERMS.get(name, f"surcharge:{name}"), amount) for name, amount in bill.terms]
        per_parcel = int(self.sourcing.problem.lanes.parcel_minor[lane])
        if per_parcel:
            named.append(("handling:parcel", per_parcel))
        return PlannedParcel(
            contents=tuple(self._content(piece, number) for piece, number in parcel.pieces),
            weight_ug=bill.gross_ug,
            # A parcel without weight is billed as the lightest there is.
            billable_weight_ug=bill.billable_ug if bill.billable_ug > 1 else 0,
            volume_nl=volume_nl if carton is None else carton.outer.volume_nl,
            cost=CostBreakdown(tuple(named)),
            count=parcel.count,
            carton_id=None if carton is None else carton.id,
        )

    def _carton(self, lane: int, parcel: PackedParcel) -> Carton | None:
        boxing = self.sourcing.problem.pieces.boxing
        if boxing is None or parcel.packaging == NO_PACKAGING:
            return None
        lanes = self.sourcing.problem.lanes
        packaging = lanes.tariffs[int(lanes.tariff[lane])].packagings[parcel.packaging]
        return None if packaging.carton == NO_CARTON else boxing.cartons[packaging.carton]

    def _sides_um(self, parcel: PackedParcel) -> tuple[tuple[int, int, int], ...]:
        boxing = self.sourcing.problem.pieces.boxing
        if boxing is None:
            return ()
        return tuple(boxing.solids[piece].sides_um for piece, _ in parcel.pieces)

    def _content(self, piece: int, number: int) -> ParcelContent:
        pieces = self.sourcing.problem.pieces
        line = self.sourcing.lines[int(pieces.line[piece])]
        item_index = int(pieces.item[piece])
        if item_index < 0:
            return ParcelContent(line.id, line.quantity(number))
        item = self.sourcing.items[item_index]
        return ParcelContent(line.id, Quantity(number, item.quantity_scale), item.id)


def _day(ordinal: int) -> date | None:
    return None if ordinal >= NEVER else date.fromordinal(ordinal)


def _time(unix_s: int) -> datetime | None:
    return None if unix_s >= NEVER_S else datetime.fromtimestamp(unix_s, tz=UTC)
