"""From packed pieces to a plan's parcels with their bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from allocation.cost_breakdown import CostBreakdown
from allocation.optimize.solution import Shipment
from allocation.plan import ParcelContent, PlannedParcel
from routing.carton import Carton
from routing.network import Network
from routing.order import Order
from routing.parcels.packing import NO_PACKAGING, PackedParcel
from routing.quantity import quantity_of
from routing.quick import quick
from routing.rating.explain import BASE_TERM, CARTON_TERM, VOID_FILL_TERM, bill_with
from routing.rating.fold import applicable_surcharges
from routing.rating.packaging import NO_CARTON
from routing.rating.rate_card import RateCard
from routing.rating.surcharge import Surcharge
from routing.rating.zones import RateZone
from routing.sourcing.build import Sourcing
from routing.sourcing.charges import parcel_charges
from routing.sourcing.rate_area import delivery_areas
from routing.sourcing.ways import NO_CARD

_TERMS: Final = {
    BASE_TERM: "postage",
    CARTON_TERM: "packing:carton",
    VOID_FILL_TERM: "packing:void_fill",
}
"""Terms of a parcel's bill that are not surcharges, as the cost breakdown calls them."""


class _Billing(NamedTuple):
    card: RateCard
    zone: RateZone
    surcharges: tuple[Surcharge, ...]
    charges: tuple[tuple[str, int], ...]


@quick
@dataclass(frozen=True, slots=True)
class ParcelRenderer:
    """Renders the parcels of answers to one sourcing problem."""

    order: Order
    network: Network
    sourcing: Sourcing

    def of(self, shipment: Shipment) -> tuple[PlannedParcel, ...]:
        """Return the parcels of a shipment."""
        if int(self.sourcing.facts.card[shipment.lane]) == NO_CARD:
            return tuple([self._free(parcel) for parcel in shipment.parcels])
        return tuple([self._parcel(shipment.lane, parcel) for parcel in shipment.parcels])

    def _free(self, parcel: PackedParcel) -> PlannedParcel:
        """Return what no carrier takes: it has a weight, and no price."""
        pieces = self.sourcing.problem.pieces
        return PlannedParcel(
            contents=tuple(self._content(piece, number) for piece, number in parcel.pieces),
            weight_ug=sum(int(pieces.weight_ug[piece]) * each for piece, each in parcel.pieces),
            billable_weight_ug=0,
            volume_nl=sum(int(pieces.volume_nl[piece]) * each for piece, each in parcel.pieces),
            cost=CostBreakdown(),
            count=parcel.count,
        )

    def _parcel(self, lane: int, parcel: PackedParcel) -> PlannedParcel:
        facts, pieces = self.sourcing.facts, self.sourcing.problem.pieces
        billing: _Billing = facts.known.find(("billing", lane)) or facts.once(
            ("billing", lane), lambda: self._billing(lane)
        )
        carton = None if pieces.boxing is None else self._carton(lane, parcel)
        weight_ug = volume_nl = 0
        contents = []
        for piece, number in parcel.pieces:
            weight_ug += pieces.weight_ug.item(piece) * number
            volume_nl += pieces.volume_nl.item(piece) * number
            contents.append(self._content(piece, number))
        bill = bill_with(
            billing.card,
            billing.zone,
            billing.surcharges,
            weight_ug=weight_ug,
            volume_nl=volume_nl,
            carton=carton,
            sides_um=self._sides_um(parcel),
        )
        if bill is None:
            raise ValueError(f"rate card {billing.card.id} has no price for a parcel it is for")
        named = [(_TERMS.get(name) or f"surcharge:{name}", minor) for name, minor in bill.terms]
        named += billing.charges
        return PlannedParcel(
            tuple(contents),
            bill.gross_ug,
            # A parcel without weight is billed as the lightest there is.
            bill.billable_ug if bill.billable_ug > 1 else 0,
            volume_nl if carton is None else carton.outer.volume_nl,
            CostBreakdown(tuple(named)),
            parcel.count,
            None if carton is None else carton.id,
        )

    def _billing(self, lane: int) -> _Billing:
        """Return what every parcel on a lane is billed by."""
        facts = self.sourcing.facts
        return _Billing(
            facts.cards[int(facts.card[lane])],
            RateZone(int(facts.zone[lane])),
            self._surcharges(lane),
            parcel_charges(self.network.facts, int(facts.location[lane])),
        )

    def _surcharges(self, lane: int) -> tuple[Surcharge, ...]:
        """Return what the lane's card may add; lanes are to one kind of address."""
        facts = self.sourcing.facts
        card, zone, ship = (int(column[lane]) for column in (facts.card, facts.zone, facts.ship))
        return facts.once(
            ("surcharges", card, zone, ship),
            lambda: applicable_surcharges(
                facts.cards[card],
                RateZone(zone),
                date.fromordinal(ship),
                residential=self.order.destination.residential,
                areas=dict(delivery_areas(self.network, self.order.destination)).get(
                    facts.cards[card].id, frozenset()
                ),
            ),
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
        line = self.sourcing.lines[pieces.line.item(piece)]
        item_index = pieces.item.item(piece)
        if item_index < 0:
            return ParcelContent(line.id, line.quantity(number))
        item = self.sourcing.items[item_index]
        return ParcelContent(line.id, quantity_of(number, item.quantity_scale), item.id)
