"""The engine: one order in, one plan out. Checkout, quote and explanation run this code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from allocation.alternatives import Option, by_cost, pareto_options
from allocation.baseline import compare_baseline
from allocation.capacity_takes import capacity_takes
from allocation.engine_api import (
    DeliveryOption,
    LineTerms,
    NeedsTimeError,
    PlanningRequest,
    PlanningResult,
    QuoteResult,
    Stage,
    WrongPlanError,
)
from allocation.errors import (
    InvalidRequestError,
    NetworkEmptyError,
    RulesInvalidError,
    UnknownItemError,
)
from allocation.explain import Again, explain
from allocation.optimize.api import Budget, Clock
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.ladder import solve, solve_at_once
from allocation.optimize.solution import Solution
from allocation.optimize.variations import Variations
from allocation.optimize.verify import verify
from allocation.optimize.what_if import WhatIf
from allocation.plan import (
    Alternative,
    Plan,
    PlanBasis,
    PlanState,
    RateCardUse,
)
from allocation.plan_id import plan_id_of
from allocation.render import Renderer
from allocation.unfilled import unfilled_lines
from routing.errors import InvalidInputError, Violation
from routing.order import Order, ServiceLevel
from routing.rules import RuleEvaluationError
from routing.sourcing.build import Sourcing, build_sourcing
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.resolve import unknown_items
from routing.sourcing.ways import NO_CARD


@dataclass(frozen=True, slots=True)
class Engine:
    """Plans orders; safe to use from several threads.

    Attributes
    ----------
    clock
        Monotonic seconds.
    check
        Whether every solution is recomputed by `verify` before it leaves.
    """

    clock: Clock
    check: bool = True

    def plan(self, request: PlanningRequest) -> PlanningResult:
        """Decide where every unit of an order ships from.

        Parameters
        ----------
        request
            Everything the decision depends on.

        Raises
        ------
        InvalidRequestError
            When lines or policy break the contract.
        UnknownItemError, NetworkEmptyError
            When the network cannot answer for it.
        NeedsTimeError
            When the request asks for no search and there is no other way.
        WrongPlanError
            When a solution does not stand up to `verify`, or its terms do not add up.
        """
        started_s = self.clock()
        budget = Budget(self.clock, started_s + request.budget_s)
        sourcing = _source(request)
        sourced_s = self.clock()
        solution = _solution(sourcing.problem, budget, quick_only=request.quick_only)
        found_s = self.clock()
        self.checked(sourcing.problem, solution)
        solved_s = self.clock()
        renderer = Renderer(request.order, request.network, sourcing)
        plan = self._plan_of(request, renderer, solution)
        rendered_s = self.clock()

        again = self._again(budget)
        if request.alternatives:
            options = self._options(sourcing.problem, solution, budget)
            plan = replace(plan, alternatives=_alternatives(request, renderer, options, solution))
        if request.baseline is not None:
            evaluator = Evaluator(sourcing.problem)
            compared = compare_baseline(request.baseline, renderer, evaluator, plan.cost)
            plan = replace(plan, baseline=compared)
        if request.explain:
            what_if = _WhatIf(self, WhatIf(sourcing.problem, self._solve), budget)
            more = Again(_source, again, _time_left(budget), what_if)
            explanation = explain(request, renderer, solution, plan, more)
            plan = replace(plan, explanation=explanation)
        ended_s = self.clock()
        stages = (
            Stage("source", started_s, sourced_s),
            Stage("solve", sourced_s, found_s),
            Stage("verify", found_s, solved_s),
            Stage("render", solved_s, rendered_s),
            Stage("compare", rendered_s, ended_s),
        )
        takes = capacity_takes(request.network, sourcing, solution.allocation)
        terms = {
            line.id: LineTerms(line.min_shelf_life_days, line.release_time)
            for line in sourcing.lines
            if line.min_shelf_life_days or line.release_time
        }
        return PlanningResult(plan, ended_s - started_s, solved_s - sourced_s, stages, takes, terms)

    def quote(self, request: PlanningRequest) -> QuoteResult:
        """Return delivery options for a cart: cheapest, fastest, fewest shipments, between.

        Raises
        ------
        EngineError
            As for `plan`.
        """
        started_s = self.clock()
        budget = Budget(self.clock, started_s + request.budget_s)
        sourcing = _source(request)
        before_s = self.clock()
        options = self._options(sourcing.problem, None, budget)
        solve_s = self.clock() - before_s
        renderer = Renderer(request.order, request.network, sourcing)
        return QuoteResult(
            currency=sourcing.currency,
            options=tuple(
                DeliveryOption(
                    kinds=option.kinds,
                    cost_minor=option.cost_minor,
                    shipments=renderer.shipments(option.solution.allocation),
                    unfilled_lines=_unfilled_count(option.solution),
                )
                for option in options
            ),
            warnings=sourcing.warnings,
            total_s=self.clock() - started_s,
            solve_s=solve_s,
        )

    def _options(
        self, problem: SourcingProblem, best: Solution | None, budget: Budget
    ) -> tuple[Option, ...]:
        """Return the Pareto set; what is not solved yet takes a share of the time that is left.

        Parameters
        ----------
        best
            The best plan of the problem, if it is known already.
        """
        variations = Variations(by_cost(problem), self._solve)
        if best is None or variations.problem is not problem:
            best = self.checked(*variations.best(budget))

        def solver(lanes: NDArray[np.bool_] | None, most: int | None) -> Solution:
            return self.checked(*variations.best(self.share_of(budget), lanes, most))

        return pareto_options(variations.problem, best, solver, _time_left(budget))

    def _again(self, budget: Budget) -> Callable[[SourcingProblem], Solution]:
        """Return a solver of variations, each of which takes a share of what time is left."""
        return lambda problem: self._solve(problem, self.share_of(budget))

    def share_of(self, budget: Budget) -> Budget:
        """Return the part of what is left that one variation may take."""
        return replace(budget, deadline_s=self.clock() + budget.left_s() / _SHARES)

    def _solve(self, problem: SourcingProblem, budget: Budget) -> Solution:
        return self.checked(problem, solve(problem, budget))

    def checked(self, problem: SourcingProblem, solution: Solution) -> Solution:
        """Return a solution, recomputed by `verify` first where that is asked for."""
        if self.check:
            verdict = verify(problem, solution)
            if not verdict.ok:
                raise WrongPlanError(f"a solution does not verify: {'; '.join(verdict.problems)}")
        return solution

    def _plan_of(self, request: PlanningRequest, renderer: Renderer, solution: Solution) -> Plan:
        sourcing = renderer.sourcing
        shipments = renderer.shipments(solution.allocation)
        lines = renderer.lines(solution.allocation)
        reservations = renderer.reservations(solution.allocation)
        unfilled = unfilled_lines(sourcing, request.order, request.network, solution)
        basis = _basis(request, renderer, solution)
        cost = renderer.cost(solution.allocation, shipments)
        if cost.total_minor != solution.cost_minor:
            raise WrongPlanError(
                f"terms add up to {cost.total_minor}, the solver says {solution.cost_minor}"
            )
        return Plan(
            id=plan_id_of(request, basis, lines, shipments, reservations, unfilled),
            state=PlanState.PLANNED,
            order_id=request.order.id,
            currency=sourcing.currency,
            shipments=shipments,
            lines=lines,
            reservations=reservations,
            unfilled=unfilled,
            cost=cost,
            proof=renderer.proof(solution),
            basis=basis,
            create_time=request.decision_time,
            warnings=sourcing.warnings,
        )


@dataclass(frozen=True, slots=True)
class _WhatIf:
    """Asks the optimizer within the time of a request, and checks its answers."""

    engine: Engine
    asked: WhatIf
    budget: Budget

    def without(self, location: int) -> Solution:
        """Return the best allocation without shipments from a location of the problem."""
        found = self.asked.without(location, self.engine.share_of(self.budget))
        return self.engine.checked(self.asked.problem, found)

    def through(self, location: int) -> Solution | None:
        """Return the best allocation with one; ``None`` if there is none."""
        found = self.asked.through(location, self.engine.share_of(self.budget))
        return None if found is None else self.engine.checked(self.asked.problem, found)


_SHARES = 4
"""A variation may take this part of the time that is left, so that one cannot take it all."""


def _solution(problem: SourcingProblem, budget: Budget, *, quick_only: bool) -> Solution:
    if not quick_only:
        return solve(problem, budget)
    found = solve_at_once(problem)
    if found is None:
        raise NeedsTimeError
    return found


def _time_left(budget: Budget) -> Callable[[], bool]:
    return lambda: budget.left_s() > 0


def _source(request: PlanningRequest) -> Sourcing:
    """Build the sourcing problem, with the engine's own errors."""
    collected = _check_collection(request.order)
    if not request.network.locations or not (request.network.cards.cards or collected):
        raise NetworkEmptyError(
            f"the network has {len(request.network.locations)} location(s) and "
            f"{len(request.network.cards.cards)} rate card(s); put at least one of each"
        )
    unknown = unknown_items(request.order, request.network)
    if unknown:
        raise UnknownItemError(
            f"{len(unknown)} item(s) are unknown: {', '.join(unknown[:20])}; put them first or "
            "send them along",
            {"inventory_item_ids": ",".join(unknown[:20])},
        )
    try:
        return build_sourcing(
            request.order, request.network, request.stock, request.policy, request.decision_time
        )
    except InvalidInputError as error:
        raise InvalidRequestError(error.violations) from error
    except RuleEvaluationError as error:
        raise RulesInvalidError(str(error), {"rule": error.rule}) from error


