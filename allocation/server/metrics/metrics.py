"""The metrics of one server process, and what sets them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from prometheus_client import CollectorRegistry

from allocation.build_kind import build_kind
from allocation.errors import OverloadedError
from allocation.server.calls import BaselineNote, CallRecord, PlanNote
from allocation.server.errors import ANSWERS
from allocation.server.metrics.catalogue import METRICS
from allocation.server.metrics.registry import make_metrics
from allocation.server.metrics.sums import Observations, Sums


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
        self._added: list[Sums | Observations] = []
        self._calls = self._sums("shipfrom_calls_total")
        self._durations = self._observations("shipfrom_call_duration_seconds")
        self._plans = self._sums("shipfrom_plans_total")
        self._plan_durations = self._observations("shipfrom_plan_duration_seconds")
        self._stages = self._sums("shipfrom_plan_stage_seconds_total")
        self._unfilled = self._sums("shipfrom_unfilled_lines_total")
        self._baselines = self._sums("shipfrom_baselines_total")
        self._baseline_costs = self._sums("shipfrom_baseline_cost_minor_total")
        self._baseline_plan_costs = self._sums("shipfrom_baseline_plan_cost_minor_total")
        self._geocodings = self._sums("shipfrom_geocodings_total")
        self._in_progress = self._sums("shipfrom_calls_in_progress")
        self._conflicts = self._sums("shipfrom_stock_conflicts_total")
        self._wrong_plans = self._sums("shipfrom_wrong_plans_total")
        self._gaps = self._observations("shipfrom_plan_gap_ratio")
        self._shipments = self._observations("shipfrom_plan_shipments")
        self._rule_set = ""
        self._totals: dict[tuple[str, ...], int] = {}
        self._metrics["shipfrom_build_info"].labels(version("shipfrom"), build_kind()).set(1)
        self._metrics["shipfrom_workers"].set(1)

    def _sums(self, name: str) -> Sums:
        made = Sums(self._metrics[name])
        self._added.append(made)
        return made

    def _observations(self, name: str) -> Observations:
        made = Observations(self._metrics[name], METRICS[name].buckets)
        self._added.append(made)
        return made

    def began(self, record: CallRecord, context: Any) -> None:  # noqa: ARG002  # as an observer
        """Count a call that has come."""
        self._in_progress.add(())

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        """Count a call that is over, and the plans that were made for it."""
        self._in_progress.add((), -1.0)
        self._calls.add((record.method, code, record.reason))
        self._durations.add((record.method,), duration_s)
        if record.conflicts:
            self._conflicts.add((), record.conflicts)
        if record.wrong_plan:
            self._wrong_plans.add(())
        if record.geocoding:
            self._geocodings.add((record.geocoding,))
        for plan in record.plans:
            self._count(plan)

    def told(self) -> None:
        """Let the counts be seen."""
        for each in self._added:
            each.pass_on()

    def refused_unread(self, method: str, count: int) -> None:
        """Count calls that were refused for overload; how long that took is not known."""
        code = ANSWERS[OverloadedError.reason].code.name
        self._calls.add((method, code, OverloadedError.reason), count)

    def _count(self, plan: PlanNote) -> None:
        self._plans.add((plan.rung, plan.status, plan.limit))
        self._plan_durations.add((plan.rung,), plan.total_s)
        for stage in plan.stages:
            self._stages.add((stage.name,), stage.end_s - stage.start_s)
        if plan.status != "optimal":
            self._gaps.add((), plan.gap)
        self._shipments.add((), plan.shipments)
        for reason in plan.unfilled:
            self._unfilled.add((reason,))
        if plan.baseline is not None:
            self._compare(plan.baseline)

    def _compare(self, baseline: BaselineNote) -> None:
        """Add up what callers' own choices cost beside the plans: the difference is a query."""
        priced = "no" if baseline.cost_minor is None else "yes"
        self._baselines.add((baseline.rule_set, priced))
        # A plan that earns more than it costs cannot be counted: counters only grow.
        if (
            baseline.cost_minor is not None
            and min(baseline.cost_minor, baseline.plan_cost_minor) >= 0
        ):
            labels = baseline.rule_set, baseline.currency
            self._baseline_costs.add(labels, baseline.cost_minor)
            self._baseline_plan_costs.add(labels, baseline.plan_cost_minor)

    def show(self, name: str, value: float, *labels: str) -> None:
        """Set a gauge of the catalogue."""
        metric = self._metrics[name]
        (metric.labels(*labels) if labels else metric).set(value)

    def raise_to(self, name: str, total: int, *labels: str) -> None:
        """Let a counter of the catalogue follow a total that only grows."""
        before = self._totals.get((name, *labels), 0)
        metric = self._metrics[name]
        (metric.labels(*labels) if labels else metric).inc(total - before)
        self._totals[name, *labels] = total

    def show_rule_set(self, name: str) -> None:
        """Set the rule set that decides; the one before it no longer does."""
        info = self._metrics["shipfrom_rule_set_info"]
        if self._rule_set not in ("", name):
            info.labels(self._rule_set).set(0)
        self._rule_set = name
        info.labels(name).set(1)
