"""Whatever asks for it, no lot is promised that would not keep: many orders at once, seeded."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from allocation.ledger.feed import LevelRow
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, planning_options_pb2, rule_service_pb2
from routing.v1 import item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import EARLY, assert_clean, hold_request, key
from tests.allocation.server.samples import PLACES, Client, connected, item
from tests.allocation.server.waiting_samples import stored

OF_ITEM, OF_MARKET, OF_LINE = 6, 15, 25
RULES = f"""
version: 1
shelf_life:
  - {{name: market-weeks, when: order.channel == 'market', days: {OF_MARKET}}}
"""
ROUNDS, AT_ONCE, LOTS = 3, 8, 5


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        mug = item("mug", "350", sku="MUG-1", min_remaining_shelf_life_days=OF_ITEM)
        mug.tracking = item_pb2.ITEM_TRACKING_LOT
        await client.network.PutItems(net.PutItemsRequest(items=[mug]))
        put = rule_service_pb2.PutRulesRequest(yaml=RULES)
        revision = (await client.rules.PutRules(put)).rule_set.revision
        await client.rules.ActivateRules(rule_service_pb2.ActivateRulesRequest(revision=revision))
        yield client


async def put_lots(client: Client, draws: Random) -> dict[str, date]:
    """Give every location lots of all ages, the first of them too old; return their last days."""
    today = datetime.now(UTC).date()
    last_days: dict[str, date] = {}
    rows = [LevelRow(key("tea", place), 9) for place in PLACES]
    for place in PLACES:
        for number in range(LOTS):
            lot = f"{place}-{number}"
            last_days[lot] = today + timedelta(days=draws.randint(0, 4) + 9 * number)
            units, last_day = draws.randint(1, 8), last_days[lot]
            rows.append(LevelRow(key("mug", place, lot), units, expiry_date=last_day))
    ledger = client.server.store.ledger
    await asyncio.to_thread(ledger.set_levels, rows, now=EARLY)
    await asyncio.wrap_future(client.server.stock.catch_up())
    return last_days


def drawn_request(draws: Random, name: str) -> pb.AllocateRequest:
    """Return an order of single mugs, kits with mugs, or both; some ask for more than others."""
    wanted = {each: str(draws.randint(1, 3)) for each in draws.sample(["mug", "gift-set"], 2)}
    request = hold_request(wanted, name)
    if draws.random() < 0.5:
        request.options.line_split = planning_options_pb2.LINE_SPLIT_ALLOWED
    request.order.channel = draws.choice(["market", "shop"])
    for line in request.order.lines:
        line.min_remaining_shelf_life_days = draws.choice([0, OF_LINE])
    return request


def days_asked_for(request: pb.AllocateRequest) -> dict[str, int]:
    """Return the days that lots must keep after delivery, by line."""
    of_order = OF_MARKET if request.order.channel == "market" else 0
    return {
        line.id: max(OF_ITEM, of_order, line.min_remaining_shelf_life_days)
        for line in request.order.lines
    }


def too_old(
    plan: plan_pb2.Plan, asked: dict[str, int], last_days: dict[str, date]
) -> list[tuple[str, str]]:
    """Return (line, lot) of everything that would not keep for long enough."""
    shipments = {each.number: each for each in plan.shipments}
    found = []
    for line in plan.lines:
        for part, where in enumerate(line.parts):
            arrives = shipments[where.shipment_number].latest_delivery_date
            day = date(arrives.year, arrives.month, arrives.day)
            found += [
                (line.line_id, row.lot_id)
                for row in plan.reservations
                if (row.line_id, row.part) == (line.line_id, part)
                and row.lot_id
                and last_days[row.lot_id] < day + timedelta(days=asked[line.line_id])
            ]
    return found


@pytest.mark.parametrize("seed", range(4))
async def test_every_lot_of_every_plan_keeps_for_as_long_as_anything_asks(
    client: Client, seed: int
) -> None:
    draws = Random(seed)
    last_days = await put_lots(client, draws)
    kinds: Counter[str] = Counter()
    for number in range(ROUNDS):
        requests = [drawn_request(draws, f"{number}-{each}") for each in range(AT_ONCE)]
        answers = await asyncio.gather(*map(client.allocation.Allocate, requests))
        for request, answer in zip(requests, answers, strict=True):
            plan = answer.plan
            assert too_old(plan, days_asked_for(request), last_days) == []
            kinds["lots"] += sum(bool(row.lot_id) for row in plan.reservations)
            kinds["unfilled"] += bool(plan.unfilled)
            step = draws.choice(["commit", "release", "keep"])
            if step == "commit":
                await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
            elif step == "release":
                await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=plan.id))
            after = await stored(client, plan.id)
            assert too_old(after, days_asked_for(request), last_days) == []
    assert_clean(client)
    assert kinds["lots"] >= 3
    assert kinds["unfilled"]


async def test_what_the_check_is_worth(client: Client) -> None:
    draws = Random(0)
    last_days = await put_lots(client, draws)
    plan = (await client.allocation.Allocate(hold_request({"mug": "2"}, "r"))).plan
    asked = {"line-1": OF_ITEM}
    assert not too_old(plan, asked, last_days)
    assert too_old(plan, asked, dict.fromkeys(last_days, datetime.now(UTC).date()))
    assert too_old(plan, {"line-1": 90}, last_days)
