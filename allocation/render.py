"""From a solution's numbers to a plan's shipments, parcels, costs and reservations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from allocation.chosen import chosen_lines
from allocation.cost_breakdown import CostBreakdown, summed
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
from routing.ids import CarrierCode, LocationId, RateCardId, ServiceCode
from routing.network import Network
from routing.offers import LEVELS
from routing.order import Order, ServiceLevel
from routing.promise.promise import NEVER, NEVER_S
from routing.quick import quick
from routing.rating.transit import BASES, NO_BASIS, UNKNOWN_PERCENT, TransitBasis
from routing.sourcing.build import Sourcing
from routing.sourcing.feeds import Leg
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.tier import Tier


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of every shipment on a lane; see `PlannedShipment`."""

    location_id: LocationId
    rate_zone: int
    ship_date: date | None
    earliest: date | None
    latest: date | None
    cutoff_time: datetime | None
    carrier: CarrierCode
    service: ServiceCode
    service_level: ServiceLevel
    rate_card_id: RateCardId
    rate_card_effective_from: date | None
    kind: ShipmentKind = ShipmentKind.DELIVERY
    to_location_id: LocationId | None = None
    legs: tuple[TransferLeg, ...] = ()
    rate_card_source: str = ""
    transit_basis: TransitBasis | None = None
    on_time_percent: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders answers to one sourcing problem."""

    order: Order
    network: Network
    sourcing: Sourcing

    def shipments(self, allocation: Allocation) -> tuple[PlannedShipment, ...]:
        """Return the shipments of an allocation, numbered from 1 by location preference."""
        parcels = ParcelRenderer(self.order, self.network, self.sourcing)
        return tuple(
            [
                self._shipment(number, shipment, parcels)
                for number, shipment in enumerate(allocation.shipments, start=1)
            ]
        )

    def cost(self, allocation: Allocation, shipments: tuple[PlannedShipment, ...]) -> CostBreakdown:
        """Return the landed cost by term: all shipments, then penalties."""
        problem = self.sourcing.problem
        further = max(0, len(shipments) - 1) * problem.extra_shipment_minor
        unfilled = 0
        if any(allocation.unfilled):
            unfilled = int(problem.unfilled_minor @ np.array(allocation.unfilled, dtype=np.int64))
        if len(shipments) == 1 and not (further or unfilled):
            return shipments[0].cost
        penalties = [("penalty:extra_shipment", further), ("penalty:unfilled", unfilled)]
        return summed(
            *((shipment.cost.terms, 1) for shipment in shipments),
            ([term for term in penalties if term[1]], 1),
        )

    def lines(self, allocation: Allocation) -> tuple[PlanLine, ...]:
        """Return every line that requires shipping, in the order's own sequence."""
        parts = self._parts(allocation)
        chosen = chosen_lines(self.sourcing, allocation)
        return tuple(
            [
                self._line(chosen[asked.id], parts)
                for asked in self.order.lines
                if asked.id in chosen
            ]
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
            solution.status,
            solution.cost_minor,
            solution.cost_bound_minor,
            solution.rung,
            solution.solver,
            solution.limit,
            tuple(
                [
                    TierProof(tier.name, value, bound)
                    for tier, value, bound in zip(
                        tiers, solution.values, solution.bounds, strict=True
                    )
                ]
            ),
        )

    def _parts(self, allocation: Allocation) -> list[list[LinePart]]:
        parts: list[list[LinePart]] = [[] for _ in self.sourcing.lines]
        waiting = set()
        if allocation.picks:
            waiting = {
                (pick.lane, pick.line)
                for pick in allocation.picks
                if self.sourcing.waits(pick.portion)
            }
        number = 0
        for shipment in allocation.shipments:
            number += 1  # noqa: SIM113  # `enumerate` in a loop that runs once costs more
            lane = shipment.lane
            for line, increments in shipment.quantities:
                location_id = self.sourcing.origin_id(lane, line, self.network)
                quantity = self.sourcing.lines[line].quantity(increments)
                waits = bool(waiting) and (lane, line) in waiting
                parts[line].append(LinePart(location_id, quantity, number, waits))
        return parts

    def _shipment(
        self, number: int, shipment: Shipment, renderer: ParcelRenderer
    ) -> PlannedShipment:
        facts, lane = self.sourcing.facts, shipment.lane
        said: _Said = facts.known.find(("said", lane)) or facts.once(
            ("said", lane), lambda: self._said(lane)
        )
        parcels = renderer.of(shipment)
        distance_m: int = self.sourcing.problem.lanes.distance_m.item(lane)
        paid = [(parcel.cost.terms, parcel.count) for parcel in parcels]
        return PlannedShipment(
            number,
            said.location_id,
            said.carrier,
            said.service,
            said.service_level,
            said.rate_zone,
            said.rate_card_id,
            said.rate_card_effective_from,
            parcels,
            said.ship_date if self.sourcing.is_dated(lane) else None,
            said.earliest,
            said.latest,
            None if distance_m >= UNKNOWN_DISTANCE_M else distance_m,
            summed(*paid, (self._charges(shipment), 1)),
            said.cutoff_time,
            said.kind,
            said.to_location_id,
            said.legs,
            said.rate_card_source,
            said.transit_basis,
            said.on_time_percent,
        )

    def _said(self, lane: int) -> _Said:
        facts = self.sourcing.facts
        place = int(facts.location[lane])
        store = self.sourcing.store(lane)
        return _Said(
            location_id=self.network.locations[place].id,
            rate_zone=int(facts.zone[lane]),
            ship_date=_day(int(facts.ship[lane])),
            earliest=_day(int(facts.earliest[lane])),
            latest=_day(int(facts.latest[lane])),
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

    def _charges(self, shipment: Shipment) -> list[tuple[str, int]]:
        lane, quantities = shipment.lane, shipment.quantities
        found = []
        for each in self.sourcing.charges:
            minor = each.amount_minor(lane, quantities)
            if minor:
                found.append((each.name, minor))
        return found


def _basis(facts: LaneFacts, lane: int) -> TransitBasis | None:
    basis = int(facts.basis[lane])
    return None if basis == NO_BASIS or _day(int(facts.latest[lane])) is None else BASES[basis]


def _percent(percent: int) -> int | None:
    return None if percent == UNKNOWN_PERCENT else percent


def _day(ordinal: int) -> date | None:
    return None if ordinal >= NEVER else date.fromordinal(ordinal)


def _time(unix_s: int) -> datetime | None:
    return None if unix_s >= NEVER_S else datetime.fromtimestamp(unix_s, tz=UTC)
