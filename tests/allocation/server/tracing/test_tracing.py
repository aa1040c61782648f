"""Traces: which spans there are, how they hang together, and what they must not hold."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from allocation.server.calls import CURRENT_CALL, CallRecord, stage
from allocation.server.environment import default_environment
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.server.tracing.settings import TracingSettings
from allocation.v1 import allocation_service_pb2 as pb
from routing.errors import InvalidInputError
from tests.allocation.server.ledger_samples import hold_request, put_stock
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import (
    allocate_request,
    connected,
    error_of,
    quote_request,
)
from tests.allocation.server.tracing.conftest import ENDPOINT, Spans, Traced

ALLOCATE = "allocation.v1.AllocationService/Allocate"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"


def parent_of(span: ReadableSpan) -> int | None:
    return None if span.parent is None else span.parent.span_id


def id_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def lies_within(inner: ReadableSpan, outer: ReadableSpan) -> bool:
    assert inner.start_time
    assert inner.end_time
    assert outer.start_time
    assert outer.end_time
    slack_ns = 1_000_000  # the two clocks are read one after the other
    return (
        outer.start_time - slack_ns <= inner.start_time <= inner.end_time
        and inner.end_time <= outer.end_time + slack_ns
    )


async def test_a_plan_has_a_span_for_each_stage(spans: Spans, traced: Traced) -> None:
    async with traced() as client:
        answer = await client.allocation.Allocate(allocate_request())
    (call,) = spans.of_calls()
    assert (call.name, call.kind) == (ALLOCATE, SpanKind.SERVER)
    below = [span for span in spans.all() if parent_of(span) == id_of(call)]
    assert [span.name for span in sorted(below, key=lambda span: span.start_time or 0)] == [
        "decode",
        "source",
        "optimize",
        "verify",
        "render",
        "compare",
        "encode",
    ]
    assert all(lies_within(span, call) for span in below)
    (rules,), (source,) = spans.named("rules"), spans.named("source")
    assert parent_of(rules) == id_of(source)
    assert lies_within(rules, source)
    (optimize,) = spans.named("optimize")
    assert optimize.attributes == {
        "shipfrom.rung": "exact_sets",
        "shipfrom.status": "optimal",
        "shipfrom.limit": "none",
        "shipfrom.gap": 0.0,
        "shipfrom.shipments": 1,
        "shipfrom.unfilled_lines": 0,
    }
    assert call.attributes is not None
    assert call.attributes["shipfrom.plan_id"] == answer.plan.id
    assert call.attributes["rpc.response.status_code"] == "OK"
    assert call.status.status_code is StatusCode.UNSET


async def test_a_hold_shows_the_view_and_the_write(spans: Spans, traced: Traced) -> None:
    async with traced() as client:
        await put_stock(client, {"mug": {"reno": 5}, "tea": {"reno": 5}})
        plan = (await client.allocation.Allocate(hold_request())).plan
        await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    allocate, commit = spans.of_calls()
    assert len(spans.named("view of stock")) == 1
    assert [parent_of(span) for span in spans.named("hold")] == [id_of(allocate), id_of(commit)]


async def test_a_quote_shows_its_stages(spans: Spans, traced: Traced) -> None:
    async with traced() as client:
        await client.allocation.Quote(quote_request())
    (call,) = spans.of_calls()
    below = {span.name for span in spans.all() if parent_of(span) == id_of(call)}
    assert below == {"decode", "delivery options", "encode"}
    (options,) = spans.named("delivery options")
    assert {parent_of(span) for span in spans.named("rules")} == {id_of(options)}


async def test_a_call_belongs_to_the_trace_of_its_caller(spans: Spans, traced: Traced) -> None:
    async with traced(share=0.0) as client:
        for flags in ("01", "00"):
            metadata = (("traceparent", f"00-{TRACE_ID}-{PARENT_ID}-{flags}"),)
            await client.allocation.Allocate(allocate_request(), metadata=metadata)
        await client.allocation.Allocate(allocate_request())
        wrong = (("traceparent", "nonsense"),)
        await client.allocation.Allocate(allocate_request(), metadata=wrong)
    (call,) = spans.of_calls()
    context = call.get_span_context()
    assert context is not None
    assert f"{context.trace_id:032x}" == TRACE_ID
    assert f"{parent_of(call):016x}" == PARENT_ID


async def test_calls_at_the_same_time_do_not_share_a_trace(spans: Spans, traced: Traced) -> None:
    async with traced() as client:
        for _ in range(3):
            await client.allocation.Allocate(allocate_request())
    assert len({span.context.trace_id for span in spans.of_calls()}) == 3
    assert [parent_of(span) for span in spans.of_calls()] == [None] * 3


async def test_spans_hold_nothing_of_what_was_ordered_or_where_to(
    spans: Spans, traced: Traced
) -> None:
    request = allocate_request({"mug": "2", "tea": "1", "cloth": "99"})
    address = request.order.destination.address
    address.recipients.append("Ada Lovelace")
    address.address_lines.append("12 St James's Square")
    address.locality = "Gotham"
    request.request_id = "ada@example.com"
    async with traced() as client:
        await client.allocation.Allocate(request, metadata=(("authorization", "Bearer s3cret"),))
        bad = allocate_request({"mug": "-1"})
        bad.order.destination.address.CopyFrom(address)
        await error_of(client.allocation.Allocate(bad))
    text = "".join(span.to_json() for span in spans.all())
    assert "shipfrom.plan_id" in text
    private = ("Ada", "Lovelace", "James", "Gotham", "10001", "ada@", "s3cret", "mug", "order-1")
    assert [word for word in private if word in text] == []


async def test_errors_are_the_callers_or_ours(spans: Spans, traced: Traced) -> None:
    async with traced() as client:
        await error_of(client.allocation.Allocate(allocate_request({"mgu": "1"})))
    (call,) = spans.of_calls()
    assert call.attributes is not None
    assert call.attributes["shipfrom.reason"] == "UNKNOWN_ITEM"
    assert call.attributes["rpc.response.status_code"] == "NOT_FOUND"
    assert call.status.status_code is StatusCode.UNSET


async def test_a_bug_of_ours_is_an_error_of_the_span(
    spans: Spans, caplog: pytest.LogCaptureFixture
) -> None:
    tracing = TracingSettings(endpoint=ENDPOINT, share=1.0)
    planner = GatedPlanner(is_open=True)
    planner.error = RuntimeError("a bug")
    environment = replace(default_environment(), planner=planner)
    settings = ServerSettings(port=0, tracing=tracing)
    async with running_server(settings, environment) as server, connected(server) as client:
        await client.put_network()
        await error_of(client.allocation.Allocate(allocate_request()))
    (call,) = spans.of_calls()
    assert call.status.status_code is StatusCode.ERROR
    assert call.status.description == "INTERNAL"
    assert "a bug" not in call.to_json()


async def test_the_log_names_the_trace(traced: Traced, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "allocation.server.access")
    async with traced() as client:
        metadata = (("traceparent", f"00-{TRACE_ID}-{PARENT_ID}-01"),)
        await client.allocation.Allocate(allocate_request(), metadata=metadata)
    assert TRACE_ID in {getattr(record, "trace_id", "") for record in caplog.records}


async def test_nothing_is_traced_unless_a_collector_is_named(spans: Spans) -> None:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        await client.allocation.Allocate(allocate_request())
    assert spans.all() == []


def test_stages_outside_of_a_traced_call_cost_no_object() -> None:
    assert stage("decode") is stage("view")
    token = CURRENT_CALL.set(CallRecord("call-1"))
    try:
        assert stage("decode") is stage("view")
    finally:
        CURRENT_CALL.reset(token)


def test_a_server_without_traces_does_not_import_opentelemetry() -> None:
    script = (
        "import sys, json; from allocation.server.in_process import server_in_thread\n"
        "with server_in_thread(): pass\n"
        "print(json.dumps([n for n in sys.modules if n.split('.')[0] == 'opentelemetry']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"endpoint": "127.0.0.1:4318"}, "endpoint"),
        ({"endpoint": "grpc://127.0.0.1:4317"}, "endpoint"),
        ({"share": 1.1}, "share"),
        ({"share": float("nan")}, "share"),
        ({"service_name": ""}, "service_name"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(wrong: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        TracingSettings(**wrong)
    assert [each.path for each in caught.value.violations] == [path]
