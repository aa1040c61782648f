"""A server lets go of what is old, and still answers for what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from allocation.ledger.decisions import digest_of
from allocation.ledger.retention import Kept
from allocation.server.environment import Environment, default_environment
from allocation.server.in_process import running_server
from allocation.server.retention.forgetter import Forgetter
from allocation.server.retention.settings import RetentionSettings
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2
from routing.errors import InvalidInputError
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import assert_clean, hold_request, put_stock
from tests.allocation.server.samples import Client, connected, error_of, item

EVERY_S = 3_600.0


class Clock:
    """The server's wall clock, which a test sets forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(clock: Clock, tmp_path: Path) -> AsyncIterator[Client]:
    environment = Environment(default_environment().planner, now=clock.now)
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}")
    async with (
        running_server(settings, environment=environment) as server,
        connected(server) as client,
    ):
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 6}, "tea": {"reno": 9}})
        yield client


def forgetter(client: Client, clock: Clock) -> Forgetter:
    retention = client.server.store.retention
    assert retention is not None
    settings = RetentionSettings(every_s=EVERY_S)
    digest = client.server._opened.shipped_digest
    return Forgetter(retention, client.server.network, settings, clock.now, digest)


async def hold(client: Client, request_id: str) -> str:
    answer = await client.allocation.Allocate(hold_request({"mug": "1"}, request_id))
    return str(answer.plan.id)


async def heavier_mugs(client: Client, grams: str) -> None:
    mug = item("mug", grams, sku="MUG-1")
    await client.network.PutItems(net.PutItemsRequest(items=[mug]))


async def test_what_is_over_goes_and_what_is_not_can_still_be_replayed(
    client: Client, clock: Clock
) -> None:
    over, committed = await hold(client, "r1"), await hold(client, "r2")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=committed))
    await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=over))
    for grams in ("500", "600", "700"):
        await heavier_mugs(client, grams)
    job = forgetter(client, clock)
    try:
        assert job.make_pass() == dict.fromkeys(
            [*(kept.value for kept in Kept), "network", "contents"], 0
        )
        assert job.make_pass() is None
        clock.ahead = timedelta(days=500)
        gone = job.make_pass()
        assert gone is not None
        assert (gone["answers"], gone["plans"], gone["decisions"], gone["network"]) == (2, 1, 1, 0)
        assert gone["entries"] > 0
        error = await error_of(client.allocation.GetPlan(pb.GetPlanRequest(plan_id=over)))
        assert error.reason == "PLAN_NOT_FOUND"
        again = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=committed))
        assert again.identical
        assert_clean(client)
        await client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=committed))
        clock.ahead = timedelta(days=1_000)
        # Of the mug, four weights: nobody asks for the first three any more.
        gone = job.make_pass()
        assert gone is not None
        assert (gone["plans"], gone["decisions"], gone["network"]) == (1, 1, 3)
        assert_clean(client)
    finally:
        job.close()


async def test_contents_go_when_no_record_names_them_but_not_at_first_sight(
    client: Client, clock: Clock
) -> None:
    store = client.server.store
    store.decisions.keep_contents([b"needed", b"not needed"])
    record = decision_pb2.DecisionRecord(shipped_data=digest_of(b"needed"), network_version=1)
    held = store.decisions.keep("p", record.SerializeToString(), now=clock.now())
    await asyncio.wrap_future(held)
    own = client.server._opened.shipped_digest
    assert store.decisions.content(own) is not None
    job = forgetter(client, clock)
    try:
        gone = []
        for days in (0, 1, 2, 500, 501):
            clock.ahead = timedelta(days=days)
            found = job.make_pass()
            assert found is not None
            gone.append(found["contents"])
            if days == 2:
                assert store.decisions.content(digest_of(b"needed")) == b"needed"
        # The record goes after the days that decisions are kept.
        assert gone == [0, 1, 0, 0, 1]
        assert store.decisions.content(own) is not None
    finally:
        job.close()


async def test_a_network_that_one_of_many_old_decisions_needs_is_kept(
    client: Client, clock: Clock
) -> None:
    for grams in ("500", "600", "700"):
        await heavier_mugs(client, grams)
    newest = client.server.network.state.version
    now = clock.now()
    versions = [newest] * 1_500 + [newest - 2]
    futures = [
        client.server.store.decisions.keep(
            f"plan-{number:04}",
            decision_pb2.DecisionRecord(network_version=version).SerializeToString(),
            now=now + timedelta(milliseconds=number),
        )
        for number, version in enumerate(versions)
    ]
    for future in futures:
        future.result()
    job = forgetter(client, clock)
    try:
        job.make_pass()
        clock.ahead = timedelta(days=1)
        job.make_pass()
        rows = client.server.store.network.at(newest - 2).rows
        assert [row for row in rows if row.id == "mug"]
    finally:
        job.close()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"answers_days": -1}, "answers_days"),
        ({"entries_days": 36_501}, "entries_days"),
        ({"entries_days": 29}, "entries_days"),
        ({"every_s": 0.5}, "every_s"),
        ({"plans_days": 55, "answers_days": 10}, "plans_days"),
        ({"plans_days": 100, "answers_days": 101}, "plans_days"),
        ({"plans_days": 100, "answers_days": 0}, "plans_days"),
    ],
)
def test_what_cannot_be_kept_that_way_is_refused(settings: dict[str, float], name: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        RetentionSettings(**settings)  # type: ignore[arg-type]
    assert [violation.path for violation in caught.value.violations] == [name]


def test_nothing_need_ever_go() -> None:
    settings = RetentionSettings(answers_days=0, decisions_days=0, plans_days=0, entries_days=0)
    assert {settings.age_of(kept) for kept in Kept} == {None}
