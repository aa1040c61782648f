"""Branches of the search: bounds on what groups take, and the problem under them.

A cut says ``sum of groups <= most``. One group either takes at most ``t``, or at least
``t + 1`` and leaves that much less for the others. Upper bounds go into the problem as
rows of items of its own; lower bounds only serve to derive upper ones, so the problem of
a branch allows more than the branch: its optimum is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from allocation.optimize.supply.cuts import EVERYWHERE, LINES, Cut, Group
from allocation.optimize.supply.demands import Restricted, with_demand
from routing.ids import ItemId
from routing.sourcing.problem import NO_LIMIT, SourcingProblem
from routing.sourcing.supply import Supply

_ROW = ItemId("")
"""Rows that a branch adds are of no item."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Least and most that groups may take; nothing said of a group leaves it free."""

    least: Mapping[Group, int] = field(default_factory=dict)
    most: Mapping[Group, int] = field(default_factory=dict)

    def least_of(self, group: Group) -> int:
        """Return what a group takes at least, read off groups that are part of it."""
        return max(
            (
                least
                for other, least in self.least.items()
                if other.resource == group.resource
                and other.slot == group.slot
                and set(other.lines) <= set(group.lines)
            ),
            default=0,
        )

    def with_most(self, bounds: Mapping[Group, int]) -> Branch:
        """Return the branch with further upper bounds."""
        merged = dict(self.most)
        for group, most in bounds.items():
            merged[group] = min(most, merged.get(group, NO_LIMIT))
        return replace(self, most=merged)

    def with_least(self, group: Group, least: int) -> Branch:
        """Return the branch with a further lower bound."""
        return replace(self, least={**self.least, group: least})

    def implied(self, cut: Cut) -> dict[Group, int]:
        """Return what each group of a cut may take when the others take their least."""
        least = {group: self.least_of(group) for group in cut.taken}
        total = sum(least.values())
        return {group: cut.most - total + least[group] for group in cut.taken}


def divide(branch: Branch, cut: Cut) -> list[Branch]:
    """Return branches that together allow everything `branch` does and the cut permits.

    At least one of them forbids what is taken, or comes closer to that.
    """
    implied = branch.implied(cut)
    if any(implied[group] < branch.least_of(group) for group in cut.taken):
        return []
    if any(cut.taken[group] > implied[group] for group in cut.taken):
        return [branch.with_most(implied)]
    group = max(cut.taken, key=lambda each: cut.taken[each] - branch.least_of(each))
    most = max(branch.least_of(group), cut.taken[group] - -(-cut.excess // 2))
    most = min(most, cut.taken[group] - 1)
    fewer = branch.with_most({group: most})
    more = branch.with_least(group, most + 1)
    return [fewer, more.with_most(more.implied(cut))]


def yielding(branch: Branch, cut: Cut) -> Branch:
    """Return a branch that keeps a cut for good: first slots take theirs, later ones yield."""
    left = cut.most
    bounds = {}
    for group, taken in sorted(cut.taken.items()):
        bounds[group] = min(taken, left)
        left -= bounds[group]
    return branch.with_most(bounds)


def under(problem: SourcingProblem, supply: Supply, branch: Branch) -> Restricted:
    """Return the problem under the upper bounds of a branch."""
    rows: dict[tuple[int, tuple[int, ...]], dict[int, int]] = {}
    location_lines = problem.limits.location_lines.copy()
    demand = problem.lines.demand.copy()
    for group, most in branch.most.items():
        if group.slot == EVERYWHERE:
            line = group.lines[0]
            demand[line] = min(demand[line], most // supply.use[line, group.resource])
        elif group.resource == LINES:
            location_lines[group.slot] = min(int(location_lines[group.slot]), most)
        else:
            rows.setdefault((group.resource, group.lines), {})[group.slot] = most
    limits = replace(problem.limits, location_lines=location_lines)
    restricted = replace(problem, limits=limits, supply=None)
    if rows:
        restricted = _with_rows(restricted, supply, rows)
    return with_demand(restricted, demand)


def _with_rows(
    problem: SourcingProblem,
    supply: Supply,
    rows: Mapping[tuple[int, tuple[int, ...]], Mapping[int, int]],
) -> SourcingProblem:
    """Return the problem with items of its own, of which slots have no more than given."""
    use = np.zeros((len(problem.lines), len(rows)), dtype=np.int64)
    available = np.full((len(rows), problem.n_locations), NO_LIMIT, dtype=np.int64)
    for row, ((resource, lines), most_of) in enumerate(rows.items()):
        use[list(lines), row] = supply.use[list(lines), resource]
        for slot, most in most_of.items():
            available[row, slot] = most
    return replace(
        problem,
        lines=replace(problem.lines, use=np.concatenate((problem.lines.use, use), axis=1)),
        item_ids=(*problem.item_ids, *(_ROW for _ in rows)),
        available=np.concatenate((problem.available, available)),
    )
