"""Pickup, transfers and hubs over the wire."""

from __future__ import annotations

from allocation.v1 import shipment_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import (
    PLACES,
    Client,
    allocate_request,
    error_of,
    location,
    quote_request,
    usd,
)


async def put(client: Client, *, merges: bool = False) -> None:
    """Let shoppers collect at Newark, and Dallas and Reno send there."""
    newark = location("newark", PLACES["newark"], pickup=True, merges=merges)
    others = [location(name, PLACES[name]) for name in ("dallas", "reno")]
    for each in others:
        route = each.transfer_routes.add(to_location_id="newark", transit_days=2)
        route.per_transfer.CopyFrom(usd(1, 50))
    await client.network.PutLocations(net.PutLocationsRequest(locations=[newark, *others]))


async def test_an_order_is_collected_without_an_address(client: Client) -> None:
    await put(client)
    request = allocate_request(
        {"mug": "2", "tea": "1"}, {"mug": {"newark": "2"}, "tea": {"reno": "1"}}
    )
    request.order.destination.Clear()
    request.order.destination.pickup_location_id = "newark"
    plan = (await client.allocation.Allocate(request)).plan
    kinds = {each.location_id: each.kind for each in plan.shipments}
    assert kinds == {
        "newark": shipment_pb2.SHIPMENT_KIND_PICKUP,
        "reno": shipment_pb2.SHIPMENT_KIND_TRANSFER,
    }
    for shipment in plan.shipments:
        assert shipment.to_location_id == "newark"
        assert not shipment.HasField("carrier_service")
        assert not shipment.HasField("rate_card_effective_from")
        assert shipment.latest_delivery_date.year
    assert plan.cost.total == usd(1, 50)
    assert not plan.basis.rate_cards


async def test_a_line_is_collected_and_another_one_delivered(client: Client) -> None:
    await put(client)
    request = allocate_request(
        {"mug": "1", "tea": "1"}, {"mug": {"newark": "1"}, "tea": {"newark": "1"}}
    )
    request.order.lines[0].pickup_location_id = "newark"
    plan = (await client.allocation.Allocate(request)).plan
    assert [each.kind for each in plan.shipments] == [
        shipment_pb2.SHIPMENT_KIND_DELIVERY,
        shipment_pb2.SHIPMENT_KIND_PICKUP,
    ]


async def test_parts_are_merged_at_a_hub(client: Client) -> None:
    await put(client, merges=True)
    request = allocate_request(
        {"mug": "1", "tea": "1"}, {"mug": {"dallas": "1"}, "tea": {"reno": "1"}}
    )
    plan = (await client.allocation.Allocate(request)).plan
    (shipment,) = plan.shipments
    assert shipment.location_id == "newark"
    assert [leg.from_location_id for leg in shipment.legs] == ["dallas", "reno"]
    assert [leg.cost for leg in shipment.legs] == [usd(1, 50)] * 2
    assert [row.location_id for row in plan.reservations] == ["dallas", "reno"]


async def test_a_quote_of_what_is_collected_names_no_carrier(client: Client) -> None:
    await put(client)
    request = quote_request()
    request.order.destination.Clear()
    request.order.destination.pickup_location_id = "newark"
    option = (await client.allocation.Quote(request)).options[0]
    assert not option.carrier_services
    assert option.location_ids == ["newark"]


async def test_a_place_where_nobody_collects_is_refused(client: Client) -> None:
    await put(client)
    request = allocate_request()
    request.order.destination.pickup_location_id = "reno"
    error = await error_of(client.allocation.Allocate(request))
    assert list(error.violations) == ["order.destination.pickup_location_id"]
    request.order.destination.pickup_location_id = "atlantis"
    assert (await error_of(client.allocation.Allocate(request))).reason == "UNKNOWN_LOCATION"


async def test_a_route_is_checked(client: Client) -> None:
    place = location("newark", PLACES["newark"])
    place.transfer_routes.add(to_location_id="newark", transit_days=61)
    place.transfer_routes.add()
    error = await error_of(client.network.PutLocations(net.PutLocationsRequest(locations=[place])))
    at = "locations[0].transfer_routes"
    assert list(error.violations) == [
        f"{at}[0].to_location_id",
        f"{at}[0].transit_days",
        f"{at}[1].to_location_id",
    ]
