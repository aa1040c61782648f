"""Metrics and probes over HTTP, of a server that is really called."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from allocation.server.in_process import running_server
from allocation.server.metrics.catalogue import METRICS, Kind
from allocation.server.metrics.metrics import Metrics
from allocation.server.metrics.settings import MetricsSettings
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.v1 import allocation_service_pb2 as pb
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import hold_request, put_stock
from tests.allocation.server.samples import Client, allocate_request, connected, error_of


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass(frozen=True)
class Watched:
    """A server whose metrics are served, and a client of it."""

    port: int
    client: Client

    async def get(self, path: str) -> tuple[int, str]:
        return await asyncio.to_thread(_get, f"http://127.0.0.1:{self.port}{path}")

    async def samples(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        _, text = await self.get("/metrics")
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def value(self, name: str, **labels: str) -> float:
        return (await self.samples()).get((name, tuple(sorted(labels.items()))), 0.0)


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    port = free_port()
    settings = ServerSettings(port=0, metrics=MetricsSettings(port=port))
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        yield Watched(port, client)


async def test_calls_are_counted_by_method_code_and_reason(watched: Watched) -> None:
    method = "/routing.v1.NetworkService/GetItem"
    await watched.client.network.GetItem(net.GetItemRequest(id="mug"))
    for _ in range(2):
        await error_of(watched.client.network.GetItem(net.GetItemRequest(id="ghost")))
    fine = await watched.value("shipfrom_calls_total", method=method, code="OK", reason="")
    failed = await watched.value(
        "shipfrom_calls_total", method=method, code="NOT_FOUND", reason="UNKNOWN_ITEM"
    )
    assert (fine, failed) == (1, 2)
    assert await watched.value("shipfrom_call_duration_seconds_count", method=method) == 3
    assert await watched.value("shipfrom_calls_in_progress") == 0


async def test_what_callers_would_have_done_adds_up_beside_the_plans(watched: Watched) -> None:
    request = allocate_request({"mug": "1"})
    request.baseline.parts.add(line_id="line-1", location_id="reno").quantity.value = "1"
    compared = (await watched.client.allocation.Allocate(request)).plan
    request.baseline.parts[0].quantity.value = "2"
    await watched.client.allocation.Allocate(request)
    labels = {"rule_set": "preset:cheapest", "currency": "USD"}
    theirs = await watched.value("shipfrom_baseline_cost_minor_total", **labels)
    ours = await watched.value("shipfrom_baseline_plan_cost_minor_total", **labels)
    saving = compared.baseline.saving
    assert theirs - ours == saving.units * 100 + saving.nanos // 10_000_000 > 0
    for priced in ("yes", "no"):
        found = await watched.value(
            "shipfrom_baselines_total", rule_set="preset:cheapest", priced=priced
        )
        assert found == 1


async def test_plans_are_counted_with_what_is_proven_of_them(watched: Watched) -> None:
    await watched.client.allocation.Allocate(allocate_request())
    await watched.client.allocation.Allocate(allocate_request({"mug": "200"}))
    samples = await watched.samples()
    plans = {key: value for key, value in samples.items() if key[0] == "shipfrom_plans_total"}
    assert sum(plans.values()) == 2
    assert all(dict(labels)["status"] == "optimal" for _, labels in plans)
    assert await watched.value("shipfrom_plan_duration_seconds_count", rung="exact_sets") == 2
    assert await watched.value("shipfrom_plan_shipments_count") == 2
    short = [value for key, value in samples.items() if key[0] == "shipfrom_unfilled_lines_total"]
    assert sum(short) == 1
    for stage in ("source", "solve", "render"):
        assert await watched.value("shipfrom_plan_stage_seconds_total", stage=stage) > 0


async def test_every_metric_of_the_catalogue_and_no_other_is_shown(watched: Watched) -> None:
    await watched.client.allocation.Allocate(allocate_request())
    _, text = await watched.get("/metrics")
    shown = set(re.findall(r"^# TYPE (shipfrom_\S+) ", text, re.MULTILINE))
    # The client library adds the time at which each series began.
    assert {name for name in shown if not name.endswith("_created")} == set(METRICS)


async def test_gauges_tell_what_the_server_has(watched: Watched) -> None:
    end = asyncio.get_running_loop().time() + 10
    while await watched.value("shipfrom_network_items") != 4:
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.1)
    assert await watched.value("shipfrom_network_locations") == 3
    assert await watched.value("shipfrom_ready") == 1
    assert await watched.value("shipfrom_resident_memory_bytes") > 10_000_000
    assert await watched.value("shipfrom_rule_set_info", rule_set="preset:cheapest") == 1


async def test_holds_are_counted_with_what_becomes_of_them_and_repeats_once(
    watched: Watched,
) -> None:
    calls = watched.client.allocation
    await put_stock(watched.client, {"mug": {"reno": 9}})
    ids = []
    for number in (1, 2, 3, 1):
        request = hold_request({"mug": "1"}, request_id=f"r{number}")
        request.hold_ttl.seconds = 1 if number == 3 else 600
        ids.append((await calls.Allocate(request)).plan.id)
    assert ids[0] == ids[3]
    for _ in range(2):
        await calls.CommitPlan(pb.CommitPlanRequest(plan_id=ids[0], request_id="c"))
    await calls.FulfillPlan(pb.FulfillPlanRequest(plan_id=ids[0], request_id="f"))
    extension = pb.ExtendPlanRequest(plan_id=ids[1], request_id="e")
    extension.hold_ttl.seconds = 900
    await calls.ExtendPlan(extension)
    await calls.ReleasePlan(pb.ReleasePlanRequest(plan_id=ids[1], request_id="r"))
    expected = {
        "held": 3,
        "committed": 1,
        "extended": 1,
        "released": 1,
        "fulfilled": 1,
        "replaced": 0,
        "expired": 1,
    }
    end = asyncio.get_running_loop().time() + 30
    while True:
        samples = await watched.samples()
        found = {
            dict(labels)["change"]: value
            for (name, labels), value in samples.items()
            if name == "shipfrom_holds_total"
        }
        if found == expected:
            break
        assert asyncio.get_running_loop().time() < end, found
        await asyncio.sleep(0.1)


async def test_metrics_hold_nothing_of_what_was_ordered(watched: Watched) -> None:
    request = allocate_request()
    request.order.destination.address.recipients.append("Ada Lovelace")
    await watched.client.allocation.Allocate(request)
    _, text = await watched.get("/metrics")
    # Without what was measured, whose digits may be any.
    named = [line.rpartition(" ")[0] for line in text.splitlines()]
    assert named
    for word in ("Lovelace", "10001", "order-1", "mug"):
        assert word not in "\n".join(named)


async def test_probes_answer_and_other_paths_do_not(watched: Watched) -> None:
    for path in ("/live", "/ready", "/ready?verbose"):
        status, text = await watched.get(path)
        assert status == 200, text
        assert json.loads(text) == {"live": True, "ready": True, "problems": []}
    assert (await watched.get("/"))[0] == 404


async def test_a_port_that_is_taken_keeps_the_server_from_starting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = MetricsSettings(port=taken.getsockname()[1])
        server = Server(ServerSettings(port=0, metrics=settings))
        with pytest.raises(StartError, match=r"metrics\.port"):
            await server.start()
        await server.drain()


async def test_without_a_port_nothing_is_served() -> None:
    async with running_server() as server:
        assert server._endpoint is not None
        assert server._endpoint.port == 0


def test_a_rule_set_that_no_longer_decides_is_shown_as_such() -> None:
    metrics = Metrics()
    metrics.show_rule_set("first")
    metrics.show_rule_set("second")
    values: dict[Any, float] = {
        sample.labels["rule_set"]: sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "shipfrom_rule_set_info"
    }
    assert values == {"first": 0, "second": 1}


@pytest.mark.parametrize("name", METRICS)
def test_names_and_helps_follow_the_rules_of_prometheus(name: str) -> None:
    spec = METRICS[name]
    assert re.fullmatch(r"shipfrom_[a-z_]+", name)
    assert spec.help.endswith(".")
    assert (spec.kind is Kind.COUNTER) == name.endswith("_total")
    assert bool(spec.buckets) == (spec.kind is Kind.HISTOGRAM)
    assert list(spec.buckets) == sorted(spec.buckets)
