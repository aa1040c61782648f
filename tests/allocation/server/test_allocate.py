"""Allocate and Quote against a small network, over a real socket."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from allocation.engine import Engine
from allocation.server.environment import Environment
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, planning_options_pb2, proof_pb2, unfilled_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import (
    NOW,
    PLACES,
    Client,
    allocate_request,
    connected,
    item,
    location,
    quote_request,
    usd,
)


async def test_an_order_is_planned_from_the_nearest_location_and_adds_up(client: Client) -> None:
    answer = await client.allocation.Allocate(allocate_request(), timeout=10)
    plan = answer.plan
    assert plan.state == plan_pb2.PLAN_STATE_PLANNED
    assert plan.order_id == "order-1"
    assert [shipment.location_id for shipment in plan.shipments] == ["newark"]
    assert [(row.line_id, row.quantity.value) for row in plan.reservations] == [
        ("line-1", "2"),
        ("line-2", "1"),
    ]
    assert plan.proof.status == proof_pb2.PROOF_STATUS_OPTIMAL
    assert plan.cost.total.currency_code == "USD"
    assert sum(t.amount.units * 10**9 + t.amount.nanos for t in plan.cost.terms) == (
        plan.cost.total.units * 10**9 + plan.cost.total.nanos
    )
    assert not plan.unfilled
    assert plan.etag
    assert answer.times.total.nanos > 0
    assert not answer.replayed


async def test_levels_at_a_misspelt_place_are_told_where_something_stays_unfilled(
    client: Client,
) -> None:
    request = allocate_request({"mug": "1"}, {"mug": {"Reno": "9", "reno": "0"}})
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert [each.line_id for each in plan.unfilled] == ["line-1"]
    assert list(plan.warnings) == [
        "levels at 1 location(s) that the network does not have were left out: 'Reno'"
    ]
    request = allocate_request({"mug": "1"}, {"mug": {"Reno": "9", "reno": "1"}})
    assert not (await client.allocation.Allocate(request, timeout=10)).plan.warnings


async def test_an_item_without_any_level_is_told_where_it_stays_unfilled(client: Client) -> None:
    request = allocate_request({"mug": "1", "gift-set": "1"}, {"mug": {"reno": "9"}})
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert [each.line_id for each in plan.unfilled] == ["line-2"]
    assert list(plan.warnings) == [
        "1 item(s) of unfilled lines came without a level, which counts as not stocked: 'tea'"
    ]


async def test_stock_that_runs_short_is_an_answer_with_a_reason(client: Client) -> None:
    request = allocate_request({"mug": "5"}, {"mug": {"reno": "2"}})
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert not plan.shipments
    (unfilled,) = plan.unfilled
    assert unfilled.quantity.value == "5"
    assert unfilled.reason in (
        unfilled_pb2.UNFILLED_REASON_NOT_IN_STOCK,
        unfilled_pb2.UNFILLED_REASON_WHOLE_LINE,
    )
    assert unfilled.detail


async def test_a_line_can_name_its_item_by_sku_and_bring_its_own_parts(client: Client) -> None:
    request = allocate_request()
    request.order.lines[0].ClearField("inventory_item_id")
    request.order.lines[0].sku = "MUG-1"
    request.order.lines[1].ClearField("inventory_item_id")
    request.order.lines[1].components.add(inventory_item_id="mug")
    request.order.lines[1].components.add(inventory_item_id="tea").required_quantity.value = "3"
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert [
        (row.line_id, row.inventory_item_id, row.quantity.value) for row in plan.reservations
    ] == [("line-1", "mug", "2"), ("line-2", "mug", "1"), ("line-2", "tea", "3")]


async def test_decimals_are_planned_as_far_as_the_item_allows(client: Client) -> None:
    request = allocate_request({"cloth": "1.25"}, {"cloth": {"reno": "1.25"}})
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert plan.lines[0].quantity.value == "1.25"
    assert plan.reservations[0].quantity.value == "1.25"


async def test_lines_that_need_no_shipping_are_left_out_and_need_no_address(
    client: Client,
) -> None:
    request = allocate_request()
    for line in request.order.lines:
        line.requires_shipping = False
    request.order.ClearField("destination")
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert not plan.lines
    assert not plan.shipments


async def test_explanation_alternatives_and_baseline_come_when_asked_for(client: Client) -> None:
    request = allocate_request()
    request.options.explain = True
    request.options.alternatives = 5
    request.baseline.label = "ours"
    for line, location_id in (("line-1", "reno"), ("line-2", "dallas")):
        part = request.baseline.parts.add(line_id=line, location_id=location_id)
        part.quantity.value = "2" if line == "line-1" else "1"
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert {line.line_id for line in plan.explanation.lines} == {"line-1", "line-2"}
    assert plan.explanation.sentences
    assert plan.baseline.label == "ours"
    assert plan.baseline.shipments == 2
    assert plan.baseline.saving.units > 0

    request.options.Clear()
    request.ClearField("baseline")
    plain = (await client.allocation.Allocate(request, timeout=10)).plan
    assert not plain.HasField("explanation")
    assert not plain.HasField("baseline")
    assert not plain.alternatives


async def test_inline_locations_take_the_place_of_the_registered_ones(client: Client) -> None:
    request = allocate_request({"mug": "1", "hat": "1"}, {})
    request.network.locations.append(location("boston", "02108"))
    request.network.items.append(item("hat"))
    for item_id in ("mug", "hat"):
        entry = request.inline_stock.items.add(inventory_item_id=item_id)
        for location_id in ("boston", "newark"):
            entry.levels.add(location_id=location_id).available.value = "5"
    del request.inline_stock.items[: len(request.inline_stock.items) - 2]
    for _ in range(2):  # the second time the network comes from the cache
        plan = (await client.allocation.Allocate(request, timeout=10)).plan
        assert [shipment.location_id for shipment in plan.shipments] == ["boston"]
    listed = await client.network.ListLocations(net.ListLocationsRequest())
    assert [each.id for each in listed.locations] == sorted(PLACES)


async def test_inline_items_alone_leave_the_registered_locations_in_place(client: Client) -> None:
    request = allocate_request({"hat": "1"}, {"hat": {"newark": "3"}})
    request.network.items.append(item("hat"))
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert [shipment.location_id for shipment in plan.shipments] == ["newark"]


async def test_stock_of_unknown_items_and_locations_is_ignored(client: Client) -> None:
    request = allocate_request()
    entry = request.inline_stock.items.add(inventory_item_id="no such item")
    entry.levels.add(location_id="no such location").available.value = "1"
    request.inline_stock.items[0].levels.add(location_id="nowhere").available.value = "99"
    plan = (await client.allocation.Allocate(request, timeout=10)).plan
    assert [shipment.location_id for shipment in plan.shipments] == ["newark"]


async def test_stock_below_zero_counts_as_zero(client: Client) -> None:
    stock = {"mug": {"newark": "-1000000000", "reno": "1"}}
    plan = (await client.allocation.Allocate(allocate_request({"mug": "1"}, stock))).plan
    assert [shipment.location_id for shipment in plan.shipments] == ["reno"]


async def test_options_are_laid_over_the_rule_set(client: Client) -> None:
    request = allocate_request({"mug": "4"}, {"mug": {"reno": "2", "newark": "2"}})
    assert (await client.allocation.Allocate(request)).plan.unfilled
    request.options.line_split = planning_options_pb2.LINE_SPLIT_ALLOWED
    plan = (await client.allocation.Allocate(request)).plan
    assert len(plan.shipments) == 2
    request.options.max_shipments = 1
    assert len((await client.allocation.Allocate(request)).plan.shipments) == 1
    request.options.max_shipments = 0
    request.options.excluded_location_ids.append("reno")
    plan = (await client.allocation.Allocate(request)).plan
    assert [shipment.location_id for shipment in plan.shipments] == ["newark"]


async def test_the_same_request_at_the_same_time_gives_the_same_plan() -> None:
    environment = Environment(planner=Engine(clock=lambda: 0.0), now=lambda: NOW)
    plans = []
    for _ in range(2):
        async with (
            running_server(ServerSettings(port=0), environment) as server,
            connected(server) as client,
        ):
            await client.put_network()
            request = allocate_request()
            request.options.explain = True
            request.options.alternatives = 3
            answer = await client.allocation.Allocate(request)
            plans.append(answer.plan.SerializeToString(deterministic=True))
            assert answer.plan.create_time.ToDatetime(UTC) == NOW
    assert plans[0] == plans[1]


async def test_an_order_counts_as_placed_when_it_says_so(client: Client) -> None:
    request = allocate_request()
    request.order.placed_time.FromDatetime(datetime(2026, 9, 1, 15, tzinfo=UTC))
    plan = (await client.allocation.Allocate(request)).plan
    day = plan.shipments[0].ship_date
    assert (day.year, day.month, day.day) == (2026, 9, 1)


async def test_a_quote_lists_delivery_options_cheapest_first(client: Client) -> None:
    answer = await client.allocation.Quote(quote_request(), timeout=10)
    costs = [option.cost.units * 10**9 + option.cost.nanos for option in answer.options]
    assert costs
    assert costs == sorted(costs)
    first = answer.options[0]
    assert first.location_ids == ["newark"]
    assert first.carrier_services[0].carrier
    assert first.shipments == 1
    assert first.latest_delivery_date.year >= 2026


async def test_a_quote_says_until_when_its_dates_hold(client: Client) -> None:
    def dates(option: pb.DeliveryOption) -> tuple[str, str]:
        return str(option.earliest_delivery_date), str(option.latest_delivery_date)

    request = quote_request()
    request.order.placed_time.FromDatetime(NOW)
    first = (await client.allocation.Quote(request)).options[0]
    assert first.order_by_time.ToDatetime(UTC) >= NOW
    request.order.placed_time.CopyFrom(first.order_by_time)
    request.order.placed_time.seconds -= 1
    just_in_time = (await client.allocation.Quote(request)).options[0]
    assert dates(just_in_time) == dates(first)
    request.order.placed_time.seconds += 2
    too_late = (await client.allocation.Quote(request)).options[0]
    assert dates(too_late) != dates(first)


async def test_carrier_and_service_are_spelled_as_on_the_rate_card(client: Client) -> None:
    cards = await client.network.ListRateCards(net.ListRateCardsRequest())
    put = net.PutRateCardsRequest()
    put.rate_cards.add().CopyFrom(next(card for card in cards.rate_cards if card.carrier == "usps"))
    put.rate_cards[0].carrier = "USPS"
    put.rate_cards[0].service = "Ground Advantage"
    await client.network.PutRateCards(put)
    request = allocate_request()
    request.order.placed_time.FromDatetime(datetime(2026, 9, 1, 15, tzinfo=UTC))
    plan = (await client.allocation.Allocate(request)).plan
    service = plan.shipments[0].carrier_service
    assert (service.carrier, service.service) == ("USPS", "Ground Advantage")


@pytest.mark.parametrize("units", [0, 5])
async def test_handling_costs_are_part_of_the_plan(client: Client, units: int) -> None:
    put = net.PutLocationsRequest(locations=[location("newark", PLACES["newark"])])
    put.locations[0].handling_cost.per_shipment.CopyFrom(usd(units))
    await client.network.PutLocations(put)
    request = allocate_request({"mug": "1"}, {"mug": {"newark": "1"}})
    terms = {
        term.name: term.amount.units
        for term in (await client.allocation.Allocate(request)).plan.cost.terms
    }
    assert terms.get("handling:shipment", 0) == units


async def test_hold_ttl_and_request_id_are_accepted_and_change_nothing_in_plan_only_mode(
    client: Client,
) -> None:
    request = allocate_request()
    request.request_id = "8d1f"
    request.mode = pb.ALLOCATE_MODE_PLAN_ONLY
    request.hold_ttl.seconds = 60
    assert (await client.allocation.Allocate(request)).plan.shipments
