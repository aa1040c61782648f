"""Makes the spans of each call: one for the call, one below it for each stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from allocation.engine_api import Stage
from allocation.server.calls import CallRecord, PlanNote
from allocation.server.security.permissions import PUBLIC
from allocation.server.tracing.stage_log import StageLog

_PARENT: Final = "traceparent"
_STATE: Final = "tracestate"
_OURS: Final = frozenset({"INTERNAL", "UNKNOWN", "DATA_LOSS", "UNAVAILABLE", "DEADLINE_EXCEEDED"})
"""Codes of which the server's own span says that it failed; others are the caller's."""
_INSIDE: Final[Mapping[str, tuple[str, ...]]] = {"rules": ("source", "quote")}
"""Stages that are part of another one."""
NAMES: Final[Mapping[str, str]] = {
    "decode": "decode",
    "view": "view of stock",
    "rules": "rules",
    "source": "source",
    "solve": "optimize",
    "quote": "delivery options",
    "verify": "verify",
    "render": "render",
    "compare": "compare",
    "encode": "encode",
    "hold": "hold",
}
"""Spans by stage; what they are is in docs/operating.md."""


class TraceObserver:
    """Traces calls; those that are not sampled cost next to nothing.

    Spans hold counts, names of stages and ids that ShipFrom made: nothing of what was
    ordered, by whom, or where to.

    Parameters
    ----------
    tracer
        Makes spans, and decides which calls are traced.
    clock
        Monotonic seconds: that of calls and of the engine.
    wall_ns
        Nanoseconds since 1970.
    """

    def __init__(
        self,
        tracer: trace.Tracer,
        clock: Callable[[], float],
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._tracer = tracer
        self._clock = clock
        self._wall_ns = wall_ns
        self._propagator = TraceContextTextMapPropagator()

    def began(self, record: CallRecord, context: Any) -> None:
        """Begin the span of a call, below the caller's if it sent one."""
        if record.method in PUBLIC:
            return
        service, _, method = record.method.lstrip("/").partition("/")
        span = self._tracer.start_span(
            f"{service}/{method}",
            context=self._parent(context.invocation_metadata() or ()),
            kind=trace.SpanKind.SERVER,
            attributes={"rpc.system": "grpc", "rpc.service": service, "rpc.method": method},
        )
        if span.is_recording():
            record.span = span
            trace_id = trace.format_trace_id(span.get_span_context().trace_id)
            record.stages = StageLog(self._clock, trace_id)

    def told(self) -> None:
        """Do nothing: each call has spans of its own."""

    def refused_unread(self, method: str, count: int) -> None:
        """Do nothing: what is not read has no span."""

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        """Make the spans of the stages, and end that of the call."""
        span, log = record.span, record.stages
        if span is None or log is None:
            return
        # Both clocks are read together, so that stages lie where they were.
        offset_ns = self._wall_ns() - round(self._clock() * 1e9)
        below = trace.set_span_in_context(span)
        self._stages(log.stages, record.plans, below, offset_ns)
        span.set_attribute("rpc.response.status_code", code)
        span.set_attribute("shipfrom.call_id", record.id)
        if record.reason:
            span.set_attribute("shipfrom.reason", record.reason)
        if record.conflicts:
            span.set_attribute("shipfrom.conflicts", record.conflicts)
        if record.plans:
            span.set_attribute("shipfrom.plan_id", record.plans[-1].plan_id)
        if code in _OURS:
            span.set_status(trace.Status(trace.StatusCode.ERROR, record.reason or code))
        span.end(round((record.start_s + duration_s) * 1e9) + offset_ns)

    def _parent(self, metadata: Iterable[tuple[str, Any]]) -> Context:
        carrier = {key: value for key, value in metadata if key in (_PARENT, _STATE)}
        # Never the context of the event loop: a call without a trace begins one.
        return self._propagator.extract(carrier, Context()) if carrier else Context()

    def _stages(
        self, stages: list[Stage], plans: list[PlanNote], below: Context, offset_ns: int
    ) -> None:
        outer: list[tuple[Stage, Context]] = []
        made: list[tuple[Stage, Mapping[str, Any]]] = [
            (stage, _proof(plan) if stage.name == "solve" else {})
            for plan in plans
            for stage in plan.stages
        ]
        made += [(stage, {}) for stage in stages if stage.name not in _INSIDE]
        for stage, attributes in made:
            span = self._span(stage, below, offset_ns, attributes)
            outer.append((stage, trace.set_span_in_context(span, below)))
        for stage in stages:
            if stage.name in _INSIDE:
                self._span(stage, _around(stage, outer, below), offset_ns, {})

    def _span(
        self, stage: Stage, below: Context, offset_ns: int, attributes: Mapping[str, Any]
    ) -> trace.Span:
        span = self._tracer.start_span(
            NAMES[stage.name],
            context=below,
            attributes=attributes,
            start_time=round(stage.start_s * 1e9) + offset_ns,
        )
        span.end(round(stage.end_s * 1e9) + offset_ns)
        return span


def _around(stage: Stage, outer: Iterable[tuple[Stage, Context]], below: Context) -> Context:
    """Return the context of the stage that another one is part of, else that of the call."""
    for each, context in outer:
        if each.name in _INSIDE[stage.name] and each.start_s <= stage.start_s <= each.end_s:
            return context
    return below


def _proof(plan: PlanNote) -> dict[str, Any]:
    return {
        "shipfrom.rung": plan.rung,
        "shipfrom.status": plan.status,
        "shipfrom.limit": plan.limit,
        "shipfrom.gap": plan.gap,
        "shipfrom.shipments": plan.shipments,
        "shipfrom.unfilled_lines": len(plan.unfilled),
    }
