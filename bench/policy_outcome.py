"""What each policy does with one order, all of it priced by the engine's own cost model."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from allocation.baseline import compare_baseline
from allocation.demo.policy_terms import Choice, Levels, Place, Want
from allocation.engine import Engine
from allocation.engine_api import Baseline, BaselinePart, PlanningRequest, PlanningResult
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.solution import ProofStatus
from allocation.plan import CostBreakdown
from allocation.render import Renderer
from bench.policy_field_data import Basket
from bench.policy_scene import PLACED, stock_view
from bench.policy_table import POLICIES, SHIPFROM, SHIPFROM_SPLIT
from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.ids import ItemId, LineId, LocationId
from routing.network import Network
from routing.order import Order
from routing.sourcing.build import build_sourcing
from routing.sourcing.policy import Policy

BUDGET_S: Final = {SHIPFROM: 1.0, SHIPFROM_SPLIT: 0.5}
"""Most time for one plan; only a search that cannot finish uses it up."""

_POLICY: Final = {SHIPFROM: Policy(), SHIPFROM_SPLIT: Policy(line_split=True)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one policy did with one order.

    Attributes
    ----------
    cost_minor
        Landed cost; ``None`` when the choice cannot be carried out (see `problems`).
    shipments
        Locations that ship.
    distance_m
        Sum over the shipments.
    lines_filled
        Lines of which every unit ships.
    complete
        Whether all lines are filled.
    whole
        Whether no line leaves from several locations.
    """

    cost_minor: int | None
    shipments: int
    distance_m: int
    lines_filled: int
    complete: bool
    whole: bool
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proven:
    """What the engine proves of its own plan, how long it took, and the plan priced again."""

    optimal: bool
    lower_bound_minor: int
    solver: str
    total_s: float
    repriced_minor: int | None


@dataclass(frozen=True, slots=True)
class OrderResult:
    """Every policy's outcome for one order."""

    order_id: str
    lines: int
    units: int
    weight_g: int
    outcomes: Mapping[str, Outcome]
    proven: Mapping[str, Proven]


def run_order(
    engine: Engine, network: Network, basket: Basket, order: Order, levels: Levels
) -> OrderResult:
    """Let every policy choose, and price what it chose."""
    pricer = Pricer.of(network, order, levels)
    wants = [
        Want(f"{number:02d}", line.sku, line.quantity)
        for number, line in enumerate(basket.lines, start=1)
    ]
    by_rank = pricer.places()
    by_id = sorted(by_rank, key=lambda place: place.location_id)
    outcomes: dict[str, Outcome] = {}
    proven: dict[str, Proven] = {}
    for name, policy in _POLICY.items():
        request = PlanningRequest(
            basket.id, order, network, stock_view(levels), policy, PLACED, BUDGET_S[name]
        )
        result = engine.plan(request)
        choices = _planned(result)
        repriced = pricer.outcome(wants, choices)
        outcomes[name] = replace(repriced, cost_minor=result.plan.cost.total_minor)
        proven[name] = _proven(result, repriced.cost_minor)
    for each in POLICIES:
        chosen = each.choose(wants, levels, by_rank if each.by_rank else by_id)
        outcomes[each.name] = pricer.outcome(wants, chosen)
    weight_ug = sum(want.quantity * network.items[ItemId(want.item_id)].weight_ug for want in wants)
    return OrderResult(
        order_id=basket.id,
        lines=len(wants),
        units=sum(want.quantity for want in wants),
        weight_g=weight_ug // 1_000_000,
        outcomes=outcomes,
        proven=proven,
    )


@dataclass(frozen=True, slots=True)
class Pricer:
    """Prices choices for one order; splitting is allowed, so that every choice has a price."""

    renderer: Renderer
    evaluator: Evaluator

    @classmethod
    def of(cls, network: Network, order: Order, levels: Levels) -> Pricer:
        """Build the cost model of an order."""
        sourcing = build_sourcing(order, network, stock_view(levels), _POLICY[SHIPFROM_SPLIT])
        return cls(Renderer(order, network, sourcing), Evaluator(sourcing.problem))

    def places(self) -> list[Place]:
        """Return all locations by rank, with their distance to the destination."""
        return [
            Place(location.id, None if distance_m >= UNKNOWN_DISTANCE_M else distance_m)
            for location, distance_m in zip(
                self.renderer.network.locations,
                self.renderer.sourcing.distance_m.tolist(),
                strict=True,
            )
        ]

    def outcome(self, wants: Sequence[Want], choices: Sequence[Choice]) -> Outcome:
        """Price choices: each location ships with its cheapest service."""
        parts = tuple(
            BaselinePart(
                LineId(choice.line_id), LocationId(choice.location_id), choice.quantity * 1_000_000
            )
            for choice in choices
        )
        compared = compare_baseline(
            Baseline("", parts), self.renderer, self.evaluator, CostBreakdown()
        )
        used = sorted({choice.location_id for choice in choices})
        filled = _filled_lines(wants, choices)
        return Outcome(
            cost_minor=None if compared.cost is None else compared.cost.total_minor,
            shipments=len(used),
            distance_m=self._distance_m(used),
            lines_filled=filled,
            complete=filled == len(wants),
            whole=len({choice.line_id for choice in choices}) == len(choices),
            problems=compared.problems,
        )

    def _distance_m(self, used: Iterable[str]) -> int:
        index = self.renderer.network.location_index
        return sum(int(self.renderer.sourcing.distance_m[index[LocationId(each)]]) for each in used)


def _filled_lines(wants: Sequence[Want], choices: Iterable[Choice]) -> int:
    sent: dict[str, int] = {}
    for choice in choices:
        sent[choice.line_id] = sent.get(choice.line_id, 0) + choice.quantity
    return sum(sent.get(want.line_id, 0) == want.quantity for want in wants)


def _planned(result: PlanningResult) -> tuple[Choice, ...]:
    return tuple(
        Choice(line.line_id, part.location_id, part.quantity.increments)
        for line in result.plan.lines
        for part in line.parts
    )


def _proven(result: PlanningResult, repriced_minor: int | None) -> Proven:
    proof = result.plan.proof
    return Proven(
        optimal=proof.status is ProofStatus.OPTIMAL,
        lower_bound_minor=proof.lower_bound_minor,
        solver=proof.solver,
        total_s=result.total_s,
        repriced_minor=repriced_minor,
    )


def make_engine() -> Engine:
    """Return an engine on the machine's monotonic clock."""
    return Engine(time.perf_counter)
