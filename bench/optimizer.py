"""Our optimizer against generic OR-Tools models and against policies that look at no price.

``python -m bench.optimizer`` solves the same sourcing problems with our ladder and with an
arc and step model in HiGHS, SCIP and CP-SAT, checks every answer, and prints the figures by
family and size. To run a part: ``--families typical,wide --contenders highs,scip``; to look at
one instance: ``--only large_20x200:0``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bench import optimizer_deadline as deadline
from bench.contenders.solvers import SOLVERS
from bench.harness.options import common_parser, name_list
from bench.harness.record import describe, finish
from bench.instances.families import CELLS, FAMILIES, Cell, cell_named
from bench.instances.places import places
from bench.optimizer_measure import LEAST_S, SLOWER, Measured, Plan, measure_cell, measure_one
from bench.optimizer_memory import peak_in_child
from bench.optimizer_report import print_cell, print_family_tables, print_instance
from bench.optimizer_summary import as_json, summarise

LIMIT_S = 6.0
SMALL_LIMIT_S = 3.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 if an answer is wrong or one we call optimal is beaten."""
    options = _parser().parse_args(arguments)
    contenders = _known(options.contenders, tuple(SOLVERS), "contenders")
    limit_s = options.limit or (SMALL_LIMIT_S if options.small else LIMIT_S)
    plan = Plan(
        contenders,
        options.seed,
        limit_s,
        options.cell_seconds,
        dominance=options.prefilter == "dominated",
    )
    print(f"bench.optimizer · {describe(options.seed)}")
    real = all(places(size).are_real for size in (10, 100, 1000))
    print(
        f"stock locations: {'real sites' if real else 'SYNTHETIC (drawn from the packaged ZIPs)'}; "
        "rate cards: shipped; weights: synthetic (lognormal, median 0.7 lb)"
    )
    print(f"every solver: 1 thread, {plan.limit_s:g} s, no gap; garbage collector off while timed")
    print(
        f"where a model has proven its answer the next ones may take {SLOWER:g} times as long, "
        f"at least {LEAST_S:g} s; no further instances after {plan.cell_s:g} s with the models"
    )
    print(f"generic models leave out locations that are {options.prefilter}")
    print(flush=True)
    if options.only:
        return _run_one(options.only, plan)
    return _run_all(options, plan)


def _run_all(options: argparse.Namespace, plan: Plan) -> int:
    families = _known(options.families, FAMILIES, "families")
    measured: dict[Cell, list[Measured]] = {}
    for cell in CELLS:
        small = int(options.small)
        if cell.family in families and cell.ours[small]:
            measured[cell] = measure_cell(cell, plan, cell.ours[small], cell.peers[small])
            print_cell(cell, measured[cell])
    print()
    outcome: dict[str, object] = {}
    wrong = 0
    for family in families:
        found = [each for cell, some in measured.items() if cell.family == family for each in some]
        if not found:
            continue
        summary = summarise(found)
        wrong += summary.mismatches + sum(len(each.problems) for each in found)
        outcome[family] = as_json(summary)
    outcome |= {cell.name: as_json(summarise(found)) for cell, found in measured.items()}
    print_family_tables({cell: summarise(found) for cell, found in measured.items()}, plan)
    overruns = deadline.measure(plan.seed, 1 if options.small else deadline.INSTANCES)
    deadline.print_overruns(overruns)
    memory = peak_in_child(plan.seed)
    print(
        f"10 x 1,000, order to answer: {memory['peak_above_idle_mb']} MB above "
        f"{memory['idle_mb']} MB idle; {memory['peak_allocated_mb']} MB allocated at most"
    )
    finish(
        {
            "bench": "optimizer",
            "small": options.small,
            "limit_s": plan.limit_s,
            "prefilter": options.prefilter,
            "families": outcome,
            "deadline": deadline.as_json(overruns),
            "memory": memory,
        },
        seed=plan.seed,
        record=options.record,
    )
    return int(wrong > 0)


def _run_one(label: str, plan: Plan) -> int:
    name, _, index = label.partition(":")
    measured = measure_one(cell_named(name), plan, int(index or 0))
    print_instance(measured)
    summary = summarise([measured])
    finish(
        {"bench": "optimizer", "families": {label: as_json(summary)}}, seed=plan.seed, record=False
    )
    return int(summary.mismatches > 0 or bool(measured.problems))


def _parser() -> argparse.ArgumentParser:
    parser = common_parser("optimizer", "Our optimizer against generic models and policies.")
    parser.add_argument("--families", type=name_list, default=FAMILIES, help=", ".join(FAMILIES))
    parser.add_argument(
        "--contenders", type=name_list, default=tuple(SOLVERS), help=", ".join(SOLVERS)
    )
    parser.add_argument(
        "--limit", type=float, help="seconds for every solve, ours too (default: 6; small run: 3)"
    )
    parser.add_argument(
        "--cell-seconds",
        type=float,
        default=12.0,
        help="after so many seconds no further instance of a size goes to the contenders "
        "(default: 12)",
    )
    parser.add_argument(
        "--prefilter",
        choices=("useless", "dominated"),
        default="useless",
        help="which locations the generic models leave out: those that can ship nothing "
        "(default), or also those that another one provably replaces at no extra cost, which "
        "is half of an optimizer of its own",
    )
    parser.add_argument("--only", help="one instance, as SIZE:INDEX, for example typical_3x100:4")
    return parser


def _known(names: Sequence[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"unknown {what}: {', '.join(unknown)}; known are {', '.join(known)}")
    return tuple(name for name in known if name in names)


if __name__ == "__main__":
    sys.exit(main())
