"""How long lots must keep by channel, over the wire: in plans, holds and what waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import explanation_pb2, plan_pb2, rule_service_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import backorder_pb2, item_pb2
from tests.allocation.server.ledger_samples import assert_clean_record, hold_request
from tests.allocation.server.samples import Client, connected
from tests.allocation.server.waiting_samples import TOMORROW, put_item, stored

RULES = """
version: 1
shelf_life:
  - {name: market-weeks, when: order.channel == 'market', days: 21}
"""


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        await put_item(client, tracking=item_pb2.ITEM_TRACKING_LOT)
        rule_set = rule_service_pb2.PutRulesRequest(yaml=RULES)
        revision = (await client.rules.PutRules(rule_set)).rule_set.revision
        await client.rules.ActivateRules(rule_service_pb2.ActivateRulesRequest(revision=revision))
        yield client


async def put_lot(client: Client, lot: str, units: str, days: int) -> None:
    """Let a lot come to Newark that keeps for so many days."""
    row = stock.LevelRow(inventory_item_id="mug", location_id="newark", lot_id=lot)
    row.quantity.value = units
    day = TOMORROW + timedelta(days=days - 1)
    row.expiry_date.year, row.expiry_date.month, row.expiry_date.day = day.year, day.month, day.day
    request = stock.SetLevelsRequest(header=stock.FeedHeader(), rows=[row])

    async def messages() -> AsyncIterator[stock.SetLevelsRequest]:
        yield request

    await client.stock.SetLevels(messages())


async def hold(client: Client, channel: str, request_id: str) -> plan_pb2.Plan:
    request = hold_request({"mug": "2"}, request_id, explain=True)
    request.order.channel = channel
    answer: pb.AllocateResponse = await client.allocation.Allocate(request)
    return answer.plan


def lots_of(plan: plan_pb2.Plan) -> list[tuple[str, bool]]:
    return [(row.lot_id, row.backordered) for row in plan.reservations]


async def test_a_channel_waits_for_lots_that_keep_for_long_enough(client: Client) -> None:
    await put_lot(client, "old", "4", days=15)
    assert lots_of(await hold(client, "shop", "r1")) == [("old", False)]
    market = await hold(client, "market", "r2")
    assert lots_of(market) == [("", True)]
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=market.id))
    await put_lot(client, "older", "4", days=20)
    assert lots_of(await stored(client, market.id)) == [("", True)]
    await put_lot(client, "fresh", "1", days=90)
    assert lots_of(await stored(client, market.id)) == [("", True), ("fresh", False)]
    assert_clean_record(client)


async def test_the_verdict_names_the_rule(client: Client) -> None:
    await put_lot(client, "old", "4", days=15)
    request = hold_request({"mug": "2"}, "r1", explain=True)
    request.order.channel = "market"
    request.order.lines[0].backorder_policy = backorder_pb2.BACKORDER_POLICY_DENY
    plan = (await client.allocation.Allocate(request)).plan
    verdicts = plan.explanation.lines[0].verdicts
    (newark,) = (each for each in verdicts if each.location_id == "newark")
    assert (newark.verdict, newark.rule) == (explanation_pb2.VERDICT_SHELF_LIFE, "market-weeks")
    assert "4 in lots that are not fresh enough" in plan.unfilled[0].detail
