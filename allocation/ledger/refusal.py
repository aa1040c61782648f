"""Why a plan does not take a step."""

from __future__ import annotations

from allocation.ledger.errors import LedgerPlanError, PlanReplacedError
from allocation.ledger.hold import HeldPlan


def refusal(plan: HeldPlan, error: type[LedgerPlanError]) -> LedgerPlanError:
    """Return the error for a plan whose state allows no step, or whose place another has taken."""
    if plan.replaced_by:
        return PlanReplacedError(plan.plan_id, plan.replaced_by)
    return error(plan.plan_id)
