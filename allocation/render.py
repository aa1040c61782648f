"""From a solution's numbers to a plan's shipments, parcels, costs and reservations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from allocation.chosen import chosen_lines
from allocation.cost_breakdown import CostBreakdown
from allocation.optimize.solution import Allocation, Shipment, Solution
from allocation.plan import (
    LinePart,
    PlanLine,
    PlannedShipment,
    Proof,
    Reservation,
    ShipmentKind,
    TierProof,
    TransferLeg,
)
from allocation.render_parcels import ParcelRenderer
from allocation.reserve import make_reservations
from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.network import Network
from routing.offers import LEVELS
from routing.order import Order, ServiceLevel
from routing.promise.promise import NEVER, NEVER_S
from routing.rating.transit import BASES, NO_BASIS, UNKNOWN_PERCENT, TransitBasis
from routing.sourcing.build import Sourcing
from routing.sourcing.feeds import Leg
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.tier import Tier


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders answers to one sourcing problem."""

    order: Order
    network: Network
    sourcing: Sourcing

    @property
    def _parcels(self) -> ParcelRenderer:
        return ParcelRenderer(self.order, self.network, self.sourcing)

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

    def proof(self, solution: Solution, tiers: tuple[Tier, ...] | None = None) -> Proof:
        """Return the solution's proof in the contract's terms.

        Parameters
        ----------
        tiers
            What it is the best of, where that is not what the order's problem asks for.
        """
        tiers = self.sourcing.problem.tiers if tiers is None else tiers
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
            for line, increments in shipment.quantities:
                place = self.sourcing.origin(shipment.lane, line)
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
        facts, lane = self.sourcing.facts, shipment.lane
        place = int(facts.location[lane])
        parcels = self._parcels.of(shipment)
        cost = CostBreakdown()
        for parcel in parcels:
            cost += parcel.cost.times(parcel.count)
        distance_m = int(self.sourcing.problem.lanes.distance_m[lane])
        store = self.sourcing.store(lane)
        return PlannedShipment(
            number=number,
            location_id=self.network.locations[place].id,
            rate_zone=int(facts.zone[lane]),
            parcels=parcels,
            ship_date=_day(int(facts.ship[lane])) if self.sourcing.is_dated(lane) else None,
            earliest_delivery_date=_day(int(facts.earliest[lane])),
            latest_delivery_date=_day(int(facts.latest[lane])),
            distance_m=None if distance_m >= UNKNOWN_DISTANCE_M else distance_m,
            cost=cost + self._charges(shipment),
            cutoff_time=_time(int(facts.cutoff_s[lane])),
            **(self._carried(place, lane) if store is None else self._collected(place, store)),
        )

    def _collected(self, place: int, store: int) -> dict[str, Any]:
        """Return what is said of a shipment that no carrier comes for."""
        return {
            "carrier": CarrierCode(""),
            "service": ServiceCode(""),
            "service_level": ServiceLevel.PICKUP,
            "rate_card_id": RateCardId(""),
            "rate_card_effective_from": None,
            "kind": ShipmentKind.PICKUP if place == store else ShipmentKind.TRANSFER,
            "to_location_id": self.network.locations[store].id,
        }

    def _carried(self, place: int, lane: int) -> dict[str, Any]:
        """Return what is said of a shipment's carrier, and what was merged for it."""
        facts, offer = self.sourcing.facts, int(self.sourcing.facts.offer[lane])
        card = facts.cards[int(facts.card[lane])]
        carrier, service = self.network.offers.services[offer]
        feed = self.sourcing.feed(lane)
        return {
            "carrier": carrier,
            "service": service,
            "service_level": LEVELS[int(self.network.offers.level[offer, place])],
            "rate_card_id": card.id,
            "rate_card_effective_from": card.effective_from,
            "rate_card_source": card.source,
            "transit_basis": _basis(facts, lane),
            "on_time_percent": _percent(int(facts.on_time_percent[lane])),
            "legs": () if feed is None else tuple(map(self._leg, feed.legs)),
        }

    def _leg(self, leg: Leg) -> TransferLeg:
        origin = self.network.locations[leg.origin].id
        return TransferLeg(origin, leg.ship_date, leg.arrival_date, leg.cost_minor)

    def _charges(self, shipment: Shipment) -> CostBreakdown:
        terms = (
            (each.name, each.amount_minor(shipment.lane, shipment.quantities))
            for each in self.sourcing.charges
        )
        return CostBreakdown(tuple(term for term in terms if term[1]))


def _basis(facts: LaneFacts, lane: int) -> TransitBasis | None:
    basis = int(facts.basis[lane])
    return None if basis == NO_BASIS or _day(int(facts.latest[lane])) is None else BASES[basis]


def _percent(percent: int) -> int | None:
    return None if percent == UNKNOWN_PERCENT else percent


def _day(ordinal: int) -> date | None:
    return None if ordinal >= NEVER else date.fromordinal(ordinal)


def _time(unix_s: int) -> datetime | None:
    return None if unix_s >= NEVER_S else datetime.fromtimestamp(unix_s, tz=UTC)
