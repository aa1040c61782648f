"""Which rows of a plan a step is about."""

from __future__ import annotations

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import TakeStep
from allocation.ledger.hold import HeldPlan, HeldRow
from routing.errors import Violation


def targets_of(plan: HeldPlan, command: TakeStep) -> tuple[HeldRow, ...]:
    """Return the rows named by line or by row, or all rows if none are named."""
    lines = {row.line_id for row in plan.rows}
    names = {row.name for row in plan.rows}
    found = [
        Violation(f"line_ids[{index}]", f"plan {plan.plan_id!r} has no line {line!r}")
        for index, line in enumerate(command.lines)
        if line not in lines
    ]
    found += [
        Violation(f"rows[{index}]", f"plan {plan.plan_id!r} does not hold {name.key} for it")
        for index, name in enumerate(command.rows)
        if name not in names
    ]
    if found:
        raise InvalidRequestError(found)
    if not command.lines and not command.rows:
        return plan.rows
    wanted_lines, wanted_rows = set(command.lines), set(command.rows)
    return tuple(row for row in plan.rows if row.line_id in wanted_lines or row.name in wanted_rows)
