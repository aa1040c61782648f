"""Shares of the volume that were promised, over the wire: counted with holds, priced, replayed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, rule_service_pb2
from routing.daily_capacity import is_capacity_item
from tests.allocation.server.ledger_samples import hold_request, put_stock
from tests.allocation.server.samples import Client, connected

RULES = """
version: 1
tz: America/New_York
volume:
  - name: reno-forty-percent
    because: minimum volume of the contract with the 3PL in Reno
    location: location.id == 'reno'
    of: {of}
    period: month
    at_least_percent: 40
    at_most_percent: 60
    price_minor: {price}
"""


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}", record_plans=True)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"newark": 1_000, "reno": 1_000}})
        yield client


async def put_rules(client: Client, of: str = "orders", price: int = 5_000) -> str:
    text = RULES.format(of=of, price=price)
    request = rule_service_pb2.PutRulesRequest(yaml=text)
    return str((await client.rules.PutRules(request)).rule_set.revision)


async def ship(client: Client, rules: str, name: str, mugs: int = 1) -> plan_pb2.Plan:
    # What is held shows in the next picture of stock, a moment later.
    await asyncio.wrap_future(client.server.stock.catch_up())
    request = hold_request({"mug": str(mugs)}, name, rule_set=rules)
    answer: pb.AllocateResponse = await client.allocation.Allocate(request)
    return answer.plan


def counted(client: Client) -> dict[str, int]:
    levels = client.server.store.ledger.levels(now=datetime.now(UTC)).levels
    return {
        each.key.location_id: -each.available
        for each in levels
        if is_capacity_item(each.key.item_id) and each.available
    }


def places(plans: list[plan_pb2.Plan]) -> list[str]:
    return [shipment.location_id for plan in plans for shipment in plan.shipments]


async def test_orders_keep_to_the_share_as_far_as_the_price_goes(client: Client) -> None:
    rules = await put_rules(client)
    plans = [await ship(client, rules, f"o{n}") for n in range(20)]
    found = Counter(places(plans))
    # All are nearer to Newark: Reno gets its least share and no more.
    assert found == {"newark": 12, "reno": 8}
    assert counted(client) == {"newark": 12, "reno": 8}


async def test_a_commitment_that_costs_more_than_its_price_is_broken_and_named(
    client: Client,
) -> None:
    rules = await put_rules(client, price=1)
    plans = [await ship(client, rules, f"o{n}") for n in range(4)]
    assert set(places(plans)) == {"newark"}
    amounts = [
        {term.name: term.amount.nanos for term in plan.cost.terms}.get("rule:reno-forty-percent")
        for plan in plans
    ]
    # The first order leads nobody away.
    assert amounts == [None, 10_000_000, 10_000_000, 10_000_000]


async def test_units_are_counted_line_by_line_and_given_back(client: Client) -> None:
    rules = await put_rules(client, of="units", price=1_000)
    first = await ship(client, rules, "a", mugs=6)
    assert counted(client) == {"newark": 6}
    second = await ship(client, rules, "b", mugs=3)
    assert places([first, second]) == ["newark", "reno"]
    await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=first.id))
    assert counted(client) == {"reno": 3}
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=second.id))
    await client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=second.id))
    assert counted(client) == {"reno": 3}
    assert client.server.store.ledger.audit(now=datetime.now(UTC)).differences == ()


async def test_plans_under_rules_without_commitments_are_not_counted(client: Client) -> None:
    await client.allocation.Allocate(hold_request({"mug": "1"}, "plain"))
    assert counted(client) == {}


async def test_the_count_is_in_the_record_and_replays_to_the_same_bytes(client: Client) -> None:
    rules = await put_rules(client)
    plans = [await ship(client, rules, f"o{n}") for n in range(6)]
    for plan in plans:
        again = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=plan.id))
        assert again.identical, again.differing_fields
    assert len(set(places(plans))) == 2
