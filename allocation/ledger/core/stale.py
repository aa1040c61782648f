"""Steps of plans that have changed since their callers saw them."""

from __future__ import annotations

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import TakeStep
from allocation.ledger.core.targets import leaving, targets_of
from allocation.ledger.errors import EtagMismatchError, UnitsWaitError
from allocation.ledger.hold import HeldPlan
from allocation.ledger.states import OUTCOMES, HoldState, Step


def check_revision(plan: HeldPlan, command: TakeStep) -> None:
    """Refuse a step that would change a plan at another revision than its caller saw.

    A step that changes nothing is none of the revision's business: it was taken already, by this
    very call whose answer was lost for instance, or its plan is over, which is what to say then.

    Raises
    ------
    EtagMismatchError
    """
    seen = command.if_revision
    if seen is None or seen == plan.revision:
        return
    if not 0 < seen < plan.revision or _would_change(plan, command):
        raise EtagMismatchError(plan.plan_id, seen, plan.revision)


def check_still_idle(plan: HeldPlan, command: TakeStep) -> None:
    """Refuse a step that changes a plan after all, at another revision than its caller saw.

    Units that waited when their plan was looked at may have turned into stock since.

    Raises
    ------
    EtagMismatchError
    """
    seen = command.if_revision
    if seen is not None and seen != plan.revision:
        raise EtagMismatchError(plan.plan_id, seen, plan.revision)


def _would_change(plan: HeldPlan, command: TakeStep) -> bool:
    if plan.is_due(command.now):
        return False
    outcomes = OUTCOMES[command.step]
    if not plan.rows:
        return not command.nothing and isinstance(outcomes[plan.state], HoldState)
    try:
        chosen = targets_of(plan, command)
        if command.step is Step.FULFILL:
            chosen = leaving(plan, chosen, command)
    except UnitsWaitError:
        return False
    except InvalidRequestError:
        # There may be less of it than the caller saw.
        return True
    return any(isinstance(outcomes[one.row.state], HoldState) for one in chosen)
