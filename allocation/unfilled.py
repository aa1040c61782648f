"""Why units stay unfilled, in types and sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.not_shippable import not_shippable
from allocation.optimize.solution import ProofStatus, Solution
from allocation.plan import UnfilledLine, UnfilledReason
from routing.network import Network
from routing.order import Order
from routing.sourcing.build import Sourcing
from routing.sourcing.policy import Policy
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.supply import NO_CEILING, Supply
from routing.sourcing.verdict import Verdict

_BY_BEST_VERDICT = (
    (Verdict.TOO_LATE, UnfilledReason.PROMISE_UNREACHABLE),
    (Verdict.TOO_LARGE, UnfilledReason.NOT_SHIPPABLE),
    (Verdict.NO_RATE, UnfilledReason.NOT_SHIPPABLE),
    (Verdict.SHELF_LIFE, UnfilledReason.NOT_IN_STOCK),
    (Verdict.SHORT, UnfilledReason.WHOLE_LINE),
    (Verdict.OUT_OF_STOCK, UnfilledReason.NOT_IN_STOCK),
    (Verdict.NOT_STOCKED, UnfilledReason.NOT_IN_STOCK),
    (Verdict.CAPACITY, UnfilledReason.CAPACITY_EXHAUSTED),
)
"""The verdict that got farthest decides, farthest first."""


_STOCK_KNOWN = (Verdict.ELIGIBLE, Verdict.SHORT, Verdict.OUT_OF_STOCK)


@dataclass(frozen=True, slots=True)
class _Case:
    sourcing: Sourcing
    order: Order
    network: Network
    solution: Solution
    number: int

    @property
    def policy(self) -> Policy:
        return self.sourcing.policy

    @property
    def line(self) -> ResolvedLine:
        return self.sourcing.lines[self.number]

    @property
    def missing(self) -> int:
        return self.solution.allocation.unfilled[self.number]

    @property
    def eligible(self) -> NDArray[np.bool_]:
        passed: NDArray[np.bool_] = self.sourcing.verdicts[self.number] == Verdict.ELIGIBLE
        return passed

    @property
    def in_stock(self) -> int:
        """Increments at all locations that pass every rule, each capped at the demand."""
        counts = np.minimum(self.sourcing.buildable[self.number], self.line.demand)
        known = np.isin(self.sourcing.verdicts[self.number], _STOCK_KNOWN)
        return int(counts[known].sum())

    @property
    def may_wait(self) -> int | None:
        """Increments that limits of what it is made of let wait at once; ``None``: no limit."""
        supply = self.sourcing.problem.supply
        if supply is None:
            return None
        limits = [
            int(supply.ceiling_most[ceiling]) // int(supply.use[self.number, resource])
            for ceiling, resource in _ceilings(supply)
            if supply.use[self.number, resource]
        ]
        return min(limits, default=None)


def unfilled_lines(
    sourcing: Sourcing, order: Order, network: Network, solution: Solution
) -> tuple[UnfilledLine, ...]:
    """Return every line with units left out, its typed reason, and what it would take.

    Parameters
    ----------
    order, network
        What the problem was built from.
    """
    if not any(solution.allocation.unfilled):
        return ()
    cases = [
        _Case(sourcing, order, network, solution, number)
        for number, missing in enumerate(solution.allocation.unfilled)
        if missing
    ]
    return tuple(_explain(case) for case in cases)


def _explain(case: _Case) -> UnfilledLine:
    reason = _reason(case)
    line = case.line
    said, remedies = _words(case, reason)
    detail = f"{line.quantity(case.missing)} of {line.quantity(line.demand)} unfilled: {said}"
    return UnfilledLine(line.id, line.quantity(case.missing), reason, detail, remedies)


def _words(case: _Case, reason: UnfilledReason) -> tuple[str, tuple[str, ...]]:
    """Return the reason with its figures, and what it would take."""
    if reason is UnfilledReason.NOT_SHIPPABLE:
        return not_shippable(case.sourcing, case.order, case.network, case.number)
    figures = _figures(case)
    remedies = tuple(text.format(**figures) for text in _REMEDIES.get(reason, ()))
    return _DETAILS[reason].format(**figures), remedies


def _reason(case: _Case) -> UnfilledReason:
    if not case.eligible.any():
        return _reason_of_none(case)
    if case.solution.status is not ProofStatus.OPTIMAL:
        return UnfilledReason.UNDECIDED
    return next(reason for reason, holds in _CAUSES if holds(case))


def _reason_of_none(case: _Case) -> UnfilledReason:
    """Say why no location may ship the line: the verdict that got farthest decides."""
    verdicts = case.sourcing.verdicts[case.number]
    for verdict, reason in _BY_BEST_VERDICT:
        if (verdicts == verdict).any():
            short = verdict is Verdict.SHORT and case.in_stock < case.line.demand
            found = UnfilledReason.NOT_IN_STOCK if short else reason
            missing = found is UnfilledReason.NOT_IN_STOCK
            return UnfilledReason.CAPACITY_EXHAUSTED if missing and _is_behind_full(case) else found
    return UnfilledReason.NOTHING_ELIGIBLE


def _is_behind_full(case: _Case) -> bool:
    """Whether what is missing of the line lies where the day is full: that is no lack of stock."""
    full = case.sourcing.verdicts[case.number] == Verdict.CAPACITY
    there = np.minimum(case.sourcing.buildable[case.number], case.line.demand)[full]
    if case.policy.line_split and case.line.group is None:
        return 0 < case.line.demand - case.in_stock <= int(there.sum())
    return bool((there >= case.line.demand).any())


def _over_capacity(case: _Case) -> bool:
    limits = case.sourcing.problem.limits
    units = int(case.sourcing.problem.lines.demand.sum())
    lines = len(case.sourcing.lines)
    return bool((limits.location_units < units).any() or (limits.location_lines < lines).any())


def _shares_stock(case: _Case) -> bool:
    """Whether another line takes an item of this one and all together want more than there is."""
    problem = case.sourcing.problem
    items = np.flatnonzero(problem.lines.use[case.number])
    wanted = problem.lines.demand @ problem.lines.use
    shared = (problem.lines.use[:, items] > 0).sum(axis=0) > 1
    return bool((shared & (wanted[items] > problem.available[items].sum(axis=1))).any())


def _ceilings(supply: Supply) -> set[tuple[int, int]]:
    """Return each limit of what may wait, and the resource that it is about."""
    limited = np.flatnonzero(supply.ceiling != NO_CEILING)
    return set(
        zip(supply.ceiling[limited].tolist(), supply.resource[limited].tolist(), strict=True)
    )


def _over_backorder_limit(case: _Case) -> bool:
    """Whether what is in stock and what may wait besides is less than is wanted.

    A line that is not split needs both at one place.
    """
    supply, demand = case.sourcing.problem.supply, case.sourcing.problem.lines.demand
    if supply is None:
        return False
    for ceiling, resource in _ceilings(supply):
        mine = case.line.demand * int(supply.use[case.number, resource])
        if not mine:
            continue
        most, there = int(supply.ceiling_most[ceiling]), dict[int, int]()
        for portion in case.sourcing.portions:
            if portion.item == resource and not portion.waits:
                there[portion.place] = there.get(portion.place, 0) + portion.increments
        if int(demand @ supply.use[:, resource]) > sum(there.values()) + most:
            return True
        if not case.policy.line_split and mine > max(there.values(), default=0) + most:
            return True
    return False


_CAUSES: tuple[tuple[UnfilledReason, Callable[[_Case], bool]], ...] = (
    (
        UnfilledReason.CAPACITY_EXHAUSTED,
        lambda case: case.policy.line_split and _is_behind_full(case),
    ),
    (
        UnfilledReason.NOT_IN_STOCK,
        lambda case: case.policy.line_split and case.in_stock < case.line.demand,
    ),
    (
        UnfilledReason.SHIP_COMPLETE,
        lambda case: case.policy.ship_complete and not case.solution.allocation.shipments,
    ),
    (UnfilledReason.GROUP, lambda case: case.line.group is not None),
    (UnfilledReason.NOT_IN_STOCK, _over_backorder_limit),
    (UnfilledReason.MAX_SHIPMENTS, lambda case: case.policy.max_shipments is not None),
    (UnfilledReason.NOT_IN_STOCK, _shares_stock),
    (
        UnfilledReason.DEARER_THAN_PENALTY,
        lambda case: case.policy.unfilled_unit_minor is not None,
    ),
    (UnfilledReason.CAPACITY_EXHAUSTED, _over_capacity),
    (UnfilledReason.RULE_CONFLICT, lambda _case: True),
)
"""Why a line that some location could ship is not shipped: the first that holds."""


def _short_of(case: _Case) -> int:
    """Return how many increments more would do: in all, or where there are most already.

    What may wait need not be there.
    """
    counts = np.minimum(case.sourcing.buildable[case.number], case.line.demand)
    known = np.isin(case.sourcing.verdicts[case.number], _STOCK_KNOWN)
    there = counts[known]
    needed = case.line.demand - (case.may_wait or 0)
    return needed - int(there.sum() if case.policy.line_split else there.max(initial=0))


def _figures(case: _Case) -> dict[str, str]:
    verdicts, may_wait = case.sourcing.verdicts[case.number], case.may_wait
    most = int(np.minimum(case.sourcing.buildable[case.number], case.line.demand).max(initial=0))
    return {
        "item": case.line.title,
        "locations": str(verdicts.size),
        "eligible": str(int(case.eligible.sum())),
        "waiting": "" if may_wait is None else _WAITING.format(case.line.quantity(may_wait)),
        "named": _named(case.line),
        "aged": _aged(case),
        "in_stock": str(case.line.quantity(case.in_stock)),
        "most": str(case.line.quantity(most)),
        "missing": str(case.line.quantity(case.missing)),
        "more": str(case.line.quantity(max(1, _short_of(case)))),
        "max_shipments": str(case.policy.max_shipments),
        "one_more": str((case.policy.max_shipments or 0) + 1),
        "group": case.line.group or "",
        "date": "" if case.order.deliver_by is None else f", {case.order.deliver_by}",
        "penalty": str(case.policy.unfilled_unit_minor),
    }


def _named(line: ResolvedLine) -> str:
    """Say that the line wants certain units: that there are others is no help."""
    asked = "serials" if line.serials else "lots"
    return f", too few of them the {asked} asked for" if line.serials or line.lot_ids else ""


def _aged(case: _Case) -> str:
    """Say how much more is there that is too old."""
    old = case.sourcing.verdicts[case.number] == Verdict.SHELF_LIFE
    units = int(case.sourcing.buildable[case.number][old].sum())
    return f", {case.line.quantity(units)} in lots that are not fresh enough" if units else ""


_WAITING = ", and at most {} may wait within backorder_limit"

_DETAILS = {
    UnfilledReason.NOTHING_ELIGIBLE: "none of {locations} locations may ship it",
    UnfilledReason.NOT_IN_STOCK: "{in_stock} in stock where it may ship from{named}{aged}{waiting}",
    UnfilledReason.CAPACITY_EXHAUSTED: "locations with stock have no capacity left today",
    UnfilledReason.RULE_CONFLICT: "no plan meets all limits together",
    UnfilledReason.SHIP_COMPLETE: "the order ships complete or not at all",
    UnfilledReason.PROMISE_UNREACHABLE: "no carrier service keeps the date{date}",
    UnfilledReason.MAX_SHIPMENTS: "it would take more than {max_shipments} shipment(s)",
    UnfilledReason.WHOLE_LINE: "at most {most} at any one location and lines are not split",
    UnfilledReason.DEARER_THAN_PENALTY: "filling costs more than the penalty of {penalty}",
    UnfilledReason.GROUP: "no location has all of group {group}",
    UnfilledReason.UNDECIDED: "the search ended before it could tell",
}

_REMEDIES = {
    UnfilledReason.NOTHING_ELIGIBLE: ("allow a location that stocks {item}",),
    UnfilledReason.NOT_IN_STOCK: ("{more} more of {item} at an eligible location",),
    UnfilledReason.CAPACITY_EXHAUSTED: ("more capacity at a location that stocks {item}",),
    UnfilledReason.SHIP_COMPLETE: ("drop ship_complete", "stock for the other lines"),
    UnfilledReason.PROMISE_UNREACHABLE: ("a later deliver_by", "a faster carrier service"),
    UnfilledReason.MAX_SHIPMENTS: ("max_shipments of {one_more}",),
    UnfilledReason.WHOLE_LINE: (
        "line_split ALLOWED",
        "{more} more of {item} at the location with most",
    ),
    UnfilledReason.DEARER_THAN_PENALTY: ("a higher unfilled_unit_penalty",),
    UnfilledReason.GROUP: ("drop the group", "stock all of the group at one location"),
    UnfilledReason.UNDECIDED: ("a longer solve_budget",),
}
