"""Everything that explains a plan, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from allocation.engine_api import PlanningRequest
from allocation.explain.conflict.conflicts import find_conflicts
from allocation.explain.counterfactuals import AskAgain, avoiding, forcing
from allocation.explain.sentences import Teller, sentences
from allocation.explain.service_choices import service_choices
from allocation.explain.verdicts import line_explanations
from allocation.optimize.solution import Solution
from allocation.plan import Explanation, Plan
from allocation.render import Renderer
from routing.sourcing.build import Sourcing
from routing.sourcing.problem import SourcingProblem

MOST_AVOIDED: Final = 8


@dataclass(frozen=True, slots=True)
class Again:
    """The engine, asked again under other conditions.

    Attributes
    ----------
    source
        Builds the sourcing problem of a request.
    solve
        Solves a problem to the same standard as the plan's.
    has_time
        Whether there is time for more.
    what_if
        Answers what the plan's problem comes to without a location or with one.
    """

    source: Callable[[PlanningRequest], Sourcing]
    solve: Callable[[SourcingProblem], Solution]
    has_time: Callable[[], bool]
    what_if: AskAgain


def explain(
    request: PlanningRequest, renderer: Renderer, solution: Solution, plan: Plan, again: Again
) -> Explanation:
    """Explain a plan.

    Parameters
    ----------
    request
        What was asked; its `ask_about` are answered as "why not from there".
    renderer, solution, plan
        What came of it.
    again
        To find out what else could have been.
    """
    places = [int(renderer.sourcing.facts.location[s.lane]) for s in solution.allocation.shipments]
    used = list(dict.fromkeys(places))
    avoided = [avoiding(renderer, solution, place, again.what_if) for place in used[:MOST_AVOIDED]]
    priced = [each for each in avoided if each.solution is not None]
    runner_up = min(priced, key=lambda each: each.values, default=None)
    asked = [forcing(renderer, solution, each, again.what_if) for each in request.ask_about]
    conflicts = find_conflicts(
        request, renderer.sourcing, solution, again.source, again.solve, again.has_time
    )
    teller = Teller(renderer, solution.allocation, plan.shipments, plan.lines)
    return Explanation(
        lines=line_explanations(renderer, solution),
        runner_up=None if runner_up is None else runner_up.counterfactual,
        counterfactuals=tuple(each.counterfactual for each in (*avoided, *asked)),
        sentences=tuple(sentences(teller, plan.unfilled, avoided, asked, conflicts)),
        conflicts=conflicts,
        service_choices=service_choices(request, renderer, solution, plan, again.source),
    )
