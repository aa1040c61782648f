"""What the optimizer benchmark prints for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.harness.figures import shown
from bench.harness.table import print_table
from bench.instances.families import Cell
from bench.optimizer_measure import Measured, Plan
from bench.optimizer_summary import Gap, Summary, summarise

_POLICIES = {
    "greedy": "greedy",
    "nearest": "nearest",
    "fewest": "fewest, nearest",
    "ranked": "ranked",
}


def print_cell(cell: Cell, found: Sequence[Measured]) -> None:
    """Print one line of progress, and what is worth a look."""
    summary = summarise(found)
    print(
        f"{cell.name}: {summary.instances} instances, proven {_percent(summary.proven)}, "
        f"median {shown(summary.median_ms)} ms, mismatches {summary.mismatches}",
        flush=True,
    )
    for note in summary.notes:
        print(f"    {note}", flush=True)


def print_family_tables(summaries: Mapping[Cell, Summary], plan: Plan) -> None:
    """Print all figures by size."""
    print_table(
        "Our ladder and generic models (ms; models: filter + build + solve, proven/run)",
        (
            "size", "instances", "proven", "gap", "median", "p99", "shipments",
            *plan.contenders,
            "x best", "x least", "x solver", "mismatch", "beaten", "we beat",
        ),
        [_speed_row(cell, summary, plan) for cell, summary in summaries.items()],
    )  # fmt: skip
    print(
        "  x best: time of the quickest model that proves optimality / ours, median by instance;\n"
        "  x least: the least of them. gap: the greatest that our bounds leave.\n"
        "  x solver: the same with the time inside its solver alone.\n"
        "  mismatch: we call it optimal and a model is better. beaten: the same, but we claim\n"
        "  no proof. we beat: a model calls it optimal and ours is better.\n"
    )
    print_table(
        "Cost above the proven optimum, mean / worst (share worse before the cost, if any)",
        ("size", *_POLICIES.values()),
        [
            (cell.name, *(_gap_text(summary.gaps.get(name)) for name in _POLICIES))
            for cell, summary in summaries.items()
        ],
    )


def print_instance(measured: Measured) -> None:
    """Print everything about one instance."""
    ours = measured.ours
    rows = [
        ("ours", ours.status.value, str(ours.values), shown(measured.ours_s * 1e3), ours.solver)
    ]
    rows += [
        (name, "optimal" if run.optimal else "-", str(run.values), shown(run.total_s * 1e3),
         f"{shown(run.solver_s * 1e3)} ms in the solver")
        for name, run in measured.models.items()
    ]  # fmt: skip
    rows += [
        (name, other.status.value, str(other.values), "", "")
        for name, other in measured.others.items()
    ]
    print_table(measured.instance.label, ("who", "status", "values", "ms", ""), rows)
    print(f"  our bounds: {ours.bounds}")
    for problem in measured.problems:
        print(f"  {problem}")


def _speed_row(cell: Cell, summary: Summary, plan: Plan) -> tuple[str, ...]:
    models = []
    for name in plan.contenders:
        model = summary.models.get(name)
        models.append(
            f"{shown(model.median_ms)} {model.proven}/{model.instances}" if model else "-"
        )
    return (
        cell.name,
        str(summary.instances),
        _percent(summary.proven),
        f"{100 * (summary.worst_gap or 0):.1f}%",
        shown(summary.median_ms),
        shown(summary.p99_ms),
        shown(summary.shipments),
        *models,
        shown(summary.ratio),
        shown(summary.least_ratio),
        shown(summary.solver_ratio),
        str(summary.mismatches),
        str(summary.beaten),
        str(summary.beats_proof),
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}%"


def _gap_text(gap: Gap | None) -> str:
    if gap is None:
        return "-"
    if gap.mean is None or gap.worst is None:
        text = "-"
    else:
        text = f"{100 * gap.mean:.1f}% / {100 * gap.worst:.0f}%"
    return f"{text} ({_percent(gap.before_cost)})" if gap.before_cost else text
