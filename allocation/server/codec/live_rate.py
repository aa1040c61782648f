"""Live prices: what of a plan is asked for, and how the answer is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from allocation.engine_api import PlanningRequest
from allocation.live_rates.compare import Compared, ShipmentToRate
from allocation.live_rates.provider import Parcel, Place
from allocation.server.codec.money import encode_money, exact_minor
from allocation.v1 import allocation_service_pb2, cost_pb2, live_rate_pb2, plan_pb2, shipment_pb2
from routing.carton import Carton
from routing.ids import CartonId, LocationId

_UG_PER_GRAM: Final = 1_000_000


def shipments_to_rate(plan: plan_pb2.Plan, request: PlanningRequest) -> tuple[ShipmentToRate, ...]:
    """Return the shipments of a plan that a carrier takes."""
    destination = request.order.destination
    network = request.network
    cartons = {carton.id: carton for carton in network.carton_sets.cartons}
    found = []
    for shipment in plan.shipments:
        if not shipment.HasField("carrier_service"):
            continue
        origin = network.locations[network.location_index[LocationId(shipment.location_id)]]
        found.append(
            ShipmentToRate(
                number=shipment.number,
                carrier=shipment.carrier_service.carrier,
                service=shipment.carrier_service.service,
                origin=_place(origin.country, origin.postal_code),
                destination=_place(destination.country, destination.postal_code),
                residential=destination.residential,
                parcels=tuple((_parcel(each, cartons), each.count) for each in shipment.parcels),
                card_minor=sum(_carrier_minor(each.cost) * each.count for each in shipment.parcels),
            )
        )
    return tuple(found)


def _place(country: str | None, postal_code: str | None) -> Place | None:
    return None if country is None or postal_code is None else Place(country, postal_code)


def _parcel(parcel: shipment_pb2.Parcel, cartons: Mapping[CartonId, Carton]) -> Parcel:
    carton = cartons.get(CartonId(parcel.carton_id))
    weight_ug = int(Decimal(parcel.weight_g.value or "0") * _UG_PER_GRAM)
    return Parcel(weight_ug, None if carton is None else carton.outer.sorted_um)


def _carrier_minor(cost: cost_pb2.CostBreakdown) -> int:
    """Return what the carrier bills of a parcel's cost: no packing, no labour."""
    return sum(
        exact_minor(term.amount, term.amount.currency_code) or 0
        for term in cost.terms
        if term.name == "postage" or term.name.startswith("surcharge:")
    )


def encode_live_rates(
    compared: Compared,
    provider: str,
    shipments: Sequence[ShipmentToRate],
    currency: str,
    answer: allocation_service_pb2.AllocateResponse,
) -> None:
    """Put live prices and warnings into an answer."""
    answer.plan.warnings.extend(compared.warnings)
    for shipment in shipments:
        live_minor = compared.live_minor.get(shipment.number)
        if live_minor is not None:
            answer.live_rates.append(
                live_rate_pb2.LiveShipmentRate(
                    shipment_number=shipment.number,
                    provider=provider,
                    live=encode_money(live_minor, currency),
                    card=encode_money(shipment.card_minor, currency),
                    drift=encode_money(live_minor - shipment.card_minor, currency),
                )
            )
