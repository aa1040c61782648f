"""Figures of a cell or family of the optimizer benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.harness.figures import mean, median, percentile, rounded
from bench.optimizer_measure import Measured, Timed


@dataclass(frozen=True, slots=True)
class Gap:
    """How much dearer a policy is than our answers that are proven.

    Attributes
    ----------
    mean, worst
        Of the landed cost over ours, less 1, where the objectives before the cost are equal;
        ``None`` if they nowhere are.
    before_cost
        Share of instances that are worse in an objective before the cost.
    """

    mean: float | None
    worst: float | None
    before_cost: float | None


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A generic model over the instances it ran on; times in milliseconds."""

    instances: int
    proven: int
    median_ms: float | None
    median_solver_ms: float | None
    worse: int


@dataclass(slots=True)
class Summary:
    """Figures over some instances.

    Attributes
    ----------
    ratio, solver_ratio
        Median over instances of the best contender's time divided by ours: its whole time
        (filtering, building, solving), and the time inside its solver only. The best is
        the quickest that proves optimality, else the quickest to give up.
    least_ratio
        The least of those that `ratio` is the median of: below 1 a model was quicker.
    worst_gap
        Greatest share of the cost that a better plan could save, by our bounds.
    mismatches
        Instances that we call optimal and a contender beats.
    beaten
        Instances that we do not call optimal and a contender beats.
    beats_proof
        Instances that a contender calls optimal and we beat.
    """

    instances: int
    proven: float | None
    median_ms: float | None
    p99_ms: float | None
    shipments: float | None
    gaps: dict[str, Gap]
    models: dict[str, ModelSummary]
    ratio: float | None
    solver_ratio: float | None
    least_ratio: float | None
    worst_gap: float | None
    mismatches: int
    beaten: int
    beats_proof: int
    notes: list[str] = field(default_factory=list)


def summarise(found: Sequence[Measured]) -> Summary:
    """Return the figures over some instances."""
    ours_ms = [each.ours_s * 1e3 for each in found]
    compared = [each for each in found if each.models]
    return Summary(
        instances=len(found),
        proven=mean([float(each.proven) for each in found]),
        median_ms=median(ours_ms),
        p99_ms=percentile(ours_ms, 99),
        shipments=mean([float(len(each.ours.allocation.shipments)) for each in found]),
        gaps={name: _gap(found, name) for name in (found[0].others if found else ())},
        models={name: _model(compared, name) for name in (compared[0].models if compared else ())},
        ratio=median([_best(each).total_s / each.ours_s for each in compared]),
        solver_ratio=median([_best(each).solver_s / each.ours_s for each in compared]),
        least_ratio=min((_best(each).total_s / each.ours_s for each in compared), default=None),
        worst_gap=max((_open(each) for each in found), default=None),
        mismatches=sum(each.proven and _is_beaten(each) for each in compared),
        beaten=sum(not each.proven and _is_beaten(each) for each in compared),
        beats_proof=sum(
            any(
                m.optimal and m.values is not None and each.ours.values < m.values
                for m in each.models.values()
            )
            for each in compared
        ),
        notes=[note for each in found for note in _notes(each)],
    )


def as_json(summary: Summary) -> dict[str, object]:
    """Return the figures for the last line."""
    return {
        "instances": summary.instances,
        "compared": max((each.instances for each in summary.models.values()), default=0),
        "proven": rounded(summary.proven),
        "median_ms": rounded(summary.median_ms),
        "p99_ms": rounded(summary.p99_ms),
        "ratio_vs_best": rounded(summary.ratio),
        "ratio_vs_best_solver_only": rounded(summary.solver_ratio),
        "least_ratio_vs_best": rounded(summary.least_ratio),
        "worst_gap": rounded(summary.worst_gap),
        "objective_mismatches": summary.mismatches,
        "beaten_unproven": summary.beaten,
        "greedy_gap_mean": rounded(_or_none(summary, "greedy")),
        "contenders": {
            name: {
                "instances": model.instances,
                "proven": model.proven,
                "median_ms": rounded(model.median_ms),
            }
            for name, model in summary.models.items()
        },
        "policy_gap_mean": {
            name: rounded(gap.mean) for name, gap in summary.gaps.items() if name != "greedy"
        },
    }


def _or_none(summary: Summary, name: str) -> float | None:
    return summary.gaps[name].mean if name in summary.gaps else None


def _best(each: Measured) -> Timed:
    proving = [model for model in each.models.values() if model.optimal]
    return min(proving or each.models.values(), key=lambda model: model.total_s)


def _open(each: Measured) -> float:
    """Return the part of our cost that is not proven; 1 if that is so of a tier before it."""
    values, bounds = each.ours.values, each.ours.bounds
    open_at = next((at for at, value in enumerate(values) if bounds[at] != value), None)
    if open_at is None:
        return 0.0
    if not each.instance.problem.tiers[open_at].counts_cost:
        return 1.0
    return 1.0 - bounds[open_at] / values[open_at]


def _is_beaten(each: Measured) -> bool:
    return any(
        model.values is not None and model.values < each.ours.values
        for model in each.models.values()
    )


def _model(compared: Sequence[Measured], name: str) -> ModelSummary:
    runs = [each.models[name] for each in compared if name in each.models]
    return ModelSummary(
        instances=len(runs),
        proven=sum(run.optimal for run in runs),
        median_ms=median([run.total_s * 1e3 for run in runs]),
        median_solver_ms=median([run.solver_s * 1e3 for run in runs]),
        worse=sum(
            each.models[name].values is None or each.ours.values < (each.models[name].values or ())
            for each in compared
            if name in each.models
        ),
    )


def _gap(found: Sequence[Measured], name: str) -> Gap:
    gaps, before = [], []
    for each in found:
        if not each.proven:
            continue
        tiers = each.instance.problem.tiers
        cost_at = next(index for index, tier in enumerate(tiers) if tier.counts_cost)
        other = each.others[name]
        before.append(float(other.values[:cost_at] > each.ours.values[:cost_at]))
        if not before[-1] and each.ours.cost_minor > 0:
            gaps.append(other.cost_minor / each.ours.cost_minor - 1)
    return Gap(mean(gaps), max(gaps, default=None), mean(before))


def _notes(each: Measured) -> list[str]:
    notes = list(each.problems)
    label = each.instance.label
    best = {name: model.values for name, model in each.models.items() if model.values is not None}
    if _is_beaten(each):
        word = "MISMATCH: we call it optimal" if each.proven else "not proven"
        notes.append(f"{label}: beaten ({word}): ours {each.ours.values}, others {best}")
    elif not each.proven:
        notes.append(
            f"{label}: not proven in {each.ours_s:.2f} s ({each.ours.solver}): "
            f"values {each.ours.values}, bounds {each.ours.bounds}"
        )
    notes.extend(
        f"{label}: {name} calls {model.values} optimal, ours is {each.ours.values}"
        for name, model in each.models.items()
        if model.optimal and model.values is not None and each.ours.values < model.values
    )
    return notes
