"""How far solves overrun their budgets; run as ``python -m bench.optimizer_deadline SEED``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus, Solution
from bench.harness.figures import percentile, rounded, shown
from bench.harness.table import print_table
from bench.harness.timing import settle, timed
from bench.instances.draw import draw_instance
from bench.instances.families import Cell, Demand, Twist
from bench.instances.kinds import Kind, requests_of
from routing.sourcing.build import build_sourcing
from routing.sourcing.problem import SourcingProblem

BUDGETS_MS: Final = (5, 20, 100, 500)
INSTANCES: Final = 4
REPEATS: Final = 2
"""Every solve is timed so often, and the shorter time counts: other processes take some."""
KIT_LINES: Final = 12
CELLS: Final = (
    Cell("large", 20, 200, (0, 0), (0, 0)),
    Cell("large", 40, 200, (0, 0), (0, 0)),
    Cell("split", 6, 50, (0, 0), (0, 0), Demand.SPLIT),
    Cell("split", 12, 100, (0, 0), (0, 0), Demand.SPLIT),
    Cell("priced", 40, 100, (0, 0), (0, 0), twist=Twist.PRICED),
    Cell("capacity", 40, 100, (0, 0), (0, 0), twist=Twist.CAPACITY),
    Cell("bulky", 20, 100, (0, 0), (0, 0), twist=Twist.BULKY),
)
KITS: Final = f"kits_{KIT_LINES}x100"


@dataclass(frozen=True, slots=True)
class Overruns:
    """Solves of one size with one budget.

    Attributes
    ----------
    times_s
        What each took.
    proven
        How many are called optimal.
    """

    budget_ms: int
    times_s: tuple[float, ...]
    proven: int

    @property
    def worst(self) -> float:
        """Return the longest time as a multiple of the budget."""
        return max(self.times_s) * 1e3 / self.budget_ms

    @property
    def late(self) -> int:
        """Return how many took more than a tenth longer than the budget."""
        return sum(each * 1e3 > 1.1 * self.budget_ms for each in self.times_s)


def problems_of(seed: int, instances: int) -> dict[str, list[SourcingProblem]]:
    """Draw the problems of every size."""
    found = {
        cell.name: [draw_instance(cell, seed, index).problem for index in range(instances)]
        for cell in CELLS
    }
    kits = requests_of(Kind.KITS, instances, KIT_LINES, 100, seed)
    found[KITS] = [
        build_sourcing(each.order, each.network, each.stock, each.policy).problem for each in kits
    ]
    return found


def measure(seed: int, instances: int = INSTANCES) -> dict[str, list[Overruns]]:
    """Solve every problem under every budget; each one has been met before."""
    problems = problems_of(seed, instances)
    settle()
    return {name: [_overruns(some, ms) for ms in BUDGETS_MS] for name, some in problems.items()}


def _overruns(problems: Sequence[SourcingProblem], budget_ms: int) -> Overruns:
    times, proven = [], 0
    for problem in problems:
        _solve(problem, budget_ms)
        runs = [timed(partial(_solve, problem, budget_ms)) for _ in range(REPEATS)]
        times.append(min(took_s for _, took_s in runs))
        proven += runs[-1][0].status is ProofStatus.OPTIMAL
    return Overruns(budget_ms, tuple(times), proven)


def _solve(problem: SourcingProblem, budget_ms: int) -> Solution:
    return solve(problem, Budget(time.perf_counter, time.perf_counter() + budget_ms / 1e3))


def as_json(found: Mapping[str, Sequence[Overruns]]) -> dict[str, object]:
    """Return the figures for the last line: by size, by budget."""
    return {
        name: {
            f"{each.budget_ms}_ms": {
                "worst_over_budget": rounded(each.worst),
                "p95_ms": rounded(percentile([s * 1e3 for s in each.times_s], 95)),
                "late": each.late,
                "of": len(each.times_s),
                "proven": each.proven,
            }
            for each in some
        }
        for name, some in found.items()
    }


def print_overruns(found: Mapping[str, Sequence[Overruns]]) -> None:
    """Print the longest time by budget, and how many were late."""
    print_table(
        "Longest solve / budget (more than 10 % late + proven of all)",
        ("size", *(f"{ms} ms" for ms in BUDGETS_MS)),
        [
            (
                name,
                *(
                    f"{shown(each.worst)} ({each.late} + {each.proven} of {len(each.times_s)})"
                    for each in some
                ),
            )
            for name, some in found.items()
        ],
    )


def main() -> None:
    """Print the table and the figures."""
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print_overruns(found)
    print(json.dumps(as_json(found)))


if __name__ == "__main__":
    main()
