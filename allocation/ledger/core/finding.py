"""Finding the plan that a write is about."""

from __future__ import annotations

from allocation.ledger.core.key_check import id_violations
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.errors import EtagMismatchError, PlanNotFoundError
from allocation.ledger.hold import HeldPlan


def find_plan(tx: Transaction, plan_id: str, if_revision: int | None = None) -> HeldPlan:
    """Return a plan, locked.

    Raises
    ------
    PlanNotFoundError, EtagMismatchError
    """
    plan = None if id_violations("", plan_id) else tx.plan(plan_id)
    if plan is None:
        raise PlanNotFoundError(plan_id)
    if if_revision is not None and if_revision != plan.revision:
        raise EtagMismatchError(plan_id, if_revision, plan.revision)
    return plan
