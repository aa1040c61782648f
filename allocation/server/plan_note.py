"""What logs and metrics are told of a plan."""

from __future__ import annotations

from allocation.engine_api import PlanningResult
from allocation.plan import Plan
from allocation.server.calls import BaselineNote, PlanNote


def note_of(result: PlanningResult, request_id: str) -> PlanNote:
    """Return a note of a plan: ids, proof and times, nothing of what was ordered or where to."""
    plan = result.plan
    proof = plan.proof
    above = proof.objective_minor - proof.lower_bound_minor
    return PlanNote(
        plan_id=plan.id,
        request_id=request_id,
        # `value` would call a function of Python for each of them.
        rung=proof.rung._value_,
        status=proof.status._value_,
        limit=proof.limit._value_,
        gap=above / proof.objective_minor if above > 0 and proof.objective_minor > 0 else 0.0,
        shipments=len(plan.shipments),
        unfilled=tuple(line.reason.value for line in plan.unfilled),
        stages=result.stages,
        total_s=result.total_s,
        baseline=_baseline_note(plan),
    )


def _baseline_note(plan: Plan) -> BaselineNote | None:
    if plan.baseline is None:
        return None
    cost = plan.baseline.cost
    return BaselineNote(
        rule_set=plan.basis.rule_set_revision,
        currency=plan.currency,
        cost_minor=None if cost is None else cost.total_minor,
        plan_cost_minor=plan.cost.total_minor,
    )
