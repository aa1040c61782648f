"""The metrics of one server process, and what sets them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from prometheus_client import CollectorRegistry

from allocation.build_kind import build_kind
from allocation.errors import OverloadedError
from allocation.server.calls import BaselineNote, CallRecord, PlanNote
from allocation.server.errors import ANSWERS
from allocation.server.metrics.registry import make_metrics

_MOST_SERIES: Final = 2_000
"""Most combinations of labels of one metric: unknown methods must not fill the memory."""


class _Children:
    """The children of a labelled metric, found without a lock."""

    def __init__(self, metric: Any) -> None:
        self._metric = metric
        self._known: dict[tuple[str, ...], Any] = {}

    def __getitem__(self, labels: tuple[str, ...]) -> Any:
        known = self._known.get(labels)
        if known is None:
            if len(self._known) >= _MOST_SERIES:
                labels = tuple("other" for _ in labels)
            known = self._known.setdefault(labels, self._metric.labels(*labels))
        return known


class Metrics:
    """Counts calls and plans as they end, and shows states when told of them.

    Parameters
    ----------
    registry
        Where the metrics are; a new one by default.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._metrics: Mapping[str, Any] = make_metrics(self.registry)
        self._calls = _Children(self._metrics["shipfrom_calls_total"])
        self._durations = _Children(self._metrics["shipfrom_call_duration_seconds"])
        self._plans = _Children(self._metrics["shipfrom_plans_total"])
        self._plan_durations = _Children(self._metrics["shipfrom_plan_duration_seconds"])
        self._stages = _Children(self._metrics["shipfrom_plan_stage_seconds_total"])
        self._unfilled = _Children(self._metrics["shipfrom_unfilled_lines_total"])
        self._baselines = _Children(self._metrics["shipfrom_baselines_total"])
        self._baseline_costs = _Children(self._metrics["shipfrom_baseline_cost_minor_total"])
        self._baseline_plan_costs = _Children(
            self._metrics["shipfrom_baseline_plan_cost_minor_total"]
        )
        self._geocodings = _Children(self._metrics["shipfrom_geocodings_total"])
        self._in_progress = self._metrics["shipfrom_calls_in_progress"]
        self._conflicts = self._metrics["shipfrom_stock_conflicts_total"]
        self._wrong_plans = self._metrics["shipfrom_wrong_plans_total"]
        self._gaps = self._metrics["shipfrom_plan_gap_ratio"]
        self._shipments = self._metrics["shipfrom_plan_shipments"]
        self._rule_set = ""
        self._totals: dict[tuple[str, ...], int] = {}
        self._metrics["shipfrom_build_info"].labels(version("shipfrom"), build_kind()).set(1)
        self._metrics["shipfrom_workers"].set(1)

    def began(self, record: CallRecord, context: Any) -> None:  # noqa: ARG002  # as an observer
        """Count a call that has come."""
        self._in_progress.inc()

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        """Count a call that is over, and the plans that were made for it."""
        self._in_progress.dec()
        self._calls[record.method, code, record.reason].inc()
        self._durations[record.method,].observe(duration_s)
        if record.conflicts:
            self._conflicts.inc(record.conflicts)
        if record.wrong_plan:
            self._wrong_plans.inc()
        if record.geocoding:
            self._geocodings[record.geocoding,].inc()
        for plan in record.plans:
            self._count(plan)

    def refused_unread(self, method: str, count: int) -> None:
        """Count calls that were refused for overload; how long that took is not known."""
        code = ANSWERS[OverloadedError.reason].code.name
        self._calls[method, code, OverloadedError.reason].inc(count)

    def _count(self, plan: PlanNote) -> None:
        self._plans[plan.rung, plan.status, plan.limit].inc()
        self._plan_durations[plan.rung,].observe(plan.total_s)
        for stage in plan.stages:
            self._stages[stage.name,].inc(stage.end_s - stage.start_s)
        if plan.status != "optimal":
            self._gaps.observe(plan.gap)
        self._shipments.observe(plan.shipments)
        for reason in plan.unfilled:
            self._unfilled[reason,].inc()
        if plan.baseline is not None:
            self._compare(plan.baseline)

    def _compare(self, baseline: BaselineNote) -> None:
        """Add up what callers' own choices cost beside the plans: the difference is a query."""
        priced = "no" if baseline.cost_minor is None else "yes"
        self._baselines[baseline.rule_set, priced].inc()
        # A plan that earns more than it costs cannot be counted: counters only grow.
        if (
            baseline.cost_minor is not None
            and min(baseline.cost_minor, baseline.plan_cost_minor) >= 0
        ):
            labels = baseline.rule_set, baseline.currency
            self._baseline_costs[labels].inc(baseline.cost_minor)
            self._baseline_plan_costs[labels].inc(baseline.plan_cost_minor)

    def show(self, name: str, value: float, *labels: str) -> None:
        """Set a gauge of the catalogue."""
        metric = self._metrics[name]
        (metric.labels(*labels) if labels else metric).set(value)

    def raise_to(self, name: str, total: int, *labels: str) -> None:
        """Let a counter of the catalogue follow a total that only grows."""
        before = self._totals.get((name, *labels), 0)
        self._metrics[name].labels(*labels).inc(total - before)
        self._totals[name, *labels] = total

    def show_rule_set(self, name: str) -> None:
        """Set the rule set that decides; the one before it no longer does."""
        info = self._metrics["shipfrom_rule_set_info"]
        if self._rule_set not in ("", name):
            info.labels(self._rule_set).set(0)
        self._rule_set = name
        info.labels(name).set(1)
