"""Why a plan is as it is: verdicts, runner-up, counterfactuals, sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from allocation.chosen import chosen_lines
from allocation.money_text import amount_text
from allocation.optimize.solution import Solution
from allocation.plan import (
    CostBreakdown,
    Counterfactual,
    Explanation,
    LineExplanation,
    LineVerdict,
    PlanLine,
    PlannedShipment,
    UnfilledLine,
)
from allocation.render import Renderer
from allocation.rule_reasons import rule_reason
from routing.ids import LocationId
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import forced_through, with_lanes
from routing.sourcing.verdict import Verdict

Solve = Callable[[SourcingProblem], Solution]

_MOST_AVOIDED = 8

_DETAILS = {
    Verdict.ELIGIBLE: "{have} available of {want}",
    Verdict.NOT_PICKUP: "not the pickup location",
    Verdict.NOT_OPEN: "takes no new orders",
    Verdict.CHANNEL: "does not serve the sales channel",
    Verdict.EXCLUDED: "excluded by the request",
    Verdict.NOT_ALLOWED: "not among the allowed locations",
    Verdict.RULE: "a rule says no",
    Verdict.CAPACITY: "no capacity left today",
    Verdict.NOT_STOCKED: "does not stock it",
    Verdict.OUT_OF_STOCK: "none available",
    Verdict.SHORT: "{have} available of {want}, and lines are not split",
    Verdict.SHELF_LIFE: "no lot is fresh enough on the delivery date",
    Verdict.NO_RATE: "no carrier service has a price to the destination",
    Verdict.TOO_LARGE: "a unit is too heavy or too large for every carrier service",
    Verdict.TOO_LATE: "no carrier service keeps the date",
}


def explain(
    renderer: Renderer,
    solution: Solution,
    shipments: tuple[PlannedShipment, ...],
    lines: tuple[PlanLine, ...],
    unfilled: tuple[UnfilledLine, ...],
    solve: Solve,
    asked: Iterable[LocationId] = (),
) -> Explanation:
    """Explain a solution.

    Parameters
    ----------
    solve
        Solves a problem under one more condition to the same standard.
    asked
        Locations to price as "why not from there".
    """
    places = [int(renderer.sourcing.facts.location[s.lane]) for s in solution.allocation.shipments]
    used = list(dict.fromkeys(places))
    avoided = [_avoiding(renderer, solution, place, solve) for place in used[:_MOST_AVOIDED]]
    priced = [each for each in avoided if each.extra_minor is not None]
    runner_up = min(priced, key=lambda each: each.extra_minor or 0, default=None)
    forced = [_forced(renderer, solution, each, solve) for each in asked]
    return Explanation(
        lines=_line_explanations(renderer, solution),
        runner_up=runner_up,
        counterfactuals=(*avoided, *forced),
        sentences=_sentences(renderer, solution, shipments, lines, unfilled, runner_up),
    )


def _avoiding(renderer: Renderer, solution: Solution, place: int, solve: Solve) -> Counterfactual:
    sourcing = renderer.sourcing
    other = solve(with_lanes(sourcing.problem, sourcing.facts.location != place))
    location_id = renderer.network.locations[place].id
    comparable = sum(other.allocation.unfilled) <= sum(solution.allocation.unfilled)
    return _counterfactual(
        renderer, f"without {location_id}", location_id, solution, other if comparable else None
    )


def _forced(
    renderer: Renderer,
    solution: Solution,
    location_id: LocationId,
    solve: Solve,
) -> Counterfactual:
    condition = f"with a shipment from {location_id}"
    sourcing = renderer.sourcing
    place = renderer.network.location_index.get(location_id, -1)
    other = None
    if (sourcing.facts.location == place).any():
        found = solve(forced_through(sourcing.problem, sourcing.facts.location == place))
        filled = sum(found.allocation.unfilled) <= sum(solution.allocation.unfilled)
        other = found if found.values[0] < 0 and filled else None
    return _counterfactual(renderer, condition, location_id, solution, other, forced=True)


def _counterfactual(
    renderer: Renderer,
    condition: str,
    location_id: LocationId,
    solution: Solution,
    other: Solution | None,
    *,
    forced: bool = False,
) -> Counterfactual:
    if other is None:
        return Counterfactual(condition, location_id, forced, None, None)
    cost: CostBreakdown = renderer.cost(other.allocation, renderer.shipments(other.allocation))
    extra = other.cost_minor - solution.cost_minor
    return Counterfactual(condition, location_id, forced, cost, extra)


def _line_explanations(renderer: Renderer, solution: Solution) -> tuple[LineExplanation, ...]:
    sourcing = renderer.sourcing
    chosen = {
        (line, int(sourcing.facts.location[shipment.lane]))
        for shipment in solution.allocation.shipments
        for line, _ in shipment.quantities
    }
    return tuple(
        LineExplanation(
            line.id,
            tuple(
                _line_verdict(renderer, number, place, chosen=(number, place) in chosen)
                for place in range(sourcing.verdicts.shape[1])
            ),
        )
        for number in sorted(chosen_lines(sourcing, solution.allocation).values())
        for line in [sourcing.lines[number]]
    )


def _line_verdict(renderer: Renderer, number: int, place: int, *, chosen: bool) -> LineVerdict:
    sourcing = renderer.sourcing
    line = sourcing.lines[number]
    verdict = Verdict(int(sourcing.verdicts[number, place]))
    have = line.quantity(min(int(sourcing.buildable[number, place]), 10**15))
    detail = _DETAILS[verdict].format(have=have, want=line.quantity(line.demand))
    location_id = renderer.network.locations[place].id
    reason = rule_reason(sourcing, renderer.network.facts, number, place)
    if reason is None:
        return LineVerdict(location_id, verdict, detail, have, chosen)
    # A filter is all there is to say; stock and capacity have their figures first.
    detail = reason.detail if verdict is Verdict.RULE else f"{detail} {reason.detail}"
    return LineVerdict(location_id, verdict, detail, have, chosen, reason.rule.name)


def _sentences(
    renderer: Renderer,
    solution: Solution,
    shipments: tuple[PlannedShipment, ...],
    lines: tuple[PlanLine, ...],
    unfilled: tuple[UnfilledLine, ...],
    runner_up: Counterfactual | None,
) -> tuple[str, ...]:
    names = {location.id: location.name for location in renderer.network.locations}
    chosen = chosen_lines(renderer.sourcing, solution.allocation)
    titles = {key: renderer.sourcing.lines[number].title for key, number in chosen.items()}
    currency = renderer.sourcing.currency
    sentences = []
    for shipment in shipments:
        held = [
            f"{line.line_id} ({part.quantity} x {titles[line.line_id]})"
            for line in lines
            for part in line.parts
            if part.shipment_number == shipment.number
        ]
        terms = " + ".join(
            f"{name} {amount_text(amount, currency)}" for name, amount in shipment.cost.terms
        )
        sentences.append(
            f"{', '.join(held)} from {names[shipment.location_id]}: "
            f"{amount_text(shipment.cost.total_minor, currency)} = {terms}"
        )
    sentences += [f"{each.line_id}: {each.detail}" for each in unfilled]
    if runner_up is not None and runner_up.cost is not None:
        sentences.append(
            f"runner-up {runner_up.condition}: "
            f"{amount_text(runner_up.cost.total_minor, currency)} "
            f"(+{amount_text(runner_up.extra_minor or 0, currency)})"
        )
    return tuple(sentences)