def _check_collection(order: Order) -> bool:
    """Say whether all of an order is collected.

    Raises
    ------
    InvalidRequestError
        It is to be collected, and nobody says where.
    """
    store = order.destination.pickup_location_id
    if order.service_level is ServiceLevel.PICKUP and store is None:
        message = "is missing for service level PICKUP; say where the order is collected"
        raise InvalidRequestError([Violation("order.destination.pickup_location_id", message)])
    return store is not None


def _basis(request: PlanningRequest, renderer: Renderer, solution: Solution) -> PlanBasis:
    return PlanBasis(
        request.policy.name,
        request.network.version,
        request.stock.version,
        _cards_used(renderer.sourcing.facts, solution),
    )


def _cards_used(facts: LaneFacts, solution: Solution) -> tuple[RateCardUse, ...]:
    """Return the rate cards that price something, each once, by id."""
    used = {facts.card.item(shipment.lane) for shipment in solution.allocation.shipments}
    used.discard(NO_CARD)
    found = [facts.once(("use", index), partial(_card_use, facts, index)) for index in used]
    return tuple(sorted(found, key=lambda use: use.rate_card_id) if len(found) > 1 else found)


def _card_use(facts: LaneFacts, index: int) -> RateCardUse:
    card = facts.cards[index]
    return RateCardUse(card.id, card.effective_from, card.source)


def _alternatives(
    request: PlanningRequest,
    renderer: Renderer,
    options: tuple[Option, ...],
    chosen: Solution,
) -> tuple[Alternative, ...]:
    others = [option for option in options if option.solution.allocation != chosen.allocation]
    # Alternatives are compared by their cost, whatever the strategy looks at before it.
    tiers = by_cost(renderer.sourcing.problem).tiers
    found = []
    for option in others[: request.alternatives]:
        shipments = renderer.shipments(option.solution.allocation)
        found.append(
            Alternative(
                kinds=option.kinds,
                cost=renderer.cost(option.solution.allocation, shipments),
                shipments=shipments,
                unfilled_lines=_unfilled_count(option.solution),
                proof=renderer.proof(option.solution, tiers),
            )
        )
    return tuple(found)


def _unfilled_count(solution: Solution) -> int:
    return sum(1 for number in solution.allocation.unfilled if number)
